package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"boon/bench/peers/workload"

	"github.com/hyperjumptech/grule-rule-engine/ast"
	"github.com/hyperjumptech/grule-rule-engine/builder"
	grule "github.com/hyperjumptech/grule-rule-engine/engine"
	"github.com/hyperjumptech/grule-rule-engine/logger"
	"github.com/hyperjumptech/grule-rule-engine/pkg"
	"github.com/sirupsen/logrus"
)

// knowledge asks grule which of its rules match.
type knowledge struct {
	set     workload.Set
	base    *ast.KnowledgeBase
	engine  *grule.GruleEngine
	facts   []*fact
	matches []int32
}

// fact is a request as grule's rules read it, by reflection.
type fact struct {
	Country, Channel     string
	Total, Now           int64
	segments, categories []string
}

// In reports whether the customer is in a segment.
func (f *fact) In(segment string) bool { return slices.Contains(f.segments, segment) }

// Has reports whether some line lies in a category.
func (f *fact) Has(category string) bool { return slices.Contains(f.categories, category) }

func openGrule(s workload.Set) (asker, error) {
	quiet := logrus.New()
	quiet.SetOutput(io.Discard)
	quiet.SetLevel(logrus.ErrorLevel)
	logger.SetLogger(quiet)
	x := &knowledge{set: s, engine: grule.NewGruleEngine()}
	var rules strings.Builder
	for i, p := range s.Promotions {
		fmt.Fprintf(&rules, "rule P%d { when %s then Retract(\"P%d\"); }\n", i, gruleCondition(p), i)
	}
	library := ast.NewKnowledgeLibrary()
	if err := builder.NewRuleBuilder(library).BuildRuleFromResource("peers", "1", pkg.NewBytesResource([]byte(rules.String()))); err != nil {
		return nil, err
	}
	for q := range s.Requests {
		x.facts = append(x.facts, gruleFact(&s.Requests[q]))
	}
	var err error
	x.base, err = library.NewKnowledgeBaseInstance("peers", "1")
	return x, err
}

func gruleCondition(p workload.Promotion) string {
	parts := make([]string, len(p.Conditions))
	for i, c := range p.Conditions {
		switch c.Kind {
		case workload.Category:
			parts[i] = either(c.Any, "R.Has(%q)")
		case workload.Channel:
			parts[i] = either(c.Any, "R.Channel == %q")
		case workload.Country:
			parts[i] = either(c.Any, "R.Country == %q")
		case workload.Segment:
			parts[i] = either(c.Any, "R.In(%q)")
		case workload.Time:
			parts[i] = fmt.Sprintf("R.Now >= %d && R.Now < %d", c.From, c.To)
		case workload.Total:
			parts[i] = fmt.Sprintf("R.Total >= %d", c.Min)
		}
	}
	return strings.Join(parts, " && ")
}

func gruleFact(r *workload.Request) *fact {
	return &fact{Country: r.Customer.Country, Channel: r.Customer.Channel, Total: r.Cart.Total, Now: r.Now,
		segments: r.Customer.Segments, categories: r.Categories()}
}

func (x *knowledge) ask(q int) (workload.Answer, error) {
	facts := ast.NewDataContext()
	if err := facts.Add("R", x.facts[q]); err != nil {
		return workload.Answer{}, err
	}
	entries, err := x.engine.FetchMatchingRules(facts, x.base)
	if err != nil {
		return workload.Answer{}, err
	}
	x.matches = x.matches[:0]
	for _, e := range entries {
		i, err := strconv.Atoi(e.RuleName[1:])
		if err != nil {
			return workload.Answer{}, fmt.Errorf("read the rule's name: %w", err)
		}
		x.matches = append(x.matches, int32(i))
	}
	slices.Sort(x.matches)
	return workload.Answer{Matches: x.matches, Best: x.set.Best(q, x.matches)}, nil
}

package publish

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"boon"
)

// Use is what an expression is for.
type Use string

// The uses.
const (
	UseCondition Use = "condition" // gives true or false
	UseValue     Use = "value"     // gives one value, to count by
)

// written is one expression of a bundle and its path.
type written struct {
	path, expr string
	use        Use
}

// Check type-checks every expression and message of a bundle. The error is [Errors], each with the place within the expression, mapped to the file.
// An expression that names a segment which is wrong waits until the segment is right.
func Check(src Source, compile Compiler) error {
	c := check{src: src}
	c.all(compile)
	return c.problems.orNil()
}

// expressions is Check of a bundle that may be wrong otherwise too: whatever of it could be read.
func (r *reading) expressions(b boon.Bundle) {
	if r.compile == nil {
		return
	}
	c := check{src: Source{Bundle: b, Positions: r.at}, amiss: r}
	c.all(r.compile)
	r.problems = append(r.problems, c.problems...)
}

type check struct {
	src      Source
	amiss    *reading // what else is wrong; nil: nothing
	problems Errors
	waiting  []string // segments that are wrong
}

func (c *check) all(compile Compiler) {
	checker := c.segments(compile)
	if checker == nil {
		return
	}
	for _, w := range expressions(c.src.Bundle) {
		if !c.waits(w.expr) {
			c.note(w.path, checker.Expression(w.expr, w.use))
		}
	}
	for _, o := range c.src.Bundle.Offers {
		c.note("Offer/"+o.ID+".message", checker.Message(o.Message))
	}
}

// segments compiles the segments. One that is wrong is noted and left out, until the others compile.
func (c *check) segments(compile Compiler) Checker {
	left := slices.DeleteFunc(slices.Clone(c.src.Bundle.Segments), func(s boon.Segment) bool {
		if s.Where == "" { // complained of already
			c.waiting = append(c.waiting, s.ID)
		}
		return s.Where == ""
	})
	for {
		checker, err := compile(left)
		if err == nil {
			return checker
		}
		bad := blamed(left, err)
		if bad < 0 {
			c.note("Shop/"+c.src.Bundle.Shop.ID, err)
			return nil
		}
		if !c.waits(left[bad].Where) {
			c.note("Segment/"+left[bad].ID+".where", err)
		}
		c.waiting = append(c.waiting, left[bad].ID)
		left = slices.Delete(left, bad, bad+1)
	}
}

var segmentNamed = regexp.MustCompile(`\bsegment\(\s*["']([^"']*)["']\s*\)`)

// waits reports whether an expression names a segment that is wrong, or one that may be in a document that could not be read.
func (c *check) waits(expr string) bool {
	for _, m := range segmentNamed.FindAllStringSubmatch(expr, -1) {
		known := slices.ContainsFunc(c.src.Bundle.Segments, func(s boon.Segment) bool { return s.ID == m[1] })
		if slices.Contains(c.waiting, m[1]) || (!known && c.amiss != nil && c.amiss.mayName("Segment")) {
			return true
		}
	}
	return false
}

// blamed finds the segment that an error names; -1 when it names none.
func blamed(list []boon.Segment, err error) int {
	for i, s := range list {
		if strings.Contains(err.Error(), "segment "+strconv.Quote(s.ID)) {
			return i
		}
	}
	return -1
}

// note takes an error down at the place that it is about.
func (c *check) note(path string, err error) {
	if err == nil {
		return
	}
	var refusal *boon.Error
	message, line, column := err.Error(), 0, 0
	if errors.As(err, &refusal) {
		message, line, column = refusal.Detail, refusal.Line, refusal.Column
		if part, ok := strings.CutPrefix(refusal.Field, "message."); ok {
			path += "." + part
		}
	}
	c.problems = append(c.problems, &Problem{Position: c.src.Positions.Of(path).within(line, column), Path: path, Message: message})
}

// within is the place of a line and column of the text written at p, or p where the file does not hold the text letter by letter.
func (p Position) within(line, column int) Position {
	if line > 0 && p.text.exact {
		p.Line, p.Column = p.text.line+line-1, p.text.column+max(column, 1)-1
	}
	return p
}

// expressions lists what has to be checked, apart from segments.
func expressions(b boon.Bundle) []written {
	var all []written
	add := func(path, expr string, use Use) {
		if expr != "" {
			all = append(all, written{path, expr, use})
		}
	}
	for _, o := range b.Offers {
		add(fmt.Sprintf("Offer/%s.eligibility", o.ID), o.Eligibility, UseCondition)
	}
	for _, t := range b.Triggers {
		all = append(all, triggerExpressions(t)...)
	}
	for _, g := range b.Guardrails {
		add(fmt.Sprintf("Guardrail/%s.where", g.ID), g.Where, UseCondition)
	}
	return all
}

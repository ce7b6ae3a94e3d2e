package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"boon"
	"boon/api"
	"boon/govern"
)

type reportCmd struct {
	Liability reportLiabilityCmd `cmd:"" help:"Show what is promised and owed, by budget."`
	Fairness  reportFairnessCmd  `cmd:"" help:"Show how groups of people fared: under the bounds of a bundle, or in a file of outcomes."`
}

type reportFairnessCmd struct {
	target
	Until string `help:"Of the windows that ended on this day, UTC; today without it." placeholder:"2026-01-31"`
	audit
	JSON bool `help:"Print one JSON document."`
}

// audit asks of a file of outcomes what a bound asks of decisions.
type audit struct {
	File       string      `help:"Instead of an engine: CSV with a header, one outcome a row; .gz is unpacked, - is standard input." placeholder:"FILE"`
	Group      string      `help:"Column of FILE that splits rows into groups." placeholder:"COLUMN"`
	Outcome    string      `help:"Column of FILE that tells what came of it." placeholder:"COLUMN"`
	Favourable string      `help:"What is in that column where the outcome is favourable." placeholder:"VALUE"`
	Ratio      boon.Micros `default:"0.8" help:"With --file: the bound, the worst group's rate by the best's."`
	Alpha      boon.Micros `default:"0.05" help:"With --file: probability of finding groups unequal that are treated alike."`
	AtLeast    int64       `default:"30" help:"With --file: rows of a group before it is compared."`
}

func (c *reportFairnessCmd) Help() string {
	return `Example: boon report fairness --url http://127.0.0.1:8080

Example: boon report fairness --file loans.csv.gz --group race --outcome approved --favourable yes

docs/fairness.md says what is counted and how it is tested. In a file every row counts as one person.`
}

// Validate implements kong's check of a command line.
func (c *reportFairnessCmd) Validate() error {
	if c.File == "" {
		if c.Group+c.Outcome+c.Favourable != "" {
			return errors.New("--group, --outcome and --favourable are about a --file")
		}
		return c.target.Validate()
	}
	switch {
	case c.URL != "" || c.Data != "" || c.Until != "":
		return errors.New("give --file, or an engine (--url or --data, with --until), not both")
	case c.Group == "" || c.Outcome == "" || c.Favourable == "":
		return errors.New("with --file give --group COLUMN, --outcome COLUMN and --favourable VALUE")
	case c.Ratio <= 0 || c.Ratio > boon.Unit || c.Alpha <= 0 || c.Alpha >= boon.Unit:
		return errors.New("--ratio and --alpha are shares between 0 and 1")
	}
	return nil
}

func (c *reportFairnessCmd) Run(ctx context.Context, con *console) error {
	if c.File != "" {
		return c.audit.run(con, c.JSON)
	}
	query := url.Values{}
	put(query, "until", c.Until)
	path := "/v1/reports/fairness?" + query.Encode()
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, path, nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct{ Bounds []api.FairnessReport }
	if err := cl.call(ctx, http.MethodGet, path, "", nil, &answer); err != nil {
		return err
	}
	if len(answer.Bounds) == 0 {
		_, err := fmt.Fprintln(con.err, "the bundle has no bound on fairness; docs/fairness.md says how to write one")
		return err
	}
	for _, b := range answer.Bounds {
		fmt.Fprintf(con.out, "%s: %s by %s, %s to %s, bound %s, action %s\n", b.Bound, b.Outcome, b.By, b.From, b.Until, b.Ratio, b.Action)
		for _, compared := range b.Compared {
			fmt.Fprintf(con.out, "\n%s\n", subjectOf(compared))
			if err := printCompared(con.out, compared); err != nil {
				return err
			}
		}
	}
	return nil
}

func subjectOf(c api.Compared) string {
	name := strings.TrimSpace(c.Kind + " " + c.ID)
	if c.Since != "" {
		name += ", since " + c.Since
	}
	if !c.Watched {
		name += ", not watched"
	}
	return name
}

// printCompared shows a table of the groups, the widest gap, and what it comes to.
func printCompared(out io.Writer, c api.Compared) error {
	w := tabwriter.NewWriter(out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "group\tpeople\tfavoured\trate\tratio\t")
	for _, g := range c.Groups {
		rate, ratio := fmt.Sprintf("%.2f%%", 100*g.Rate), "-"
		if g.Value != nil {
			each := boon.Money{Minor: int64(math.Round(g.Rate)), Currency: g.Value.Currency}
			rate = each.String() + " each"
		}
		if g.Ratio != nil {
			ratio = fmt.Sprintf("%.6f", *g.Ratio)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t\n", g.Group, g.People, g.Favoured, rate, ratio)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if g := c.Worst; g != nil {
		fmt.Fprintf(out, "%s to %s: ratio %.6f, difference %.6f (95%%: %.6f to %.6f), p %.3g by %s, below %.3g is asked\n", g.Low, g.High, g.Ratio, g.Difference, g.From, g.To, g.P,
			testNames[g.Test], g.Level)
	}
	_, err := fmt.Fprintln(out, c.Sentence)
	return err
}

var testNames = map[govern.Test]string{govern.TestExact: "Fisher's exact test", govern.TestProportions: "the test of two proportions", govern.TestMeans: "Welch's test"}

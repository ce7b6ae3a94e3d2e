package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"boon"
)

type reportLiabilityCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *reportLiabilityCmd) Help() string {
	return "Example: boon report liability --url http://127.0.0.1:8080\n\nOpen is what grants and checkouts set aside, and points that were credited and neither spent nor lapsed."
}

func (c *reportLiabilityCmd) Run(ctx context.Context, con *console) error {
	type row struct {
		Budget                            string
		Committed, Reserved, Points, Open boon.Money
	}
	var answer struct{ Budgets, Total []row }
	return list(ctx, con, c.target, c.JSON, "/v1/reports/liability", &answer, func(w *tabwriter.Writer) {
		fmt.Fprintln(w, "budget\tcommitted\treserved\tpoints\topen")
		for _, r := range append(answer.Budgets, answer.Total...) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s %s\n", named(r.Budget), r.Committed.Text(), r.Reserved.Text(), r.Points.Text(), r.Open.Text(), r.Open.Currency)
		}
	})
}

// named is a budget, or in its place all of them.
func named(budget string) string {
	if budget == "" {
		return "(all)"
	}
	return budget
}

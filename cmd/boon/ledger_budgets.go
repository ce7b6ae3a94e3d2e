package main

import (
	"context"
	"fmt"
	"net/http"
	"text/tabwriter"

	"boon/redeem"
)

type ledgerBudgetsCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *ledgerBudgetsCmd) Help() string {
	return "Example: boon ledger budgets --data ./data\n\nset aside is what the quantile holds back of what is available; exposure is what the open grants cost at most; beyond is how much of that nothing is held back for. A ceiling has under."
}

func (c *ledgerBudgetsCmd) Run(ctx context.Context, con *console) error {
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, "/v1/budgets", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct{ Budgets []redeem.BudgetState }
	if err := cl.call(ctx, http.MethodGet, "/v1/budgets", "", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "budget\tperiod\tamount\tleft\tavailable\tcommitted\treserved\tspent\toverrun\tset aside\texposure\tbeyond\tunder\t\t")
	for _, b := range answer.Budgets {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t", b.Budget, b.Now, b.Amount.Text(), b.Left.Text())
		if a := b.Accounts; a != nil {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t-\t", a.Available.Text(), a.Committed.Text(), a.Reserved.Text(), a.Spent.Text(), a.Overrun.Text(),
				a.SetAside.Text(), a.Exposure.Text(), a.Beyond.Text())
		} else if b.Ceiling != nil {
			fmt.Fprintf(w, "-\t-\t-\t-\t-\t-\t-\t-\t%s\t", b.Ceiling.Under.Text())
		}
		fmt.Fprintf(w, "%s\t\n", b.Amount.Currency)
	}
	return w.Flush()
}

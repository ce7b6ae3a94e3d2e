package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"boon/api"
)

type ledgerCmd struct {
	Verify   ledgerVerifyCmd   `cmd:"" help:"Compute every balance again from the journal and check every invariant."`
	Balances ledgerBalancesCmd `cmd:"" help:"Show the balance of every account."`
	Export   ledgerExportCmd   `cmd:"" help:"Write the journal for hledger, beancount or a spreadsheet."`
}

type ledgerVerifyCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *ledgerVerifyCmd) Help() string { return "Example: boon ledger verify --data ./data" }

func (c *ledgerVerifyCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var raw []byte
	if err := cl.call(ctx, http.MethodGet, "/v1/ledger/verify", "", nil, &raw); err != nil {
		return err
	}
	var v api.Verified
	if err := json.Unmarshal(raw, &v); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if c.JSON {
		if err := printJSON(con.out, raw); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(con.out, "%d entries checked\n", v.Entries)
	}
	if !v.Balanced {
		return fmt.Errorf("the ledger does not hold: %d rules broken, the first: %s", len(v.Problems), first(v.Problems))
	}
	fmt.Fprintln(con.err, "the ledger holds")
	return nil
}

func first(list []string) string {
	if len(list) == 0 {
		return "none given"
	}
	return list[0]
}

type ledgerBalancesCmd struct {
	target
	JSON bool `help:"Print one JSON document (the same text)."`
}

func (c *ledgerBalancesCmd) Help() string { return "Example: boon ledger balances --data ./data" }

func (c *ledgerBalancesCmd) Run(ctx context.Context, con *console) error {
	return request(ctx, con, c.target, http.MethodGet, "/v1/ledger/balances", nil)
}

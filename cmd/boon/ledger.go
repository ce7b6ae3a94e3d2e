package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"boon"
	"boon/api"
)

type ledgerCmd struct {
	Verify    ledgerVerifyCmd    `cmd:"" help:"Compute every balance again from the journal, check every invariant and follow the chains."`
	Balances  ledgerBalancesCmd  `cmd:"" help:"Show the balance of every account."`
	Budgets   ledgerBudgetsCmd   `cmd:"" help:"Show what each budget has left, has promised, has spent and can still come to."`
	Statement ledgerStatementCmd `cmd:"" help:"Show what a budget's accounts, a grant or an order went through."`
	Close     ledgerCloseCmd     `cmd:"" help:"Close the books up to the end of a day."`
	Export    ledgerExportCmd    `cmd:"" help:"Write the journal for hledger, beancount or a spreadsheet."`
}

type ledgerVerifyCmd struct {
	target
	Head      string `help:"End of the journal as noted earlier: finds what was cut off since." placeholder:"SEQ:HASH"`
	AuditHead string `help:"End of the audit as noted earlier." placeholder:"SEQ:HASH"`
	JSON      bool   `help:"Print one JSON document."`
}

func (c *ledgerVerifyCmd) Help() string {
	return "Example: boon ledger verify --data ./data\n\nExit status 1 says that something does not hold. Keep the printed heads elsewhere, and give them back with --head and --audit-head."
}

func (c *ledgerVerifyCmd) Run(ctx context.Context, con *console) error {
	query := url.Values{}
	put(query, "head", c.Head)
	put(query, "audit-head", c.AuditHead)
	v, err := verified(ctx, con, c.target, "/v1/ledger/verify?"+query.Encode(), c.JSON)
	if err != nil {
		return err
	}
	if !c.JSON {
		n := v.Checked
		fmt.Fprintf(con.out, "%d entries checked, %d grants, %d redemptions, %d accounts, %d acts of the audit\n", n.Entries, n.Grants, n.Redemptions, n.Accounts, n.Acts)
		printVerified(con, v)
	}
	if !v.Balanced {
		return fmt.Errorf("the ledger does not hold: %d findings, the first: %s", len(v.Findings), v.Findings[0])
	}
	fmt.Fprintln(con.err, "the ledger holds")
	return nil
}

func put(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

// verified asks for a check, and prints the answer as it came when it is to be JSON.
func verified(ctx context.Context, con *console, t target, path string, asJSON bool) (v api.Verified, err error) {
	cl, err := t.open(ctx)
	if err != nil {
		return v, err
	}
	defer cl.close()
	var raw []byte
	if err := cl.call(ctx, http.MethodGet, path, "", nil, &raw); err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read answer: %w", err)
	}
	if asJSON {
		err = printJSON(con.out, raw)
	}
	return v, err
}

func printVerified(con *console, v api.Verified) {
	for _, f := range v.Findings {
		fmt.Fprintln(con.out, f)
	}
	if v.Journal != nil {
		fmt.Fprintln(con.out, "journal head", v.Journal)
	}
	if v.Audit != nil {
		fmt.Fprintln(con.out, "audit head", v.Audit)
	}
}

type ledgerBalancesCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *ledgerBalancesCmd) Help() string { return "Example: boon ledger balances --data ./data" }

func (c *ledgerBalancesCmd) Run(ctx context.Context, con *console) error {
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, "/v1/ledger/balances", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct {
		Balances []struct {
			Budget  string
			Account boon.AccountKind
			Balance boon.Money
		}
	}
	if err := cl.call(ctx, http.MethodGet, "/v1/ledger/balances", "", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "budget\taccount\tbalance\t\t")
	last := ""
	for _, b := range answer.Balances {
		budget := b.Budget
		if budget == last {
			budget = ""
		}
		last = b.Budget
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", budget, b.Account, b.Balance.Text(), b.Balance.Currency)
	}
	return w.Flush()
}

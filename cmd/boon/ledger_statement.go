package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"boon"
	"boon/api"
	"boon/ledger/journal"
)

type ledgerStatementCmd struct {
	target
	Budget string `help:"Of this budget." placeholder:"ID"`
	Grant  string `help:"Of this grant." placeholder:"ID"`
	Order  string `help:"Of this order." placeholder:"ID"`
	dayRange
	JSON bool `help:"Print one JSON document."`
}

func (c *ledgerStatementCmd) Help() string {
	return "Example: boon ledger statement --budget spring --from 2026-01-01 --to 2026-01-31 --data ./data"
}

// Validate implements kong's check of a command line.
func (c *ledgerStatementCmd) Validate() error {
	if c.Budget == "" && c.Grant == "" && c.Order == "" {
		return errors.New("say whose statement it is: --budget, --grant or --order")
	}
	return c.target.Validate()
}

// statement is a statement as it is printed.
type statement struct {
	Budget    string            `json:"budget,omitempty"`
	Grant     string            `json:"grant,omitempty"`
	Order     string            `json:"order,omitempty"`
	Timezone  string            `json:"timezone"`
	Days      journal.Days      `json:"days"`
	Accounts  []statementLine   `json:"accounts"`
	Movements []api.EntryAnswer `json:"movements"`
}

// statementLine is one account; in and out are what went into it and out of it.
type statementLine struct {
	Budget  string           `json:"budget"`
	Account boon.AccountKind `json:"account"`
	Opening boon.Money       `json:"opening"`
	In      boon.Money       `json:"in"`
	Out     boon.Money       `json:"out"`
	Closing boon.Money       `json:"closing"`
}

func (c *ledgerStatementCmd) Run(ctx context.Context, con *console) error {
	days, err := c.days()
	if err != nil {
		return err
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	s := journal.Statement{Days: days, Zone: time.UTC}
	err = cl.journal(ctx, con, journal.Query{Budget: c.Budget, Grant: c.Grant, Order: c.Order}, func(zone *time.Location, e journal.Entry) error {
		s.Zone = zone
		s.Add(e)
		return nil
	})
	if err != nil {
		return err
	}
	out := c.statement(&s)
	if c.JSON {
		return writeJSON(con.out, out)
	}
	return printStatement(con.out, out)
}

func (c *ledgerStatementCmd) statement(s *journal.Statement) statement {
	out := statement{Budget: c.Budget, Grant: c.Grant, Order: c.Order, Timezone: s.Zone.String(), Days: s.Days,
		Accounts: []statementLine{}, Movements: []api.EntryAnswer{}}
	for _, l := range s.Lines() {
		money := func(minor int64) boon.Money { return boon.Money{Minor: minor, Currency: l.Account.Currency} }
		out.Accounts = append(out.Accounts, statementLine{l.Account.Budget, l.Account.Kind, money(l.Opening), money(l.In), money(l.Out), money(l.Closing)})
	}
	for _, e := range s.Movements() {
		out.Movements = append(out.Movements, api.NewEntryAnswer(e))
	}
	return out
}

func printStatement(out io.Writer, s statement) error {
	fmt.Fprintf(out, "%s, %s, days of %s\n\n", strings.TrimSpace(strings.Join([]string{label("budget", s.Budget), label("grant", s.Grant), label("order", s.Order)}, "")), span(s.Days), s.Timezone)
	w := tabwriter.NewWriter(out, 2, 4, 2, ' ', 0)
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return fmt.Errorf("read the shop's time zone: %w", err)
	}
	for _, m := range s.Movements {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.At.In(zone).Format(time.DateTime), m.Transition, m.Grant, m.OrderID, postings(m))
	}
	if len(s.Movements) > 0 {
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	w = tabwriter.NewWriter(out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "budget\taccount\topening\tin\tout\tclosing\t\t")
	for _, l := range s.Accounts {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", l.Budget, l.Account, l.Opening.Text(), l.In.Text(), l.Out.Text(), l.Closing.Text(), l.Closing.Currency)
	}
	return w.Flush()
}

func label(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " " + value + " "
}

func span(d journal.Days) string {
	switch {
	case d.From == "" && d.To == "":
		return "all days"
	case d.From == "":
		return "up to " + d.To
	case d.To == "":
		return "from " + d.From
	}
	return d.From + " to " + d.To
}

// postings tells an entry's money in one column; and when it belongs to a closed day, which.
func postings(m api.EntryAnswer) string {
	var parts []string
	for _, p := range m.Postings {
		parts = append(parts, fmt.Sprintf("%s %s", p.Account, p.Amount.Text()))
	}
	if !m.Adjusts.IsZero() {
		parts = append(parts, "adjusts "+m.Adjusts.Format(time.DateOnly))
	}
	return strings.Join(parts, ", ")
}

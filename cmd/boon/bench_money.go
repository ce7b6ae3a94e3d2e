package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"boon/bench"
	"boon/sqlite"
)

type benchMoneyCmd struct {
	Ledger  string  `required:"" env:"BOON_LEDGER" help:"PostgreSQL server to measure on; a schema is made there and dropped." placeholder:"URL"`
	Clients []int   `default:"1,8,64" help:"Callers at work at once, one run each."`
	Seconds float64 `default:"4" help:"How long to press, each run."`
	Codes   int     `default:"100" help:"Public codes, each with a budget of its own, for the spread load."`
	Data    string  `type:"path" help:"Folder to make the data folders in; the system's temporary one otherwise." placeholder:"DIR"`
	JSON    bool    `help:"Print one JSON document."`
}

func (c *benchMoneyCmd) Help() string {
	return `Example: boon bench money --ledger postgres://postgres@127.0.0.1:5432/postgres --clients 64 --seconds 5

Redemptions a second side by side, in one run on one machine: plain SQL (insert a redemption, conditionally update its budget's row, commit), Boon's ledger on the same PostgreSQL, Boon's ledger on SQLite, and the whole server over HTTP on either. "hot" takes one code, whose budget all of them share; "spread" takes the codes in turn.`
}

// moneyRun is one contestant under one load.
type moneyRun struct {
	Name    string        `json:"name"`
	Clients int           `json:"clients"`
	Hot     bench.Figures `json:"hot"`
	Spread  bench.Figures `json:"spread"`
}

// contestant opens what is measured: an operation on so many codes, and what ends it.
type contestant struct {
	name string
	open func(ctx context.Context, clients int) (redeem func(codes int) bench.Op, end func() error, err error)
}

func (c *benchMoneyCmd) Run(ctx context.Context, con *console) error {
	var runs []moneyRun
	for _, clients := range c.Clients {
		for _, x := range c.contestants() {
			fmt.Fprintf(con.err, "%s, %d clients\n", x.name, clients)
			run, err := c.measure(ctx, x, clients)
			if err != nil {
				return fmt.Errorf("%s: %w", x.name, err)
			}
			runs = append(runs, run)
		}
	}
	if c.JSON {
		return writeJSON(con.out, runs)
	}
	return printMoney(con.out, runs)
}

func (c *benchMoneyCmd) contestants() []contestant {
	return []contestant{
		{"plain SQL", c.plain},
		{"Boon on PostgreSQL", c.onPostgres},
		{"Boon on SQLite", c.onSQLite},
		{"Boon on PostgreSQL over HTTP", func(ctx context.Context, clients int) (func(int) bench.Op, func() error, error) {
			return c.served(ctx, clients, true)
		}},
		{"Boon on SQLite over HTTP", func(ctx context.Context, clients int) (func(int) bench.Op, func() error, error) {
			return c.served(ctx, clients, false)
		}},
	}
}

func (c *benchMoneyCmd) measure(ctx context.Context, x contestant, clients int) (run moneyRun, err error) {
	run = moneyRun{Name: x.name, Clients: clients}
	redeem, end, err := x.open(ctx, clients)
	if err != nil {
		return run, err
	}
	press := load{Seconds: c.Seconds, Callers: clients}.load()
	err = warm(ctx, clients, redeem(c.Codes))
	for _, part := range []struct {
		into  *bench.Figures
		codes int
	}{{&run.Hot, 1}, {&run.Spread, c.Codes}} {
		if err != nil {
			break
		}
		var result bench.Result
		result, err = press.Run(ctx, redeem(part.codes))
		*part.into = result.Figures
	}
	return run, errors.Join(err, end())
}

func (c *benchMoneyCmd) plain(ctx context.Context, clients int) (func(int) bench.Op, func() error, error) {
	inside, drop, err := bench.Schema(ctx, c.Ledger)
	if err != nil {
		return nil, nil, err
	}
	p, err := bench.NewPlainSQL(ctx, inside, c.Codes, clients)
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return p.Redemption, func() error { p.Close(); return drop() }, nil
}

func (c *benchMoneyCmd) onSQLite(context.Context, int) (func(int) bench.Op, func() error, error) {
	dir, drop, err := load{Data: c.Data}.folder()
	if err != nil {
		return nil, nil, err
	}
	db, err := sqlite.Open(dir)
	if err != nil {
		drop()
		return nil, nil, err
	}
	return bench.NewRedemptions(db, c.Codes).Redemption, func() error { defer drop(); return db.Close() }, nil
}

func printMoney(out io.Writer, runs []moneyRun) error {
	w := tabwriter.NewWriter(out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "redemptions\tclients\thot a second\tp50 ms\tp99 ms\tspread a second\tp50 ms\tp99 ms\t")
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t\n", r.Name, r.Clients,
			r.Hot.PerSecond, r.Hot.P50/1e3, r.Hot.P99/1e3, r.Spread.PerSecond, r.Spread.P50/1e3, r.Spread.P99/1e3)
	}
	return w.Flush()
}

package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"boon/bench"
)

type benchRedeemCmd struct {
	load
	Codes int `default:"100" help:"Public codes, each with a budget of its own, for the spread load."`
}

func (c *benchRedeemCmd) Help() string {
	return `Example: boon bench redeem --http --seconds 5 --json

Every redemption is of a new shopper and a new order, and is durable when it is answered. "hot" takes one code, whose budget all of them share; "spread" takes the codes in turn.`
}

// redeemReport is what --json prints.
type redeemReport struct {
	Codes  int          `json:"codes"`
	HTTP   bool         `json:"http"`
	Rate   float64      `json:"rate"`
	Hot    bench.Result `json:"hot"`
	Spread bench.Result `json:"spread"`
}

func (c *benchRedeemCmd) Run(ctx context.Context, con *console) error {
	return withRig(ctx, c.load, bench.Shop{Codes: max(c.Codes, 1)}, func(r *rig) error {
		report, err := c.measure(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(con.out, report)
		}
		rows := []row{{"one hot code", report.Hot.Figures}, {fmt.Sprintf("%d codes", c.Codes), report.Spread.Figures}}
		return printFigures(con.out, "redemptions "+c.at(), rows, report.Spread.Allocs)
	})
}

func (c *benchRedeemCmd) measure(ctx context.Context, r *rig) (report redeemReport, err error) {
	report = redeemReport{Codes: c.Codes, HTTP: c.HTTP, Rate: c.Rate}
	var orders atomic.Int64
	hot, spread := redemption(r, &orders, 1), redemption(r, &orders, max(c.Codes, 1))
	if err := warm(ctx, c.callers(), spread); err != nil {
		return report, err
	}
	if report.Hot, err = c.load.load().Run(ctx, hot); err != nil {
		return report, err
	}
	report.Spread, err = c.load.load().Run(ctx, spread)
	return report, err
}

// redemption redeems one of the first so many codes.
func redemption(r *rig, orders *atomic.Int64, codes int) bench.Op {
	return func(context.Context, int) (string, error) {
		n := int(orders.Add(1))
		_, err := r.post("/v1/redemptions", fmt.Appendf(nil, `{"code":"CODE%d","profile":{"userId":"buyer-%d"},"order":{"id":"o-%d",%s}}`,
			n%codes, n, n, bench.Lines(n, 3)))
		return "", err
	}
}

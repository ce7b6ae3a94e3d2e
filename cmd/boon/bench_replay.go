package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"boon/bench"
	"boon/engine"
)

type benchReplayCmd struct {
	Events   int    `default:"50000" help:"Events to make."`
	Profiles int    `default:"2000" help:"Shoppers whom they are of."`
	Offers   int    `default:"100" help:"Offers live."`
	Orders   bool   `help:"Baskets go on to checkout and order, which decide and redeem; otherwise shoppers only look around."`
	Data     string `type:"path" help:"Folder to make the data folder in; the system's temporary one otherwise." placeholder:"DIR"`
	JSON     bool   `help:"Print one JSON document."`
}

func (c *benchReplayCmd) Help() string {
	return `Example: boon bench replay --events 100000 --orders --json

The events are synthetic and the same each time; boon replay measures your own.`
}

// replayReport is what --json prints.
type replayReport struct {
	Events    int64   `json:"events"`
	Profiles  int64   `json:"profiles"`
	Offers    int     `json:"offers"`
	Decisions int64   `json:"decisions"`
	Redeemed  int64   `json:"redeemed"`
	PerSecond float64 `json:"per_second"`
	Allocs    float64 `json:"allocs_per_op"`
	Seconds   float64 `json:"seconds"`
}

func (c *benchReplayCmd) Run(ctx context.Context, con *console) error {
	dir, drop, err := load{Data: c.Data}.folder()
	if err != nil {
		return err
	}
	defer drop()
	report, err := c.measure(ctx, con, dir)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(con.out, report)
	}
	_, err = fmt.Fprintf(con.out, "%d events, %d decisions, %d redemptions in %.1f s: %.0f events a second, %.0f allocations each\n",
		report.Events, report.Decisions, report.Redeemed, report.Seconds, report.PerSecond, report.Allocs)
	return err
}

func (c *benchReplayCmd) measure(ctx context.Context, con *console, dir string) (report replayReport, err error) {
	shoppers := bench.Shoppers{Seed: 3, Count: c.Profiles, Browse: 6, Buy: c.Orders}
	if c.Orders {
		shoppers.Browse = 1
	}
	file, err := writeFile(dir, "events.jsonl", func(w io.Writer) error { return shoppers.Write(w, c.Events) })
	if err != nil {
		return report, err
	}
	e, err := engine.Open(ctx, engine.Config{Data: dir, Version: version, Memory: memory(), Seed: "bench", Virtual: true, AutoRedeem: c.Orders})
	if err != nil {
		return report, err
	}
	defer e.Close()
	if err := stock(ctx, e, dir, bench.Shop{Offers: c.Offers, Matching: c.Offers / 5}); err != nil {
		return report, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := e.Replay(ctx, engine.ReplayOptions{Files: []string{file}, Progress: con.progress("replay", true)})
	runtime.ReadMemStats(&after)
	if err != nil {
		return report, err
	}
	return replayReport{
		Events: s.Events.Accepted, Profiles: s.Profiles, Offers: c.Offers, Decisions: s.Decisions.Total, Redeemed: s.Grants.Redeemed,
		PerSecond: s.Rates.Events, Allocs: float64(after.Mallocs-before.Mallocs) / float64(max(s.Events.Read, 1)), Seconds: s.Seconds,
	}, nil
}

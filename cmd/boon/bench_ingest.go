package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"boon/bench"
)

type benchIngestCmd struct {
	load
	Batch    int `default:"100" help:"Events a request."`
	Profiles int `default:"2000" help:"Shoppers whom the events are of."`
}

func (c *benchIngestCmd) Help() string {
	return `Example: boon bench ingest --http --batch 100 --seconds 10 --json

An event counts when its request is answered, which is after it is on disk. --rate counts requests. After the load the run waits until every event is applied, and says how long that took.`
}

// ingestReport is what --json prints. Latencies are those of a request.
type ingestReport struct {
	Batch    int     `json:"batch"`
	Profiles int     `json:"profiles"`
	HTTP     bool    `json:"http"`
	Rate     float64 `json:"rate"`
	Events   int64   `json:"events"`
	bench.Figures
	Requests float64 `json:"requests_per_second"`
	Applied  float64 `json:"applied_per_second"`
	Allocs   float64 `json:"allocs_per_op"`
}

func (c *benchIngestCmd) Run(ctx context.Context, con *console) error {
	return withRig(ctx, c.load, bench.Shop{Offers: 100, Matching: 20}, func(r *rig) error {
		report, err := c.measure(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(con.out, report)
		}
		title := fmt.Sprintf("events %s, %d a request: %.0f applied a second", c.at(), c.Batch, report.Applied)
		return printFigures(con.out, title, []row{{"events", report.Figures}}, report.Allocs)
	})
}

func (c *benchIngestCmd) measure(ctx context.Context, r *rig) (report ingestReport, err error) {
	op := c.op(r)
	if err := warm(ctx, c.callers(), op); err != nil {
		return report, err
	}
	if err := r.settle(ctx); err != nil {
		return report, err
	}
	start := time.Now()
	result, err := c.load.load().Run(ctx, op)
	if err != nil {
		return report, err
	}
	if err := r.settle(ctx); err != nil {
		return report, err
	}
	each := float64(c.Batch)
	report = ingestReport{Batch: c.Batch, Profiles: c.Profiles, HTTP: c.HTTP, Rate: c.Rate, Figures: result.Figures, Requests: result.PerSecond, Allocs: result.Allocs / each}
	report.Events, report.PerSecond = result.Count*int64(c.Batch), result.PerSecond*each
	report.Applied = float64(report.Events) / time.Since(start).Seconds()
	return report, nil
}

// op sends one batch of behaviour events.
func (c *benchIngestCmd) op(r *rig) bench.Op {
	var mu sync.Mutex
	next := bench.Shoppers{Seed: 2, Count: c.Profiles, Browse: 8}.Events()
	return func(context.Context, int) (string, error) {
		mu.Lock()
		body := batch(next, c.Batch)
		mu.Unlock()
		_, err := r.post("/v1/batch", body)
		return "", err
	}
}

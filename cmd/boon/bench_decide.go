package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"

	"boon/bench"
)

type benchDecideCmd struct {
	load
	Offers   int `default:"100" help:"Offers live."`
	Matching int `default:"20" help:"Of them, offers that a shopper may have; the others ask for what the shoppers are not."`
	Profiles int `default:"2000" help:"Shoppers who ask."`
	Events   int `default:"0" help:"Events a second that flow in meanwhile."`
}

func (c *benchDecideCmd) Help() string {
	return `Example: boon bench decide --http --rate 1000 --seconds 10 --json

The first figures are those of the decision before its commit: the same call as a dry run, which computes everything and keeps nothing. Then real decisions are taken: one that issues a grant waits for the disk, one that issues none does not, and each has figures of its own.`
}

// decideReport is what --json prints.
type decideReport struct {
	Offers   int     `json:"offers"`
	Profiles int     `json:"profiles"`
	Matching int     `json:"matching"`
	HTTP     bool    `json:"http"`
	Rate     float64 `json:"rate"`
	bench.Figures
	Allocs float64       `json:"allocs_per_op"`
	Server bench.Figures `json:"server"`     // the same calls, timed around the handler
	Heap   uint64        `json:"heap_bytes"` // that lives, with offers compiled and shoppers known
	Disk   int64         `json:"disk_bytes"` // of the data folder
	Floor  bench.Figures `json:"floor"`      // an answer that takes no work (/healthz), under the same load: what machine and HTTP cost
	Commit decideCommits `json:"commit"`
	Inflow *inflow       `json:"inflow,omitempty"` // the events that came meanwhile
}

// decideCommits are real decisions: those that issue a grant are durable when they are answered.
type decideCommits struct {
	bench.Figures
	Allocs  float64       `json:"allocs_per_op"`
	Issued  bench.Figures `json:"issued"`
	Without bench.Figures `json:"without"`
}

func (c *benchDecideCmd) Run(ctx context.Context, con *console) error {
	return withRig(ctx, c.load, bench.Shop{Offers: c.Offers, Matching: c.Matching}, func(r *rig) error {
		report, err := c.measure(ctx, con, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(con.out, report)
		}
		return c.print(con, report)
	})
}

func (c *benchDecideCmd) measure(ctx context.Context, con *console, r *rig) (report decideReport, err error) {
	report = decideReport{Offers: c.Offers, Profiles: c.Profiles, HTTP: c.HTTP, Rate: c.Rate}
	if err := c.acquaint(ctx, con, r); err != nil {
		return report, err
	}
	if report.Matching, err = c.matching(r); err != nil {
		return report, err
	}
	dry := c.decide(r, true)
	if err := warm(ctx, c.callers(), dry); err != nil {
		return report, err
	}
	floor, err := c.apart().Run(ctx, func(context.Context, int) (string, error) {
		status, answer, err := r.send(http.MethodGet, "/healthz", "", nil)
		if err != nil || status != http.StatusOK {
			err = orProblem(err, status, answer)
		}
		return "", err
	})
	if err != nil {
		return report, err
	}
	report.Floor = floor.Figures
	events := c.flow(ctx, r)
	if err := c.press(ctx, r, dry, &report); err != nil {
		return report, errors.Join(err, events.stop(nil))
	}
	if err := events.stop(&report.Inflow); err != nil {
		return report, err
	}
	report.Heap, report.Disk, err = r.weight() // last: it collects, and a heap that shrinks is given back to the system beside what is measured
	return report, err
}

// press takes decisions that keep nothing, then real ones.
func (c *benchDecideCmd) press(ctx context.Context, r *rig, dry bench.Op, report *decideReport) error {
	r.served.Start()
	before, err := c.apart().Run(ctx, dry)
	if err != nil {
		return err
	}
	report.Server = r.served.Stop()
	report.Figures, report.Allocs = before.Figures, before.Allocs
	whole, err := c.load.load().Run(ctx, c.decide(r, false))
	if err != nil {
		return err
	}
	report.Commit = decideCommits{whole.Figures, whole.Allocs, whole.By[classIssued], whole.By[classWithout]}
	return nil
}

// apart is the load on decisions that wait for no disk: callers beyond the cores would only measure their own queue.
func (c *benchDecideCmd) apart() bench.Load {
	l := c.load.load()
	if l.Rate == 0 {
		l.Callers = min(l.Callers, runtime.GOMAXPROCS(0))
	}
	return l
}

// batch is a Segment batch of n events.
func batch(next func() string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"batch":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(next())
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

func (c *benchDecideCmd) body(who int, dry, explain bool) []byte {
	return fmt.Appendf(nil, `{"profile":{"userId":"shopper-%d"},"placements":["place-0"],"trigger":"checkout-started","context":{"channel":"web","device":"mobile","country":"US"},"cart":{%s},"dryRun":%t,"explain":%t}`,
		who, bench.Lines(who, 4), dry, explain)
}

// matching counts the offers that some shopper is not refused; a holdout is refused all of them, so that several are asked.
func (c *benchDecideCmd) matching(r *rig) (int, error) {
	most := 0
	for n := range 20 {
		answer, err := r.post("/v1/decisions", c.body(n, true, true))
		if err != nil {
			return 0, err
		}
		var a struct {
			Explain []struct{ Offer, Verdict string } `json:"explain"`
		}
		if err := json.Unmarshal(answer, &a); err != nil {
			return 0, fmt.Errorf("read decision: %w", err)
		}
		found := map[string]bool{}
		for _, e := range a.Explain {
			if e.Offer != "" && e.Verdict != "refused" {
				found[e.Offer] = true
			}
		}
		most = max(most, len(found))
	}
	return most, nil
}

// Classes of real decisions.
const (
	classIssued  = "issued"
	classWithout = "without"
)

// decide is one call; a grant that was not seen before was issued by it.
func (c *benchDecideCmd) decide(r *rig, dry bool) bench.Op {
	var seen sync.Map
	bodies := make([][]byte, min(max(c.Profiles, 1), 10_000)) // made before, so that the making is in no figure
	for i := range bodies {
		bodies[i] = c.body(i*max(c.Profiles, 1)/len(bodies), dry, false)
	}
	return func(_ context.Context, n int) (string, error) {
		status, answer, err := r.send(http.MethodPost, "/v1/decisions", "application/json", bodies[n*7919%len(bodies)])
		if err != nil || status != http.StatusOK {
			return "", fmt.Errorf("decide: %w", orProblem(err, status, answer))
		}
		if dry {
			return "", nil
		}
		if id := grantOf(answer); id != "" {
			if _, known := seen.LoadOrStore(id, true); !known {
				return classIssued, nil
			}
		}
		return classWithout, nil
	}
}

func orProblem(err error, status int, answer []byte) error {
	if err != nil {
		return err
	}
	return problem(status, answer)
}

// grantOf finds the grant's id in an answer without decoding it all.
func grantOf(answer []byte) string {
	at := bytes.Index(answer, []byte(`"grt_`))
	if at < 0 {
		return ""
	}
	id, _, _ := bytes.Cut(answer[at+1:], []byte(`"`))
	return string(id)
}

func (c *benchDecideCmd) print(con *console, r decideReport) error {
	title := fmt.Sprintf("decisions %s: %d offers, %d match, %d shoppers", c.at(), r.Offers, r.Matching, r.Profiles)
	if err := printFigures(con.out, title, []row{{"before the commit", r.Figures}, {"of it, in the handler", r.Server}, {"an empty answer", r.Floor}}, r.Allocs); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "\n%.1f MB of heap live, %.1f MB in the data folder\n", float64(r.Heap)/1e6, float64(r.Disk)/1e6)
	if r.Inflow != nil {
		fmt.Fprintf(con.out, "\nmeanwhile %.0f events a second came in; features showed half of them within %.1f ms, 99%% within %.1f ms\n", r.Inflow.PerSecond, r.Inflow.P50, r.Inflow.P99)
	}
	rows := []row{{"a grant issued", r.Commit.Issued}, {"none issued", r.Commit.Without}, {"all", r.Commit.Figures}}
	return printFigures(con.out, "\nwith their commit", rows, r.Commit.Allocs)
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"boon/bench"
)

type benchCmd struct {
	Decide benchDecideCmd `cmd:"" help:"Decisions: apart from their commit, and with it."`
	Ingest benchIngestCmd `cmd:"" help:"Events in, durable, batch by batch."`
	Redeem benchRedeemCmd `cmd:"" help:"Redemptions: one hot code, and the same spread over many."`
	Money  benchMoneyCmd  `cmd:"" help:"Redemptions side by side: plain SQL, Boon on PostgreSQL, Boon on SQLite."`
	Replay benchReplayCmd `cmd:"" help:"Events from a file through the whole pipeline."`
}

// load are the flags of every load.
type load struct {
	Seconds float64 `default:"10" help:"How long to press."`
	Rate    float64 `default:"0" help:"Operations a second, on schedule: latency counts from when each was due. 0: as many as go."`
	Callers int     `default:"0" help:"Callers at work at once, at most; 0: 16, and with --rate 256, since what is due must not wait for a caller. Without --rate, decisions before their commit take one a core."`
	HTTP    bool    `name:"http" help:"Over a loopback connection; otherwise the handler is called in process."`
	Ledger  string  `env:"BOON_LEDGER" help:"PostgreSQL server to keep the books on, in a schema that is dropped afterwards; SQLite otherwise." placeholder:"URL"`
	Data    string  `type:"path" help:"Folder to make the data folder in; the system's temporary one otherwise." placeholder:"DIR"`
	JSON    bool    `help:"Print one JSON document."`
}

func (l load) load() bench.Load {
	return bench.Load{Rate: l.Rate, For: time.Duration(l.Seconds * float64(time.Second)), Callers: l.callers()}
}

func (l load) callers() int {
	switch {
	case l.Callers > 0:
		return l.Callers
	case l.Rate > 0:
		return 256
	}
	return 16
}

// folder makes a data folder that drop removes again.
func (l load) folder() (dir string, drop func(), err error) {
	dir, err = os.MkdirTemp(l.Data, "boon-bench-")
	if err != nil {
		return "", nil, fmt.Errorf("make data folder: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil // what is left of a temporary folder harms nobody
}

// books says where the books of a measurement are, and drops them.
func (l load) books(ctx context.Context) (url string, drop func() error, err error) {
	if l.Ledger == "" || l.Ledger == "sqlite" {
		return "", func() error { return nil }, nil
	}
	return bench.Schema(ctx, l.Ledger)
}

// at is where the load enters, for people.
func (l load) at() string {
	if l.HTTP {
		return "over HTTP"
	}
	return "in process"
}

// writeFile makes a file of what fill writes.
func writeFile(dir, name string, fill func(io.Writer) error) (string, error) {
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("make %s: %w", name, err)
	}
	err = fill(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return path, err
}

// row is one line of a table of figures.
type row struct {
	name string
	bench.Figures
}

// printFigures writes figures for people; allocs under 0 are left out.
func printFigures(out io.Writer, title string, rows []row, allocs float64) error {
	fmt.Fprintln(out, title)
	w := tabwriter.NewWriter(out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tcount\ta second\tp50 µs\tp99 µs\tmax µs\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t\n", r.name, r.Count, r.PerSecond, r.P50, r.P99, r.Max)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if allocs >= 0 {
		fmt.Fprintf(out, "%.0f allocations each, the caller's and the background's included\n", allocs)
	}
	return nil
}

// warm presses for a moment before anything is measured.
func warm(ctx context.Context, callers int, op bench.Op) error {
	_, err := bench.Load{For: 300 * time.Millisecond, Callers: callers}.Run(ctx, op)
	return err
}

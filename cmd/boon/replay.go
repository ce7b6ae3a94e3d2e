package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"boon/engine"

	"github.com/schollz/progressbar/v3"
)

type replayCmd struct {
	Files     []string `arg:"" help:"Events: JSON lines in Segment's form, .gz too; - for standard input."`
	Bundle    []string `required:"" type:"path" help:"Configuration to run under." placeholder:"PATH"`
	Products  []string `type:"path" help:"Product files (CSV, TSV, JSON lines; .gz too)." placeholder:"FILE"`
	Inventory []string `type:"path" help:"Stock files." placeholder:"FILE"`
	Data      string   `required:"" type:"path" help:"Data folder, made when absent." placeholder:"DIR"`
	ledger
	AutoRedeem bool   `help:"An order that qualifies redeems the best grant of its wallet. This exercises the machinery; it is no causal claim."`
	Seed       string `help:"Fixes keys and ids, so that two runs of one input are equal." placeholder:"TEXT"`
	JSON       bool   `help:"Print one JSON document."`
}

func (c *replayCmd) Help() string {
	return `Example: boon replay events.jsonl.gz --bundle examples/grocer --products products.csv.gz --data ./data --auto-redeem --json

Time is the events' own: what is due between two events happens between them, and the run ends at the last event. An interrupted run goes on where it stood when it is started again with the same files and bundle.`
}

func (c *replayCmd) Run(ctx context.Context, con *console) error {
	files, cleanup, err := c.inputs(con)
	if err != nil {
		return err
	}
	defer cleanup()
	bundle, err := engine.LoadBundle(c.Bundle)
	if err != nil {
		return err
	}
	if err := readable(files, c.Products, c.Inventory); err != nil {
		return err // before there is a folder
	}
	e, err := engine.Open(ctx, engine.Config{Data: c.Data, Ledger: c.Ledger, WrappingKey: c.WrappingKey, Version: version, Memory: memory(), Seed: c.Seed, Virtual: true, AutoRedeem: c.AutoRedeem})
	if err != nil {
		return err
	}
	defer e.Close()
	if _, err := e.Apply(ctx, bundle, "replay"); err != nil {
		return err
	}
	if err := loadFeeds(ctx, con, e, c.Products, c.Inventory, nil); err != nil {
		return err
	}
	_, err = e.Replay(ctx, engine.ReplayOptions{Files: files, Progress: con.progress("replay", true), Deliver: func(s engine.Summary) error { return c.print(con, s) }})
	return err
}

// print shows the summary. The job is finished after that, so that a run that is killed before it has spoken speaks the next time.
func (c *replayCmd) print(con *console, s engine.Summary) error {
	if c.AutoRedeem {
		s.Note = "orders redeemed the best grant of their wallet by themselves: these figures exercise the machinery and are no causal claim"
	}
	if c.JSON {
		return writeJSON(con.out, s)
	}
	return printSummary(con.out, s)
}

// inputs spools standard input into a file, so that an interrupted run can be told from a new one.
func (c *replayCmd) inputs(con *console) ([]string, func(), error) {
	nothing := func() {}
	for i, path := range c.Files {
		if path != "-" {
			continue
		}
		spool, err := os.CreateTemp("", "boon-events-*.jsonl")
		if err != nil {
			return nil, nothing, fmt.Errorf("spool standard input: %w", err)
		}
		drop := func() { os.Remove(spool.Name()) }
		_, err = io.Copy(spool, con.in)
		if closed := spool.Close(); err == nil {
			err = closed
		}
		if err != nil {
			drop()
			return nil, nothing, fmt.Errorf("spool standard input: %w", err)
		}
		files := append([]string(nil), c.Files...)
		files[i] = spool.Name()
		return files, drop, nil
	}
	return c.Files, nothing, nil
}

// progress draws a bar on a terminal; elsewhere it is nil.
func (con *console) progress(name string, bytes bool) func(done, total int64) {
	if !con.terminal {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(con.err), progressbar.OptionSetDescription(name),
				progressbar.OptionShowBytes(bytes), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(min(done, total)) // a bar that cannot be drawn stops nothing
	}
}

func printSummary(out io.Writer, s engine.Summary) error {
	w := tabwriter.NewWriter(out, 2, 4, 2, ' ', 0)
	fmt.Fprintf(w, "events\t%d read\t%d accepted\t%d duplicate\t%d refused\n", s.Events.Read, s.Events.Accepted, s.Events.Duplicate, s.Events.Refused)
	for _, r := range s.Events.Refusals {
		fmt.Fprintf(w, "\t%s line %d:\t%s\n", r.File, r.Line, r.Reason)
	}
	d, g := s.Decisions, s.Grants
	fmt.Fprintf(w, "profiles\t%d\n", s.Profiles)
	fmt.Fprintf(w, "decisions\t%d\t%d offers\t%d nudges\t%d none\t%d held out\n", d.Total, d.Offer, d.Nudge, d.None, d.Holdout)
	fmt.Fprintf(w, "grants\t%d issued\t%d redeemed\t%d expired\t%d reversed\t%d revoked\n", g.Issued, g.Redeemed, g.Expired, g.Reversed, g.Revoked)
	for currency, accounts := range s.Ledger.Accounts {
		fmt.Fprintf(w, "ledger %s\t%s available\t%s committed\t%s redeemed\t%s overrun\n", currency, accounts["available"], accounts["committed"], accounts["promo_expense"], accounts["overrun"])
	}
	balanced := "the ledger holds"
	if !s.Ledger.Balanced {
		balanced = "the ledger does NOT hold: run boon ledger verify"
	}
	fmt.Fprintf(w, "%s\t%.0f events/s\t%.0f decisions/s\t%.1f s\n", balanced, s.Rates.Events, s.Rates.Decisions, s.Seconds)
	if s.Note != "" {
		fmt.Fprintln(w, s.Note)
	}
	return w.Flush()
}

func printFeed(con *console, file string, what string, r engine.FeedReport) {
	fmt.Fprintf(con.err, "%s: %d of %d %s loaded\n", file, r.Accepted, r.Read, what)
	printRefusals(con, file, r)
}

func printRefusals(con *console, file string, r engine.FeedReport) {
	for _, bad := range r.Refusals {
		fmt.Fprintf(con.err, "%s: line %d: %s\n", file, bad.Line, bad.Detail)
	}
}

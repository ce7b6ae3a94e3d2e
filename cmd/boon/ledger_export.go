package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"boon/api"
	"boon/ledger/journal"
)

type ledgerExportCmd struct {
	target
	Format string `required:"" enum:"hledger,beancount,csv" help:"hledger, beancount or csv."`
	Output string `short:"o" type:"path" help:"File to write; standard output otherwise." placeholder:"FILE"`
	dayRange
}

// dayRange is a part of the calendar.
type dayRange struct {
	From string `help:"First day, in the shop's time zone." placeholder:"2026-01-01"`
	To   string `help:"Last day, included." placeholder:"2026-01-31"`
}

func (d dayRange) days() (journal.Days, error) {
	days := journal.Days{From: d.From, To: d.To}
	return days, days.Check()
}

func (c *ledgerExportCmd) Help() string {
	return `Example: boon ledger export --format hledger --data ./data -o boon.journal && hledger -f boon.journal check --strict

The journal is read page by page, so that its length does not matter. Entries that move no money (saving a grant, a nudge) are comments in hledger and beancount, and rows without an amount in CSV.`
}

func (c *ledgerExportCmd) Run(ctx context.Context, con *console) error {
	days, err := c.days()
	if err != nil {
		return err
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	written := 0
	err = toFile(c.Output, con.out, func(out io.Writer) error {
		written, err = exportJournal(ctx, con, cl, c.Format, days, out)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.err, "%d entries written\n", written)
	return err
}

func exportJournal(ctx context.Context, con *console, cl *client, format string, days journal.Days, out io.Writer) (written int, err error) {
	var w journal.Writer
	err = cl.journal(ctx, con, journal.Query{}, func(zone *time.Location, e journal.Entry) error {
		if w == nil {
			if w, err = journal.NewWriter(format, out, zone); err != nil {
				return err
			}
		}
		if day := journal.Day(e.At, zone); days.Before(day) || days.Past(day) {
			return nil
		}
		written++
		return w.Entry(e)
	})
	if err == nil && w == nil { // an empty journal is a journal too
		w, err = journal.NewWriter(format, out, time.UTC)
	}
	if err != nil {
		return written, err
	}
	return written, w.Close()
}

const entriesAtOnce = 5000

// journal reads every entry that a query asks for, page by page, and the shop's time zone with it.
func (c *client) journal(ctx context.Context, con *console, q journal.Query, each func(*time.Location, journal.Entry) error) error {
	progress := con.progress("entries", false)
	zone := time.UTC
	for {
		var page api.EntryPage
		if err := c.call(ctx, http.MethodGet, entriesPath(q), "", nil, &page); err != nil {
			return err
		}
		if page.Timezone != zone.String() {
			var err error
			if zone, err = time.LoadLocation(page.Timezone); err != nil {
				return fmt.Errorf("read the shop's time zone: %w", err)
			}
		}
		for _, e := range page.Entries {
			if err := each(zone, e.Entry()); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(max(page.Next, 0), page.Last)
		}
		if q.After = page.Next; q.After == 0 {
			return nil
		}
	}
}

func entriesPath(q journal.Query) string {
	values := url.Values{"limit": {strconv.Itoa(entriesAtOnce)}, "after": {strconv.FormatInt(q.After, 10)}}
	for name, value := range map[string]string{"budget": q.Budget, "grant": q.Grant, "order": q.Order} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return "/v1/ledger/entries?" + values.Encode()
}

// toFile writes beside the file and puts it in its place when all is written; "" is standard output.
func toFile(name string, stdout io.Writer, write func(io.Writer) error) (err error) {
	if name == "" {
		return write(stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".boon-*")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriter(f)
	if err = errors.Join(write(out), out.Flush(), f.Sync(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"boon/catalog"
	"boon/engine"
)

type loadCmd struct {
	Kind  string   `arg:"" enum:"products,inventory,prices" help:"What the files hold: products, inventory or prices."`
	Files []string `arg:"" help:"CSV, TSV, JSON lines or a JSON array, .gz too; - for standard input."`
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *loadCmd) Help() string {
	return `Example: boon load prices competitors.csv --url http://127.0.0.1:8080

What is loaded rules the next decision. A bad row is named by its line and the others are loaded; the exit status is 1 then. Columns are in docs/economics.md.`
}

// loadedFile is what became of one file.
type loadedFile struct {
	File string `json:"file"`
	engine.FeedReport
}

func (c *loadCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	done := struct {
		Kind  string       `json:"kind"`
		Files []loadedFile `json:"files"`
	}{Kind: c.Kind}
	refused := 0
	for _, name := range c.Files {
		report, err := c.load(ctx, con, cl, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		refused += report.Refused
		done.Files = append(done.Files, loadedFile{name, report})
		if !c.JSON {
			printLoaded(con, name, c.Kind, report)
		}
	}
	if c.JSON {
		err = writeJSON(con.out, done)
	}
	if refused > 0 {
		err = errors.Join(err, fmt.Errorf("refused rows: %d; the others are loaded", refused))
	}
	return err
}

func (c *loadCmd) load(ctx context.Context, con *console, cl *client, name string) (report engine.FeedReport, err error) {
	body, err := readFeed(con, name)
	if err != nil {
		return report, err
	}
	feed := &told{Reader: bytes.NewReader(body), total: int64(len(body)), tell: con.progress("load "+filepath.Base(name), true)}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, cl.base+"/v1/"+c.Kind+":batch", feed)
	if err != nil {
		return report, fmt.Errorf("make request: %w", err)
	}
	r.ContentLength = feed.total
	media, err := feedMedia(name, body)
	r.Header.Set("Content-Type", media)
	if zipped(body) {
		r.Header.Set("Content-Encoding", "gzip")
	}
	return report, errors.Join(err, cl.do(r, &report))
}

func readFeed(con *console, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(con.in)
	}
	return os.ReadFile(name)
}

func zipped(body []byte) bool { return bytes.HasPrefix(body, []byte{0x1f, 0x8b}) }

// feedMedia tells a feed's form by its name, else by how it begins.
func feedMedia(name string, body []byte) (string, error) {
	head := body
	if zipped(body) {
		in, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return "", fmt.Errorf("unpack: %w", err)
		}
		if head, err = io.ReadAll(io.LimitReader(in, 4096)); err != nil {
			return "", fmt.Errorf("unpack: %w", err)
		}
	}
	if strings.HasPrefix(strings.TrimSpace(string(head[:min(len(head), 4096)])), "[") {
		return "application/json", nil
	}
	switch catalog.Sniff(filepath.Base(name), head) {
	case catalog.JSONL:
		return "application/x-ndjson", nil
	case catalog.TSV:
		return "text/tab-separated-values", nil
	}
	return "text/csv", nil
}

// told is a body that tells how much of it was read.
type told struct {
	io.Reader
	done, total int64
	tell        func(done, total int64) // nil: nobody looks
}

func (t *told) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if t.done += int64(n); t.tell != nil {
		t.tell(t.done, t.total)
	}
	return n, err
}

func printLoaded(con *console, file, kind string, r engine.FeedReport) {
	fmt.Fprintf(con.out, "%s: %d of %d rows of %s loaded", file, r.Accepted, r.Read, kind)
	if r.Late > 0 {
		fmt.Fprintf(con.out, ", %d of them seen before what is known", r.Late)
	}
	if r.Told > 0 {
		fmt.Fprintf(con.out, "; %d shoppers are told", r.Told)
	}
	fmt.Fprintln(con.out)
	printRefusals(con, file, r)
}

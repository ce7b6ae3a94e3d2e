package catalog

import (
	"errors"
	"fmt"
	"io"

	"boon"
)

// Format is how a feed is written.
type Format string

// The formats; Sniff tells them apart.
const (
	CSV   Format = "csv"
	TSV   Format = "tsv"
	JSONL Format = "jsonl"
)

// maxRefusals bounds the refusals that a report keeps; all are counted.
const maxRefusals = 1000

// Report is what became of a feed's rows.
type Report struct {
	Read     int           // rows, without the header
	Loaded   int           // rows handed over
	Refused  int           // rows refused
	Refusals []*boon.Error // the first 1,000, each with Line and Field
}

// record is one row of a feed: names in lower case with underscores, in the order of the file.
type record struct {
	line   int
	names  []string
	values []string
}

// get is the value of the first of the names that is there and not empty, with the name it was found under.
func (r *record) get(names ...string) (value, name string) {
	for _, want := range names {
		for i, n := range r.names {
			if n == want && r.values[i] != "" {
				return r.values[i], n
			}
		}
	}
	return "", names[0]
}

// source yields records until io.EOF. A *boon.Error refuses one row; any other error ends the feed.
type source interface {
	next() (*record, error)
}

// each reads a whole feed and hands every row to load. A *boon.Error of load refuses the row; another error ends the reading.
func each(r io.Reader, format Format, load func(*record) error) (Report, error) {
	var report Report
	src, err := open(r, format)
	if err != nil {
		return report, fmt.Errorf("open feed: %w", err)
	}
	for {
		row, err := src.next()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		line := 0
		if err == nil {
			line = row.line
			err = load(row)
		}
		if err := report.count(line, err); err != nil {
			return report, fmt.Errorf("read feed: %w", err)
		}
	}
}

func (r *Report) count(line int, err error) error {
	var refusal *boon.Error
	if err != nil && !errors.As(err, &refusal) {
		return err
	}
	r.Read++
	if err == nil {
		r.Loaded++
		return nil
	}
	r.Refused++
	if len(r.Refusals) < maxRefusals {
		kept := *refusal
		if kept.Line == 0 {
			kept.Line = line
		}
		r.Refusals = append(r.Refusals, &kept)
	}
	return nil
}

package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"boon"
	"boon/api"
	"boon/govern"
)

// maxAuditGroups is how many values a column may have to be one that splits rows into groups.
const maxAuditGroups = 100

// audited is what a file came to.
type audited struct {
	File    string `json:"file"`
	Rows    int64  `json:"rows"`
	LeftOut int64  `json:"leftOut"` // rows without a group
	api.Compared
}

func (a *audit) run(con *console, asJSON bool) error {
	out, groups, err := a.read(con)
	if err != nil {
		return fmt.Errorf("%s: %w", a.File, err)
	}
	bound := boon.Fairness{Outcome: boon.FairOffered, Ratio: a.Ratio, Alpha: a.Alpha, AtLeast: a.AtLeast}
	out.Compared = api.NewCompared(bound, groups, govern.Compare(bound, groups, 1), "")
	out.Watched = true
	if asJSON {
		return writeJSON(con.out, out)
	}
	if out.LeftOut > 0 {
		fmt.Fprintf(con.err, "%s: %d of %d rows have no %s and are left out\n", a.File, out.LeftOut, out.Rows, a.Group)
	}
	fmt.Fprintf(con.out, "%d rows of %s by %s, %s %s is favourable\n", out.Rows, a.File, a.Group, a.Outcome, a.Favourable)
	return printCompared(con.out, out.Compared)
}

// read counts the file's rows by group.
func (a *audit) read(con *console) (out audited, groups []govern.Group, err error) {
	in, drop, err := a.open(con)
	if err != nil {
		return out, nil, err
	}
	defer drop()
	plain, err := unpacked(in)
	if err != nil {
		return out, nil, err
	}
	rows := csv.NewReader(plain)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return out, nil, fmt.Errorf("read the header: %w", err)
	}
	group, outcome, err := a.columns(header)
	if err != nil {
		return out, nil, err
	}
	out.File = a.File
	counts := map[string]*govern.Group{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, nil, err
		}
		if out.Rows++; row[group] == "" {
			out.LeftOut++
			continue
		}
		if err := a.count(counts, row[group], row[outcome]); err != nil {
			return out, nil, err
		}
	}
	for _, g := range counts {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(x, y govern.Group) int { return strings.Compare(x.Name, y.Name) })
	return out, groups, a.sane(groups)
}

func (a *audit) count(counts map[string]*govern.Group, group, outcome string) error {
	g, known := counts[group]
	if !known {
		if len(counts) == maxAuditGroups {
			return fmt.Errorf("column %s has more than %d values: name one that splits rows into a few groups", a.Group, maxAuditGroups)
		}
		g = &govern.Group{Name: strings.Clone(group)}
		counts[g.Name] = g
	}
	if g.Units++; outcome == a.Favourable {
		g.Favoured++
	}
	return nil
}

// sane refuses a favourable value that is nowhere: it is misspelt.
func (a *audit) sane(groups []govern.Group) error {
	if slices.ContainsFunc(groups, func(g govern.Group) bool { return g.Favoured > 0 }) {
		return nil
	}
	return fmt.Errorf("no row of any group has %q in column %s", a.Favourable, a.Outcome)
}

func (a *audit) columns(header []string) (group, outcome int, err error) {
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	group, outcome = slices.Index(header, a.Group), slices.Index(header, a.Outcome)
	for name, at := range map[string]int{a.Group: group, a.Outcome: outcome} {
		if at < 0 {
			return 0, 0, fmt.Errorf("line 1: there is no column %q; there are %s", name, strings.Join(header, ", "))
		}
	}
	return group, outcome, nil
}

// open gives the file, which tells how much of it was read.
func (a *audit) open(con *console) (io.Reader, func(), error) {
	if a.File == "-" {
		return con.in, func() {}, nil
	}
	file, err := os.Open(a.File)
	if err != nil {
		return nil, nil, err
	}
	drop := func() { file.Close() }
	info, err := file.Stat()
	if err != nil {
		drop()
		return nil, nil, err
	}
	return &told{Reader: file, total: info.Size(), tell: con.progress("read "+filepath.Base(a.File), true)}, drop, nil
}

// unpacked reads through gzip where the content is packed.
func unpacked(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 1<<16)
	if head, _ := buffered.Peek(2); !zipped(head) {
		return buffered, nil
	}
	plain, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return plain, nil
}

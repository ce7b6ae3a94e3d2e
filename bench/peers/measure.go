package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"boon/bench/peers/workload"
)

// plan is what a run measures.
type plan struct {
	seed    uint64
	sizes   []int
	length  time.Duration
	engines []engine
}

// figures are what a run found.
type figures struct {
	Seed    uint64   `json:"seed"`
	Sizes   []int    `json:"sizes"`
	Rows    []figure `json:"engines"`
	Missing []absent `json:"missing,omitempty"`
}

// figure is one engine's row: answers a second, in the order of the sizes.
type figure struct {
	Engine    string    `json:"engine"`
	Form      string    `json:"form"`
	General   bool      `json:"general"`
	Path      bool      `json:"path,omitempty"`
	PerSecond []float64 `json:"per_second"`
}

// absent is an engine that was asked for and did not run.
type absent struct {
	Engine string `json:"engine"`
	Why    string `json:"why"`
}

// measure runs every engine on every size. It tells progress to w; its error is that of an engine that broke or answered wrongly.
func (p plan) measure(w io.Writer) (figures, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir)
	f := figures{Seed: p.seed, Sizes: p.sizes}
	jobs, wants, err := p.jobs(dir)
	if err != nil {
		return f, err
	}
	for _, e := range p.engines {
		row := figure{Engine: e.name, Form: e.form, General: e.general, Path: e.path}
		for i, j := range jobs {
			r, err := e.cell(j, wants[i])
			if gone := (missing{}); errors.As(err, &gone) {
				f.Missing = append(f.Missing, absent{e.name, gone.why})
				break
			} else if err != nil {
				return f, err
			}
			fmt.Fprintf(w, "%s, %d promotions: %s a second\n", e.name, p.sizes[i], number(r))
			row.PerSecond = append(row.PerSecond, r)
		}
		if len(row.PerSecond) == len(jobs) {
			f.Rows = append(f.Rows, row)
		}
	}
	return f, nil
}

// jobs writes the sets where engines of other processes read them.
func (p plan) jobs(dir string) (jobs []job, wants [][]workload.Answer, err error) {
	for _, n := range p.sizes {
		j := job{set: workload.Make(p.seed, n), file: filepath.Join(dir, fmt.Sprint(n, ".json")), length: p.length}
		text, err := json.Marshal(j.set)
		if err != nil {
			return nil, nil, err
		}
		if err := os.WriteFile(j.file, text, 0o600); err != nil {
			return nil, nil, err
		}
		jobs, wants = append(jobs, j), append(wants, j.set.Reference())
	}
	return jobs, wants, nil
}

// cell is one figure, or why there is none.
func (e engine) cell(j job, want []workload.Answer) (float64, error) {
	r, err := e.run(j)
	if err != nil {
		return 0, fmt.Errorf("%s, %d promotions: %w", e.name, len(j.set.Promotions), err)
	}
	return r.PerSecond, check(e, j.set, want, r.Answers)
}

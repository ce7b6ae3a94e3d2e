package scenario

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"time"

	"boon"
	"boon/engine"
	"boon/publish"

	"golang.org/x/sync/errgroup"
)

// Suite is a bundle and the scenarios that lie in its folders.
type Suite struct {
	bundle   boon.Bundle
	warnings []string
	feeds    feeds
	goods    goods
	files    []publish.ScenarioFile
	folders  []string // as named
}

// feeds are files that are loaded before every scenario.
type feeds struct{ products, inventory []string }

// Options say what is run, and how.
type Options struct {
	Paths     []string // folders or files of one bundle, with its scenarios
	Products  []string // feeds; without any, a products.csv beside the bundle
	Inventory []string
	Run       *regexp.Regexp // on the scenario's name; nil: all
}

// Load reads the bundle and its scenarios. What is wrong in either names file, line and field.
func Load(o Options) (*Suite, error) {
	scenarios := func(path string) bool { return publish.IsScenarioFile(filepath.Base(path)) }
	src, warnings, err := engine.ReadBundle(slices.DeleteFunc(slices.Clone(o.Paths), scenarios))
	if err != nil {
		return nil, err
	}
	b := src.Bundle
	b.Shop.Priors = maps.Clone(b.Shop.Priors)
	if b.Shop.Priors == nil {
		b.Shop.Priors = map[string]boon.Micros{}
	}
	b.Shop.Priors["explore"] = 0 // the best offer wins, every time
	s := &Suite{bundle: b, warnings: warnings, feeds: feeds{o.Products, o.Inventory}, folders: o.Paths}
	if len(o.Products) == 0 {
		s.feeds.products = beside(o.Paths)
	}
	if s.goods, err = readGoods(s.feeds.products, b.Shop.Currency); err != nil {
		return nil, err
	}
	for _, path := range o.Paths {
		found, err := readScenarios(path, b, slices.Sorted(maps.Keys(s.goods)))
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, found...)
	}
	return s, s.choose(o.Run)
}

// readScenarios reads what lies below one path; files are named as the path is.
func readScenarios(path string, b boon.Bundle, skus []string) ([]publish.ScenarioFile, error) {
	root, name := path, "."
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		root, name = filepath.Dir(path), filepath.Base(path)
	}
	if !publish.IsScenarioFile(name) && name != "." {
		return nil, nil // a file of the bundle
	}
	return publish.LoadScenarios(os.DirFS(root), filepath.ToSlash(root), name, b, skus)
}

// choose keeps the scenarios whose name matches.
func (s *Suite) choose(run *regexp.Regexp) error {
	for i := range s.files {
		f := &s.files[i]
		f.Scenarios = slices.DeleteFunc(f.Scenarios, func(x publish.Scenario) bool { return run != nil && !run.MatchString(x.Name) })
	}
	s.files = slices.DeleteFunc(s.files, func(f publish.ScenarioFile) bool { return len(f.Scenarios) == 0 })
	if len(s.files) > 0 {
		return nil
	}
	if run != nil {
		return fmt.Errorf("no scenario's name matches %q", run)
	}
	return fmt.Errorf("%s holds no scenarios: they are in files that end in _test.yaml (docs/testing-policies.md)", s.folders[0])
}

// Run runs all scenarios, several at once, and reports in the order of the files.
func (s *Suite) Run(ctx context.Context, progress func(done, total int64)) (Report, error) {
	report := Report{Files: make([]FileReport, len(s.files)), Warnings: slices.Clone(s.warnings)}
	var total int64
	for i, f := range s.files {
		for _, sc := range f.Scenarios {
			report.Warnings = append(report.Warnings, sc.Warnings...)
		}
		report.Files[i] = FileReport{File: f.Name, Scenarios: make([]Result, len(f.Scenarios))}
		total += int64(len(f.Scenarios))
	}
	var mu sync.Mutex
	var done int64
	seen := map[string]bool{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range s.files {
		for k := range s.files[i].Scenarios {
			group.Go(func() error {
				result, shown, err := s.one(ctx, &s.files[i].Scenarios[k])
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				report.Files[i].Scenarios[k] = result
				maps.Copy(seen, shown)
				if done++; progress != nil {
					progress(done, total)
				}
				return nil
			})
		}
	}
	err := group.Wait()
	report.sum(s.bundle, seen)
	return report, err
}

// one runs one scenario on an engine of its own, and times it.
func (s *Suite) one(ctx context.Context, sc *publish.Scenario) (Result, map[string]bool, error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "boon-test-")
	if err != nil {
		return Result{}, nil, fmt.Errorf("make a folder for a scenario: %w", err)
	}
	defer os.RemoveAll(dir)
	failures, shown, err := play(ctx, s, sc, dir)
	if err != nil {
		return Result{}, nil, fmt.Errorf("%s: %w", sc.Name, err)
	}
	at := sc.Of("name")
	return Result{Name: sc.Name, Line: at.Line, Seconds: time.Since(start).Seconds(), Failures: failures}, shown, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"boon/scenario"
)

type testCmd struct {
	Paths     []string `arg:"" help:"Bundle: folders or YAML files, with its scenarios (*_test.yaml)."`
	Products  []string `type:"path" help:"Product files, instead of the products.csv beside the bundle." placeholder:"FILE"`
	Inventory []string `type:"path" help:"Stock files; without any, a scenario's stock is all there is." placeholder:"FILE"`
	Match     string   `name:"run" help:"Only the scenarios whose name matches." placeholder:"REGEXP"`
	Verbose   bool     `short:"v" help:"Name every scenario."`
	JUnit     string   `name:"junit" type:"path" help:"Write JUnit XML for a CI server." placeholder:"FILE"`
	JSON      bool     `help:"Print one JSON document."`
}

func (c *testCmd) Help() string {
	return `Example: boon test examples/boutique --run "abandoned"

Plays the scenarios of a bundle (docs/testing-policies.md) on the engine itself, each on one of its own, in a time of its own. Ends with 0 when all pass, 1 when an expectation is not met, 2 when the bundle or a scenario cannot be read.`
}

// exit ends the program with a status; what is wrong was printed, unless err says it.
type exit struct {
	status int
	err    error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

var errScenarios = errors.New("not all scenarios pass")

func (c *testCmd) Run(ctx context.Context, con *console) error {
	report, err := c.play(ctx, con)
	if err != nil {
		return &exit{2, err}
	}
	if c.JUnit != "" {
		if err := c.junit(report); err != nil {
			return &exit{2, err}
		}
	}
	if c.JSON {
		err = writeJSON(con.out, report)
	} else {
		tellWarnings(con, report.Warnings)
		err = c.print(con.out, report)
	}
	if err == nil && report.Failed > 0 {
		err = &exit{1, errScenarios}
	}
	return err
}

func (c *testCmd) play(ctx context.Context, con *console) (scenario.Report, error) {
	options := scenario.Options{Paths: c.Paths, Products: c.Products, Inventory: c.Inventory}
	if c.Match != "" {
		var err error
		if options.Run, err = regexp.Compile(c.Match); err != nil {
			return scenario.Report{}, fmt.Errorf("--run: %w", err)
		}
	}
	suite, err := scenario.Load(options)
	if err != nil {
		return scenario.Report{}, err
	}
	return suite.Run(ctx, con.progress("test", false))
}

func (c *testCmd) junit(report scenario.Report) error {
	f, err := os.Create(c.JUnit)
	if err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	if err := errors.Join(report.JUnit(f), f.Close()); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

func (c *testCmd) print(out io.Writer, r scenario.Report) error {
	for _, f := range r.Files {
		c.printFile(out, f)
	}
	if r.Failed > 0 {
		fmt.Fprintf(out, "%d of %d scenarios failed\n", r.Failed, r.Scenarios)
	} else {
		fmt.Fprintf(out, "%d scenarios passed\n", r.Scenarios)
	}
	if c.Match == "" && len(r.NeverShown) > 0 {
		_, err := fmt.Fprintf(out, "offers that no scenario lets win: %s\n", strings.Join(r.NeverShown, ", "))
		return err
	}
	return nil
}

func (c *testCmd) printFile(out io.Writer, f scenario.FileReport) {
	if failed := f.Failed(); failed > 0 {
		fmt.Fprintf(out, "FAIL  %s  %d of %d\n", f.File, failed, len(f.Scenarios))
	} else {
		fmt.Fprintf(out, "ok    %s  %d\n", f.File, len(f.Scenarios))
	}
	for _, s := range f.Scenarios {
		if c.Verbose || len(s.Failures) > 0 {
			fmt.Fprintf(out, "  %s  %s\n", map[bool]string{true: "ok  ", false: "FAIL"}[len(s.Failures) == 0], s.Name)
		}
		for _, failure := range s.Failures {
			fmt.Fprint(out, indented(failure.String()))
		}
	}
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

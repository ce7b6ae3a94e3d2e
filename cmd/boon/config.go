package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"boon/api"
	"boon/engine"
	"boon/publish"
)

// bundleFiles are the files or folders of one bundle.
type bundleFiles struct {
	File []string `short:"f" required:"" type:"path" help:"Bundle: a folder or YAML files." placeholder:"PATH"`
}

// load reads and checks the bundle here, so that an error or a warning names the file, line and column.
func (b bundleFiles) load() (publish.Source, error) {
	src, _, err := engine.ReadBundle(b.File)
	return src, err
}

type applyCmd struct {
	bundleFiles
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *applyCmd) Help() string {
	return "Example: boon apply -f examples/boutique --url http://127.0.0.1:8080"
}

func (c *applyCmd) Run(ctx context.Context, con *console) error {
	return sendBundle(ctx, con, c.bundleFiles, c.target.openOrMake, "/v1/bundle", c.JSON)
}

type diffCmd struct {
	bundleFiles
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *diffCmd) Help() string { return "Example: boon diff -f examples/boutique --data ./data" }

func (c *diffCmd) Run(ctx context.Context, con *console) error {
	return sendBundle(ctx, con, c.bundleFiles, c.target.open, "/v1/bundle?dry-run=1", c.JSON)
}

func sendBundle(ctx context.Context, con *console, files bundleFiles, open func(context.Context) (*client, error), path string, asJSON bool) error {
	src, err := files.load()
	if err != nil {
		return err
	}
	text, err := engine.ExportBundle(src.Bundle)
	if err != nil {
		return err
	}
	cl, err := open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer api.Applied
	if err := cl.call(ctx, http.MethodPut, path, "application/yaml", text, &answer); err != nil {
		return err
	}
	for i, w := range answer.Warnings {
		answer.Warnings[i] = src.Positions.Locate(w)
	}
	if asJSON {
		return writeJSON(con.out, answer)
	}
	return printApplied(con, answer)
}

func tellWarnings(con *console, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintln(con.err, "warning:", w)
	}
}

func printApplied(con *console, a api.Applied) error {
	tellWarnings(con, a.Warnings)
	if len(a.Changes) == 0 {
		_, err := fmt.Fprintf(con.out, "%s: nothing changes\n", a.Release)
		return err
	}
	fmt.Fprintln(con.out, a.Release)
	for _, c := range a.Changes {
		if _, err := fmt.Fprintln(con.out, c.Detail); err != nil {
			return err
		}
	}
	if a.DryRun && a.Approval {
		fmt.Fprintln(con.err, "this takes an approval: boon propose, then boon approve with the key of somebody else")
	}
	return nil
}

type exportCmd struct {
	target
	Output string `short:"o" type:"path" help:"File to write; standard output otherwise." placeholder:"FILE"`
}

func (c *exportCmd) Help() string { return "Example: boon export --data ./data -o shop.yaml" }

func (c *exportCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var text []byte
	if err := cl.call(ctx, http.MethodGet, "/v1/bundle", "", nil, &text); err != nil {
		return err
	}
	if c.Output == "" {
		_, err = con.out.Write(text)
		return err
	}
	if err := os.WriteFile(c.Output, text, 0o644); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	fmt.Fprintln(con.err, "wrote", strings.TrimSpace(c.Output))
	return nil
}

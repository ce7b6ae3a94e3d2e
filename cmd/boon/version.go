package main

import (
	"fmt"
	"runtime"
)

type versionCmd struct {
	JSON bool `help:"Print one JSON document."`
}

func (c *versionCmd) Help() string { return "Example: boon version --json" }

func (c *versionCmd) Run(con *console) error {
	if c.JSON {
		return writeJSON(con.out, map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
	}
	fmt.Fprintln(con.out, versionLine())
	return nil
}

func versionLine() string {
	return fmt.Sprintf("boon %s (%s, %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

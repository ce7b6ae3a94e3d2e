package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// nodeEngines run in a process of their own each, from the folders below node/ that npm ci has filled.
var nodeEngines = []engine{
	{name: "javascript", form: "scan", run: node("rules", "../main.mjs", "javascript")},
	{name: "json-rules-engine", form: "scan", general: true, run: node("rules", "../main.mjs", "json-rules-engine")},
	{name: "zen", form: "scan", general: true, run: node("rules", "../main.mjs", "zen")},
	{name: "vendure", form: "scan", run: node("vendure", "../main.mjs", "vendure")},
	{name: "vendure-cart", form: "scan", path: true, stacks: true, run: node("vendure", "cart.js", "vendure-cart")},
	{name: "medusa", form: "scan", path: true, run: node("medusa", "main.js", "medusa")},
}

// node runs a program in a folder: the engine's name, the file of the set, the file for the result, seconds.
func node(folder, script, name string) func(job) (result, error) {
	return func(j job) (r result, err error) {
		binary, err := exec.LookPath("node")
		if err != nil {
			return r, missing{"node is not installed"}
		}
		dir := filepath.Join("node", folder)
		if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
			return r, missing{"its packages are not installed: npm --prefix bench/peers/" + filepath.ToSlash(dir) + " ci"}
		}
		answer := j.file + "." + name
		cmd := exec.Command(binary, script, name, j.file, answer, fmt.Sprint(j.length.Seconds()))
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "NODE_ENV=production") // as a shop serves
		if said, err := cmd.CombinedOutput(); err != nil {
			return r, fmt.Errorf("%w: %s", err, lastLines(string(said), 5))
		}
		text, err := os.ReadFile(answer)
		if err != nil {
			return r, err
		}
		return told(text)
	}
}

// told is what a program left: its result, or why it cannot run here.
func told(text []byte) (result, error) {
	var r struct {
		result
		Missing string `json:"missing"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r.result, err
	}
	if r.Missing != "" {
		return r.result, missing{r.Missing}
	}
	return r.result, nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

package main

import (
	"slices"
	"time"

	"boon/bench/peers/workload"
)

// engine is one row of a table.
type engine struct {
	name    string
	form    string // how it finds what applies: "index" or "scan"
	general bool   // a rules engine for any purpose: what the ratios are of
	path    bool   // it applies what it finds
	stacks  bool   // a path that applies all of it, in the order of the set, each to what those before it left
	run     func(job) (result, error)
}

// job is one cell of a table: a set to answer, and how long to repeat that for the figure.
type job struct {
	set    workload.Set
	file   string // the set as JSON
	length time.Duration
}

// result is what an engine answers to every request of the set, and how many answers a second it then gave.
type result struct {
	Answers   []workload.Answer `json:"answers"`
	PerSecond float64           `json:"per_second"`
}

// missing says why an engine cannot run here.
type missing struct{ why string }

func (m missing) Error() string { return m.why }

// engines are all rows, in the order of the tables.
var engines = slices.Concat([]engine{
	{name: "boon", form: "index", run: here(openBoon)},
	{name: "closures", form: "scan", run: here(openClosures)},
	{name: "cel", form: "scan", general: true, run: here(openCEL)},
	{name: "expr", form: "scan", general: true, run: here(openExpr)},
	{name: "grule", form: "scan", general: true, run: here(openGrule)},
}, nodeEngines)

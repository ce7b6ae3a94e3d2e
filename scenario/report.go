package scenario

import (
	"boon"
)

// Report is what came of a run.
type Report struct {
	Files      []FileReport `json:"files"`
	Scenarios  int          `json:"scenarios"`
	Failed     int          `json:"failed"`
	NeverShown []string     `json:"neverShown"`         // offers that no scenario lets win
	Warnings   []string     `json:"warnings,omitempty"` // of what the bundle or a scenario does that is allowed and rarely meant
}

// FileReport is one file's part.
type FileReport struct {
	File      string   `json:"file"`
	Scenarios []Result `json:"scenarios"`
}

// Result is what came of one scenario; without failures it passed.
type Result struct {
	Name     string    `json:"name"`
	Line     int       `json:"line"`
	Seconds  float64   `json:"seconds"`
	Failures []Failure `json:"failures,omitempty"`
}

// Failure is an expectation that was not met.
type Failure struct {
	File        string   `json:"file"`
	Line        int      `json:"line"`
	Column      int      `json:"column"`
	Expectation string   `json:"expectation"` // its path within the scenario
	Want        []string `json:"want"`
	Got         []string `json:"got"`
	Why         []string `json:"why,omitempty"`
}

// Failed counts the scenarios of the file that did not pass.
func (f FileReport) Failed() (n int) {
	for _, r := range f.Scenarios {
		if len(r.Failures) > 0 {
			n++
		}
	}
	return n
}

// Seconds is the work of all its scenarios.
func (f FileReport) Seconds() (sum float64) {
	for _, r := range f.Scenarios {
		sum += r.Seconds
	}
	return sum
}

// sum counts, and lists the offers that were never seen to be shown.
func (r *Report) sum(b boon.Bundle, seen map[string]bool) {
	r.NeverShown = []string{}
	for _, f := range r.Files {
		r.Scenarios += len(f.Scenarios)
		r.Failed += f.Failed()
	}
	for _, o := range b.Offers {
		if !seen[o.ID] && !o.Paused {
			r.NeverShown = append(r.NeverShown, o.ID)
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"boon/bench/peers/workload"
)

// crooked answers as the closures do, but for what was planted into one answer.
func crooked(plant func(*workload.Answer)) engine {
	return engine{name: "crooked", form: "scan", general: true, run: func(j job) (result, error) {
		r, err := here(openClosures)(j)
		plant(&r.Answers[17])
		return r, err
	}}
}

// One wrong answer of one engine, and nothing at all is printed.
func TestRefusesAWrongAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(*workload.Answer)
		want  string
	}{
		"lost":  {func(a *workload.Answer) { a.Matches = a.Matches[1:] }, "applies and was not found"},
		"added": {func(a *workload.Answer) { a.Matches = append(a.Matches, 1000) }, "p1000 does not apply"},
		"twice": {func(a *workload.Answer) { a.Matches = append(a.Matches, a.Matches[0]) }, "found twice"},
		"best":  {func(a *workload.Answer) { a.Best++ }, "the discount is"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			all := []engine{{name: "closures", form: "scan", run: here(openClosures)}, crooked(c.plant)}
			err := run([]string{"--sizes", "100", "--seconds", "0"}, all, &out, io.Discard)
			if err == nil {
				t.Fatal("a wrong answer passed")
			}
			for _, part := range []string{"crooked", "100 promotions", "request 17", c.want} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if out.Len() > 0 {
				t.Errorf("it printed figures all the same:\n%s", out.String())
			}
		})
	}
	if err := run([]string{"--sizes", "100", "--seconds", "0"}, []engine{crooked(func(*workload.Answer) {})}, io.Discard, io.Discard); err != nil {
		t.Errorf("with nothing planted: %v", err)
	}
}

// What applies may be left out by a path that has nothing left to take off, and by no other.
func TestPathStopsAtAnEmptyCart(t *testing.T) {
	s := workload.Set{Promotions: make([]workload.Promotion, 2), Requests: []workload.Request{{Cart: workload.Cart{Total: 100}}}}
	want := []workload.Answer{{Matches: []int32{0, 1}, Best: 60}}
	path := engine{name: "path", path: true}
	if err := check(path, s, want, []workload.Answer{{Matches: []int32{1}, Best: 100}}); err != nil {
		t.Errorf("nothing was left: %v", err)
	}
	if err := check(path, s, want, []workload.Answer{{Matches: []int32{1}, Best: 60}}); err == nil {
		t.Error("40 were left, and an offer that applies was not applied")
	}
}

// A path that stacks applies all that match, and its discount is checked, also where nothing was left.
func TestPathThatStacks(t *testing.T) {
	s := workload.Set{
		Promotions: []workload.Promotion{{Discount: workload.Discount{Percent: 50}}, {Discount: workload.Discount{Amount: 900}}},
		Requests:   []workload.Request{{Cart: workload.Cart{Total: 1000}}, {Cart: workload.Cart{Total: 1000}}},
	}
	want := []workload.Answer{{Matches: []int32{0, 1}, Best: 900}, {Matches: []int32{0}, Best: 500}}
	for name, c := range map[string]struct {
		got  []workload.Answer
		want string
	}{
		"right":    {[]workload.Answer{{Matches: []int32{0, 1}, Best: 1000}, {Matches: []int32{0}, Best: 500}}, ""},
		"lost":     {[]workload.Answer{{Matches: []int32{1}, Best: 1000}, want[1]}, "request 0: p0 applies and was not found"},
		"added":    {[]workload.Answer{{Matches: []int32{0, 1}, Best: 1000}, {Matches: []int32{0, 1}, Best: 1000}}, "request 1: p1 does not apply"},
		"twice":    {[]workload.Answer{{Matches: []int32{0, 1}, Best: 1000}, {Matches: []int32{0, 0}, Best: 500}}, "request 1: some promotion was found twice"},
		"the best": {[]workload.Answer{want[0], want[1]}, "request 0: the discount is 1000, not 900"},
		"one cent": {[]workload.Answer{{Matches: []int32{0, 1}, Best: 1000}, {Matches: []int32{0}, Best: 501}}, "request 1: the discount is 500, not 501"},
	} {
		err := check(engine{name: "path", path: true, stacks: true}, s, want, c.got)
		if said := fmt.Sprint(err); (c.want == "" && err != nil) || !strings.HasSuffix(said, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// The shop itself, where its packages and PostgreSQL are.
func TestVendureCartAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("starting a Vendure shop takes half a minute")
	}
	var out strings.Builder
	if err := run([]string{"--sizes", "300", "--seconds", "0", "--peers", "vendure-cart", "--json"}, engines, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var f figures
	if err := json.Unmarshal([]byte(out.String()), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Missing) > 0 {
		t.Skip(f.Missing[0].Why)
	}
	if len(f.Rows) != 1 || !f.Rows[0].Path || f.Rows[0].PerSecond[0] <= 0 {
		t.Errorf("the row is %+v", f.Rows)
	}
}

func TestEnginesOfThisProcessAgree(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"--sizes", "10,100", "--seconds", "0", "--peers", "boon closures cel expr grule", "--json"}, engines, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var f figures
	if err := json.Unmarshal([]byte(out.String()), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Rows) != 5 || len(f.Missing) > 0 {
		t.Fatalf("ran %d engines of 5, missing %v", len(f.Rows), f.Missing)
	}
	for _, r := range f.Rows {
		if len(r.PerSecond) != 2 || r.PerSecond[0] <= 0 || r.PerSecond[1] <= 0 {
			t.Errorf("%s: %v", r.Engine, r.PerSecond)
		}
	}
}

func TestNamesTheMissing(t *testing.T) {
	gone := engine{name: "gone", run: func(job) (result, error) { return result{}, missing{"its packages are not installed"} }}
	var out strings.Builder
	if err := run([]string{"--sizes", "10", "--seconds", "0"}, []engine{gone}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Missing: gone: its packages are not installed") {
		t.Errorf("the table does not say so:\n%s", out.String())
	}
	if err := run([]string{"--peers", "drools"}, engines, io.Discard, io.Discard); err == nil {
		t.Error("an engine that nobody wrote was left out silently")
	}
}

func TestTable(t *testing.T) {
	f := figures{Sizes: []int{10, 10000}, Rows: []figure{
		{Engine: "boon", Form: "index", PerSecond: []float64{2_000_000, 90_000}},
		{Engine: "cel", Form: "scan", General: true, PerSecond: []float64{40_000, 16.25}},
		{Engine: "zen", Form: "scan", General: true, PerSecond: []float64{10_000, 45}},
		{Engine: "medusa", Form: "scan", Path: true, PerSecond: []float64{93, 0.5}},
	}}
	var out strings.Builder
	f.write(&out)
	for _, line := range []string{
		"| boon | index | 2,000,000 (50) | 90,000 (2,000) |",
		"| cel | scan | 40,000 (1) | 16.2 (0.361) |",
		"| zen | scan | 10,000 (0.25) | 45 (1) |",
		"| medusa | scan | 93 | 0.5 |",
		"General rules engines: cel, zen.",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no line %q in\n%s", line, out.String())
		}
	}
}

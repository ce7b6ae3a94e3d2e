package decide_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/decide"
	"boon/feature"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// story is what a story file changes about the inputs; a null cart is no cart.
type story struct {
	Placements []string           `json:"placements"`
	Trigger    string             `json:"trigger"`
	Cart       *json.RawMessage   `json:"cart"`
	SKU        string             `json:"sku"`
	Profile    string             `json:"profile"`
	Seed       uint64             `json:"seed"`
	Personal   *bool              `json:"personal"`
	Deny       []boon.Purpose     `json:"deny"`
	Features   map[string]float64 `json:"features"`
	Held       []decide.Held      `json:"held"`
	Shown      []boon.Shown       `json:"shown"`
	Dismissed  []boon.Dismissal   `json:"dismissed"`
	At         time.Time          `json:"at"`
	Timezone   string             `json:"timezone"`
	Used       map[string]int64   `json:"used"`
	Left       map[string]int64   `json:"left"`
	Products   []boon.Product     `json:"products"`
	Refused    []decide.Refused   `json:"refused"`
	Paused     []boon.Halt        `json:"paused"`
}

// TestStories tells, one file each, why a candidate falls and what is picked then.
func TestStories(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { tell(t, path) })
	}
}

func tell(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	b := parse(t, base(t)+"---\n"+parts["bundle.yaml"])
	var s story
	if err := json.Unmarshal([]byte(parts["story.json"]), &s); err != nil {
		t.Fatal(err)
	}
	in := s.inputs(t, b)
	policy := compile(t, b)
	got := print(decide.Explain(policy, rates(), in))
	sameButDetails(t, got, print(decide.Compute(policy, rates(), in)))
	if *update {
		archive.Files = append(slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" }), txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(parts["want"], got); diff != "" {
		t.Errorf("%s differs; if the change is meant, run with -update (-want +got):\n%s", path, diff)
	}
}

// sameButDetails: explaining only adds words, and the offers that are not for this shopper now.
func sameButDetails(t *testing.T, explained, computed string) {
	t.Helper()
	strip := func(s string) (lines []string) {
		for _, l := range strings.Split(s, "\n") {
			line, _, _ := strings.Cut(l, ": ")
			lines = append(lines, line)
		}
		return lines
	}
	kept := strip(computed)
	told := slices.DeleteFunc(strip(explained), func(line string) bool { return onDemand(line) && !slices.Contains(kept, line) })
	if diff := cmp.Diff(kept, told); diff != "" {
		t.Errorf("explaining changed the decision (-computed +explained):\n%s", diff)
	}
}

// onDemand: what schedule or condition refuse is in no record.
func onDemand(line string) bool {
	return slices.ContainsFunc([]string{"not_eligible", "not_started", "ended", "paused"}, func(reason string) bool { return strings.HasSuffix(line, " refused "+reason) })
}

func (s story) inputs(t *testing.T, b boon.Bundle) decide.Inputs {
	places := s.Placements
	if places == nil {
		places = []string{"checkout"}
	}
	in := inputs(b, places...)
	in.Request.Trigger, in.Request.SKU = s.Trigger, s.SKU
	in.Products, in.Held, in.Shown, in.Refused = s.Products, s.Held, s.Shown, s.Refused
	in.Dismissed, in.Timezone = s.Dismissed, s.Timezone
	if !s.At.IsZero() {
		in.Request.At = s.At
	}
	if s.Cart != nil {
		in.Request.Cart = boon.Order{Currency: "USD"}
		if err := json.Unmarshal(*s.Cart, &in.Request.Cart); err != nil {
			t.Fatal(err)
		}
		in.Vector = vector(b, in)
	}
	if s.Profile != "" {
		in.ProfileID = s.Profile
	}
	in.Seed += s.Seed
	in.Personal = s.Personal == nil || *s.Personal
	for _, p := range s.Deny {
		in.Consent = append(in.Consent, decide.Gate{Purpose: p, Detail: "denied"})
	}
	in.Standing = standing(b, s.Used, s.Left)
	in.Standing.Paused = s.Paused
	for name, value := range s.Features {
		set(t, &in.Vector, name, value)
	}
	return in
}

// set overwrites one feature, so that a story need not act out the events behind it.
func set(t *testing.T, v *feature.Vector, name string, value float64) {
	d, ok := feature.Lookup(name)
	if !ok {
		t.Fatalf("no feature is named %s", name)
	}
	switch d.Type {
	case feature.Int:
		v.Ints[d.Slot] = int64(value)
	case feature.Double:
		v.Doubles[d.Slot] = value
	case feature.Bool:
		v.Bools[d.Slot] = value != 0
	default:
		t.Fatalf("%s is no number", name)
	}
}

// print writes a record for people: each candidate and how it fared, then each pick.
func print(r decide.Record) string {
	var out strings.Builder
	for _, k := range r.Candidates {
		name := k.Offer
		if name == "" {
			name = "(nothing)"
		}
		fmt.Fprintf(&out, "%s %s@%s %s %s", k.Placement, name, k.Level, k.Verdict, k.Reason)
		if k.By != "" {
			fmt.Fprintf(&out, " by %s", k.By)
		}
		if k.Verdict != boon.VerdictRefused {
			fmt.Fprintf(&out, " p0=%.4f p=%.4f q=%.4f cost=%d delta=%.2f", k.P0, k.P, k.Q, k.Cost, k.Delta)
		}
		if k.Detail != "" {
			fmt.Fprintf(&out, ": %s", k.Detail)
		}
		out.WriteByte('\n')
	}
	for _, p := range r.Decision.Picks {
		out.WriteString(pick(p))
	}
	for _, a := range r.Decision.Experiments {
		fmt.Fprintf(&out, "experiment %s arm %s\n", a.Key, a.Arm)
	}
	return out.String()
}

func pick(p boon.Pick) string {
	line := fmt.Sprintf("PICK %s %s %s", p.Placement, p.Outcome, p.Reason)
	if p.Offer != "" {
		line += fmt.Sprintf(" %s@%s", p.Offer, p.Level)
	}
	line += fmt.Sprintf(" propensity=%.3f", p.Propensity)
	switch {
	case p.Grant != nil && p.Live:
		line += fmt.Sprintf(" live grant %s@%s", p.Grant.ID, p.Grant.Level)
	case p.Grant != nil:
		line += fmt.Sprintf(" new grant committed=%d budget=%s expires=%s", p.Grant.Committed, p.Grant.Budget, p.Grant.ExpiresAt.Format("2006-01-02"))
	}
	if p.Detail != "" {
		line += ": " + p.Detail
	}
	return line + "\n"
}

package scenario_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"boon/scenario"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Each file makes one mistake, and the error beside it says where and which.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*_test.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), "_test.yaml")
		t.Run(name, func(t *testing.T) {
			_, err := scenario.Load(scenario.Options{Paths: []string{"testdata/town/shop.yaml", file}, Products: []string{"testdata/products.csv"}})
			if err == nil {
				t.Fatal("it was read")
			}
			if got := err.Error(); !strings.HasPrefix(got, file+":") || strings.Contains(got, "\n") {
				t.Errorf("want one mistake with its place, got %s", got)
			}
			golden(t, filepath.Join("testdata", "bad", name+".err"), err.Error()+"\n")
		})
	}
}

// run plays the scenarios of a folder whose name matches.
func run(t *testing.T, dir, only string) scenario.Report {
	t.Helper()
	suite, err := scenario.Load(scenario.Options{Paths: []string{dir}, Run: regexp.MustCompile(only)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := suite.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// told is what failed: where, what was expected, what came and why.
func told(r scenario.Report) string {
	var out strings.Builder
	for _, f := range r.Files {
		for _, s := range f.Scenarios {
			for _, x := range s.Failures {
				fmt.Fprintf(&out, "%s\n%s:%d:%d: %s\n- %s\n+ %s\n", s.Name, x.File, x.Line, x.Column, x.Expectation, strings.Join(x.Want, ", "), strings.Join(x.Got, ", "))
				for _, why := range x.Why {
					fmt.Fprintf(&out, "  %s\n", why)
				}
			}
		}
	}
	return out.String()
}

// What a scenario looks at though it can never come is warned of, and an event that does nothing; one that features count is fine.
func TestTriggersThatCannotFireAreWarnedOf(t *testing.T) {
	policy := read(t, "testdata/town/shop.yaml")
	t.Chdir(t.TempDir())
	write(t, "shop.yaml", policy)
	write(t, "quiet_test.yaml", []byte(`name: who looks is not spoken to
now: 2026-01-05T10:00:00Z
given: {events: [{ago: 1h, event: Product Clicked}]}
steps:
  - when: {event: Product Viewed, properties: {sku: chair}}
  - when: {event: Coupon Denied}
    expect: {triggers: []}
  - after: 1h
    when: {event: Coupon Denied}
    expect: {triggers: []}
  - when: {event: Newsletter Subscribed}
`))
	r := run(t, ".", "")
	want := []string{"quiet_test.yaml:6:19: scenario 1.steps[1].when.event: no trigger of the bundle hears Coupon Denied, so that none can fire by it",
		`quiet_test.yaml:11:19: scenario 1.steps[3].when.event: no trigger of the bundle hears an event "Newsletter Subscribed", and it is none that Boon knows: it does nothing`}
	if diff := cmp.Diff(want, r.Warnings); r.Failed > 0 || diff != "" {
		t.Errorf("%s%s", diff, told(r))
	}
}

func TestThePolicyHolds(t *testing.T) {
	if r := run(t, "testdata/town", ""); r.Failed > 0 || r.Scenarios != 8 {
		t.Errorf("%d of %d failed:\n%s", r.Failed, r.Scenarios, told(r))
	}
}

// breaks are changes of the policy, and the scenarios that must notice them.
var breaks = []struct{ name, hurts, from, to string }{
	{"a day counts nothing", "^one mail", "{max: 1, per: day, each: channel, channels: [email, sms]}", "{max: 9, per: day, each: channel, channels: [email, sms]}"},
	{"three messages a week", "^two messages", "{max: 2, per: week", "{max: 3, per: week"},
	{"one message a week", "^one mail", "{max: 2, per: week", "{max: 1, per: week"},
	{"a past that cannot have been", "^one mail", "id: five\n", "id: five\npaused: true\n"},
	{"dismissals later", "^who waved", "{after: 2, each: offer", "{after: 3, each: offer"},
	{"quiet in the shop's night only", "^no text", `quietHours: {from: "21:00", to: "08:00"`, `quietHours: {from: "21:00", to: "04:00"`},
	{"a night that is dropped", "^a cart", "use: cart_abandoned,", "use: cart_abandoned, quiet: drop,"},
	{"three nudges a week", "^a nudge", "frequency: [{max: 2, per: 7d}]", "frequency: [{max: 3, per: 7d}]"},
	{"codes add up", "^of two codes", "mode: highest", "mode: all"},
	{"the lower code", "^of two codes", "mode: highest", "mode: lowest"},
}

// A broken policy fails with the line of what does not hold, what was expected, what came, and why.
func TestABrokenPolicyIsToldByItsLine(t *testing.T) {
	policy := read(t, "testdata/town/shop.yaml")
	suites := map[string][]byte{"contact_test.yaml": read(t, "testdata/town/contact_test.yaml"), "stacking_test.yaml": read(t, "testdata/town/stacking_test.yaml")}
	var all strings.Builder
	for _, b := range breaks {
		broken := bytes.Replace(policy, []byte(b.from), []byte(b.to), 1)
		if bytes.Equal(broken, policy) {
			t.Fatalf("%s: the policy has no %s", b.name, b.from)
		}
		t.Chdir(t.TempDir())
		write(t, "shop.yaml", broken)
		for name, suite := range suites {
			write(t, name, suite)
		}
		got := told(run(t, ".", b.hurts))
		if got == "" {
			t.Errorf("%s: nothing fails", b.name)
		}
		fmt.Fprintf(&all, "# %s\n%s\n", b.name, got)
	}
	t.Chdir(home)
	golden(t, "testdata/broken.golden", all.String())
}

// home is where the tests' own files lie.
var home, _ = os.Getwd()

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(home, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

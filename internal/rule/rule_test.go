package rule

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

var testFields = []Field{
	{"profile.orders_90d", TypeInt}, {"profile.spend", TypeDouble}, {"profile.return_open", TypeBool}, {"profile.cohort", TypeString},
	{"profile.last_order_at", TypeTime}, {"profile.tags", TypeList}, {"session.views", TypeInt}, {"cart.total", TypeDouble},
	{"cart.lines", TypeInt}, {"product.pressure", TypeDouble}, {"product.attributes", TypeMap}, {"product.category", TypeString}, {"event.sku", TypeString},
}

var testSegments = []boon.Segment{
	{ID: "vip", Where: `profile.orders_90d >= 2 && profile.spend > 100`},
	{ID: "vip-now", Where: `segment("vip") && session.views > 0`},
}

func testEnv(t testing.TB) *Env {
	t.Helper()
	env, err := NewEnv(testFields, testSegments)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

type testRow struct {
	values     [13]Value
	now        time.Time
	categories []string
}

func (r *testRow) Value(i int) Value    { return r.values[i] }
func (r *testRow) Now() time.Time       { return r.now }
func (r *testRow) Categories() []string { return r.categories }

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func sampleRow() *testRow {
	return &testRow{now: noon, categories: []string{"GROCERY/SOFT DRINKS"}, values: [13]Value{
		Int(1), Double(99.5), Bool(false), String("lapsing"), Time(noon.AddDate(0, 0, -40)), List([]string{"a", "b"}), Int(7), Double(40),
		Int(2), Double(-0.6), Map(map[string]string{"colour": "red"}), String("GROCERY"), {},
	}}
}

// The golden file pairs every expression with what comes of it on one row, or with what its author is told.
func TestExpressions(t *testing.T) {
	env := testEnv(t)
	source, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(source)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out.WriteString(line + "\n")
		if line != "" && !strings.HasPrefix(line, "#") {
			out.WriteString("  " + outcome(env, strings.ReplaceAll(line, `\n`, "\n")) + "\n")
		}
	}
	if *update {
		if err := os.WriteFile("testdata/expressions.txt", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(source), out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func outcome(env *Env, expr string) string {
	p, err := env.Compile(expr, WantBool)
	if err != nil {
		return "refused: " + err.Error()
	}
	way := "closures"
	if !p.Fast() {
		way = "interpreter"
	}
	row := sampleRow()
	ok, err := p.Eval(row)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case !ok:
		return fmt.Sprintf("false by %s: %s  reads %v", way, p.Explain(row), p.Fields())
	}
	return fmt.Sprintf("true by %s  reads %v", way, p.Fields())
}

func TestText(t *testing.T) {
	env := testEnv(t)
	for expr, want := range map[string]string{
		`product.category`: "GROCERY", `profile.orders_90d`: "1", `cart.total`: "40", `profile.return_open`: "false",
		`product.category + "/" + profile.cohort`: "GROCERY/lapsing", `now`: "2026-01-05T12:00:00Z", `duration("90m")`: "5400s",
		`profile.tags[1]`: "b", `now.getHours()`: "12",
	} {
		p, err := env.Compile(expr, WantAny)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		if got, err := p.Text(sampleRow()); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", expr, got, err, want)
		}
	}
	if _, err := env.Compile("profile.tags", WantAny); !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
		t.Errorf("a list is no scalar: %v", err)
	}
}

func TestDeclarations(t *testing.T) {
	for _, f := range [][]Field{{{"orders", TypeInt}}, {{"profile.a.b", TypeInt}}, {{"profile.a", 0}}, {{"profile.a", TypeInt}, {"profile.a", TypeInt}}} {
		if _, err := NewEnv(f, nil); err == nil {
			t.Errorf("%v was accepted", f)
		}
	}
	for name, segments := range map[string][]boon.Segment{
		"itself":  {{ID: "a", Where: `segment("b")`}, {ID: "b", Where: `segment("a")`}},
		"unknown": {{ID: "a", Where: `segment("b")`}},
		"type":    {{ID: "a", Where: `1 + 1`}},
	} {
		if _, err := NewEnv(testFields, segments); err == nil {
			t.Errorf("segments that name %s were accepted", name)
		}
	}
}

func TestSegmentCannotExplode(t *testing.T) {
	segments := []boon.Segment{{ID: "s0", Where: "profile.return_open"}}
	for i := 1; i < 30; i++ {
		segments = append(segments, boon.Segment{ID: fmt.Sprintf("s%d", i), Where: fmt.Sprintf(`segment("s%d") || segment("s%d")`, i-1, i-1)})
	}
	if _, err := NewEnv(testFields, segments); err == nil {
		t.Fatal("2^29 nodes were accepted")
	}
}

func BenchmarkEval(b *testing.B) {
	env := testEnv(b)
	for _, expr := range []string{
		`profile.orders_90d >= 1`,
		`cart.total >= 40.0 && profile.orders_90d >= 1 && !profile.return_open`,
		`profile.cohort in ["new", "lapsing"] && now - profile.last_order_at > duration("14d") && cart.category("GROCERY")`,
		`profile.tags.exists(x, x == "b")`,
	} {
		p, err := env.Compile(expr, WantBool)
		if err != nil {
			b.Fatal(err)
		}
		row := sampleRow()
		b.Run(expr, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := p.Eval(row); err != nil || !ok {
					b.Fatal(ok, err)
				}
			}
		})
		slow, err := env.cel.PlanProgram(p.checked)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("interpreter/"+expr, func(b *testing.B) {
			b.ReportAllocs()
			q := &Program{env: env, slow: slow}
			for b.Loop() {
				if ok, err := q.Eval(row); err != nil || !ok {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

func TestClosuresDoNotAllocate(t *testing.T) {
	p, err := testEnv(t).Compile(`cart.total >= 40 && profile.orders_90d >= 1 && !profile.return_open && profile.cohort in ["new", "lapsing"] && cart.category("GROCERY") && now > profile.last_order_at`, WantBool)
	if err != nil {
		t.Fatal(err)
	}
	var row Row = sampleRow()
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Eval(row) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

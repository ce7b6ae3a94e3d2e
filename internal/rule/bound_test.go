package rule

import (
	"strings"
	"sync"
	"testing"
)

// Nested loops over a long list stop at the cost limit instead of taking a decision's time.
func TestLoopsAreBounded(t *testing.T) {
	p, err := testEnv(t).Compile(`profile.tags.all(a, profile.tags.all(b, profile.tags.all(c, a + b + c != "x")))`, WantBool)
	if err != nil {
		t.Fatal(err)
	}
	row := sampleRow()
	row.values[5] = List(strings.Split(strings.Repeat("tag ", 500), " "))
	if _, err := p.Eval(row); err == nil || !strings.Contains(err.Error(), "cost") {
		t.Errorf("got %v", err)
	}
}

func TestDeepAndLongExpressionsAreRefused(t *testing.T) {
	env := testEnv(t)
	for name, expr := range map[string]string{
		"deep": strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000),
		"long": strings.Repeat("true && ", 3000) + "true",
	} {
		if _, err := env.Compile(expr, WantBool); err == nil {
			t.Errorf("a %s expression was accepted", name)
		}
	}
}

// Programs share activations through a pool: no goroutine may see another's row.
func TestProgramsAreShared(t *testing.T) {
	env := testEnv(t)
	p, err := env.Compile(`profile.tags.exists(x, x == profile.cohort)`, WantBool)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			row := sampleRow()
			row.values[3] = String([]string{"a", "z"}[g%2])
			for range 500 {
				if ok, err := p.Eval(row); err != nil || ok != (g%2 == 0) {
					t.Errorf("goroutine %d: %v %v", g, ok, err)
					return
				}
			}
		})
	}
	all.Wait()
}

package trigger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"
)

func TestCompileSaysWhatIsWrong(t *testing.T) {
	absence := func(event string, d time.Duration) func(*boon.Trigger) {
		return func(t *boon.Trigger) { t.When.Absent = &boon.Absence{Event: event, For: d} }
	}
	count := func(n int64, within, apart time.Duration) func(*boon.Trigger) {
		return func(t *boon.Trigger) { t.When.Count, t.When.Within, t.When.Apart = n, within, apart }
	}
	for want, change := range map[string]func(*boon.Trigger){
		"trigger bad: where: ":                                  func(t *boon.Trigger) { t.When.Where = "cart.totl > 1.0" },
		"trigger bad: where: a condition must be true or false": func(t *boon.Trigger) { t.When.Where = "cart.total" },
		"trigger bad: by: ":                                     func(t *boon.Trigger) { t.When.By = "product." },
		"trigger bad: cooldown: ":                               func(t *boon.Trigger) { t.Cooldown = -1 },
		"trigger bad: when.event: ":                             func(t *boon.Trigger) { t.When.Event = "" },
		"trigger bad: when.absent.event: ":                      absence("", time.Hour),
		"trigger bad: when.absent: it needs for":                absence("x", 0),
		"trigger bad: when.absent: it must be longer":           absence("x", -1),
		"trigger bad: when.count: at most 16":                   count(17, time.Hour, 0),
		"trigger bad: when.count: a count needs":                count(2, 0, 0),
		"trigger bad: when.within: ":                            count(0, time.Hour, 0),
		"trigger bad: when.apart: it must not be":               count(2, time.Hour, -1),
		"trigger bad: when.apart: 3 events":                     count(3, time.Hour, 31*time.Minute),
		"trigger fine: id: there are two":                       func(t *boon.Trigger) { t.ID = "fine" },
	} {
		bad := with(boon.Trigger{ID: "bad", When: boon.Pattern{Event: "x"}}, change)
		_, err := Compile(environment(t), []boon.Trigger{with(bad, func(t *boon.Trigger) { *t = checkout; t.ID = "fine" }), bad})
		if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for want, when := range map[string]boon.Pattern{
		"trigger bad: when: ":                      {Event: "x", Any: []boon.Step{{Event: "y"}}},
		"trigger bad: when.where: ":                {Any: []boon.Step{{Event: "y"}}, Where: "true"},
		"trigger bad: when.any[1].event: ":         {Any: []boon.Step{{Event: "y"}, {}}},
		"trigger bad: any[0].where: ":              {Any: []boon.Step{{Event: "y", Where: "cart.total"}}},
		"trigger bad: when.sequence: a sequence h": {Sequence: []boon.Step{{Event: "y"}}, Within: time.Hour},
		"trigger bad: when.sequence: a sequence n": {Sequence: []boon.Step{{Event: "y"}, {Event: "z"}}},
		"trigger bad: when.sequence: at most 8":    {Sequence: make([]boon.Step, 9), Within: time.Hour},
		"trigger bad: when.count: a sequence":      {Sequence: []boon.Step{{Event: "y"}, {Event: "z"}}, Within: time.Hour, Count: 2},
		"trigger bad: when.apart: it belongs":      {Sequence: []boon.Step{{Event: "y"}, {Event: "z"}}, Within: time.Hour, Apart: 1},
		"trigger bad: sequence[1].where: ":         {Sequence: []boon.Step{{Event: "y"}, {Event: "z", Where: "?"}}, Within: time.Hour},
		"trigger bad: when.absent.any: ":           {Event: "x", Absent: &boon.Absence{Event: "y", Any: []boon.Step{{Event: "z"}}, For: 1}},
		"trigger bad: when.absent.any[0].event: ":  {Event: "x", Absent: &boon.Absence{Any: []boon.Step{{}}, For: 1}},
		"trigger bad: when.absent: it needs":       {Event: "x", Absent: &boon.Absence{Event: "y", For: 1, Cycles: 1}},
		"trigger bad: when.absent.where: ":         {Event: "x", Absent: &boon.Absence{Any: []boon.Step{{Event: "z"}}, Where: "true", For: 1}},
		"trigger bad: absent.where: ":              {Event: "x", Absent: &boon.Absence{Event: "z", Where: "cart.total", For: 1}},
		"trigger bad: absent.any[0].where: ":       {Event: "x", Absent: &boon.Absence{Any: []boon.Step{{Event: "z", Where: "cart.total"}}, For: 1}},
	} {
		_, err := Compile(environment(t), []boon.Trigger{{ID: "bad", When: when}})
		if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	fits := with(boon.Trigger{ID: "fits", When: boon.Pattern{Event: "x"}}, count(3, time.Hour, 30*time.Minute))
	if _, err := Compile(nil, []boon.Trigger{fits, {ID: "plain", When: boon.Pattern{Event: "x", Count: 1}}}); err != nil {
		t.Error(err)
	}
}

// many makes triggers that each remember, of one event.
func many(n int, prefix string) []boon.Trigger {
	list := make([]boon.Trigger, n)
	for i := range list {
		list[i] = boon.Trigger{ID: fmt.Sprint(prefix, i), Cooldown: time.Hour, When: boon.Pattern{Event: "x"}}
	}
	return list
}

// TestMemoryMakesRoom lets a release with other triggers take over a full memory: what it does not know goes, what it knows stays.
func TestMemoryMakesRoom(t *testing.T) {
	if _, err := Compile(nil, many(maxTriggers+1, "t")); err == nil || !strings.Contains(err.Error(), "trigger t64: it is one too many") {
		t.Errorf("65 triggers: %v", err)
	}
	var mem Memory
	first := machine(t, many(maxTriggers, "t")...)
	if fired := match(t, first, "x", noon, &mem); len(fired) != maxTriggers {
		t.Fatalf("%d fired", len(fired))
	}
	next := machine(t, append(many(1, "t"), many(maxTriggers-1, "u")...)...)
	if fired := match(t, next, "x", noon.Add(time.Minute), &mem); len(fired) != maxTriggers-1 || slices.Contains(fired, "t0") {
		t.Errorf("%d fired, t0's cooldown kept: %v", len(fired), !slices.Contains(fired, "t0"))
	}
	if len(mem.states) != maxTriggers {
		t.Errorf("%d states", len(mem.states))
	}
}

// TestReleaseTakesAbsenceAway: a timer of a trigger that is gone, or waits no longer, fires nothing.
func TestReleaseTakesAbsenceAway(t *testing.T) {
	for name, next := range map[string][]boon.Trigger{
		"gone":          {checkout},
		"waits no more": {with(abandoned, func(t *boon.Trigger) { t.When.Absent = nil })},
	} {
		var mem Memory
		match(t, machine(t, abandoned), boon.ProductAdded, noon, &mem)
		if fire, _ := machine(t, next...).Due("abandoned", noon.Add(45*time.Minute), false, &mem); fire {
			t.Errorf("%s: fired", name)
		}
	}
}

func TestListens(t *testing.T) {
	m := machine(t, checkout, second, abandoned)
	for event, want := range map[string]bool{boon.CheckoutStarted: true, boon.ProductViewed: true, boon.ProductAdded: true,
		boon.OrderCompleted: true, boon.CartViewed: false, "": false} {
		if m.Listens(event) != want {
			t.Errorf("listens on %q: %v", event, !want)
		}
	}
}

// TestRowIsAskedSparingly: once for several conditions, and not at all when no condition decides.
func TestRowIsAskedSparingly(t *testing.T) {
	m := machine(t, checkout, with(checkout, func(t *boon.Trigger) { t.ID = "other" }), abandoned)
	var mem Memory
	asked := 0
	facts := func() rule.Row { asked++; return &row{total: 50} }
	for _, step := range []struct {
		event string
		want  int
	}{{boon.ProductAdded, 0}, {boon.CheckoutStarted, 1}, {boon.CheckoutStarted, 1}, {boon.OrderCompleted, 1}} {
		if _, _, _, err := m.Match(&boon.Event{Name: step.event, Time: noon}, facts, &mem); err != nil {
			t.Fatal(err)
		}
		if asked != step.want {
			t.Errorf("%s: row asked %d times, want %d", step.event, asked, step.want)
		}
	}
}

func TestMissingRowIsAnError(t *testing.T) {
	m := machine(t, checkout, second)
	for event, want := range map[string]string{boon.CheckoutStarted: "trigger checkout: ", boon.ProductViewed: "trigger second: "} {
		for _, r := range []func() rule.Row{nil, func() rule.Row { return nil }} {
			if _, _, _, err := m.Match(&boon.Event{Name: event, Time: noon}, r, &Memory{}); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("want %q, got %v", want, err)
			}
		}
	}
}

func match(t testing.TB, m *Machine, event string, at time.Time, mem *Memory) []string {
	fired, _, _, err := m.Match(&boon.Event{Name: event, Time: at}, nil, mem)
	if err != nil {
		t.Fatal(err)
	}
	return fired
}

func TestAnEventThatNobodyAwaitsAllocatesNothing(t *testing.T) {
	m, e, mem := machine(t, checkout, second, abandoned), boon.Event{Name: boon.CartViewed, Time: noon}, Memory{}
	facts := func() rule.Row { return &row{total: 50} }
	if n := testing.AllocsPerRun(100, func() {
		if m.Listens(e.Name) {
			t.Fatal("listens")
		}
		_, _, _, _ = m.Match(&e, facts, &mem)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMatch(b *testing.B) {
	m := machine(b, checkout, second, abandoned)
	r := &row{total: 50, category: "TEA/GREEN"}
	facts := func() rule.Row { return r }
	for name, e := range map[string]boon.Event{
		"nobody listens": {Name: boon.CartViewed, Time: noon},
		"cooldown":       {Name: boon.CheckoutStarted, Time: noon},
		"count":          {Name: boon.ProductViewed, Time: noon},
		"absence":        {Name: boon.ProductAdded, Time: noon},
	} {
		b.Run(name, func(b *testing.B) {
			var mem Memory
			e := e
			b.ReportAllocs()
			for b.Loop() {
				e.Time = e.Time.Add(time.Minute)
				if _, _, _, err := m.Match(&e, facts, &mem); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package trigger

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

var fields = []rule.Field{{Name: "cart.total", Type: rule.TypeDouble}, {Name: "product.category", Type: rule.TypeString}}

// row knows a cart's total and a product's category; a negative total is not known.
type row struct {
	total    float64
	category string
}

func (r *row) Value(i int) rule.Value {
	switch {
	case i == 1:
		return rule.String(r.category)
	case r.total < 0:
		return rule.Value{}
	}
	return rule.Double(r.total)
}
func (r *row) Now() time.Time       { return noon }
func (r *row) Categories() []string { return nil }

func environment(t testing.TB) *rule.Env {
	env, err := rule.NewEnv(fields, nil)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func machine(t testing.TB, triggers ...boon.Trigger) *Machine {
	m, err := Compile(environment(t), triggers)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	checkout = boon.Trigger{ID: "checkout", Cooldown: 24 * time.Hour, When: boon.Pattern{Event: boon.CheckoutStarted, Where: "cart.total > 10.0"}}
	second   = boon.Trigger{ID: "second", When: boon.Pattern{
		Event: boon.ProductViewed, Count: 2, Within: 48 * time.Hour, By: "product.category", Apart: 30 * time.Minute}}
	abandoned = boon.Trigger{ID: "abandoned", When: boon.Pattern{
		Event: boon.ProductAdded, Absent: &boon.Absence{Event: boon.OrderCompleted, For: 45 * time.Minute}}}
	idle = boon.Trigger{ID: "idle", When: boon.Pattern{
		Event: boon.ProductViewed, Absent: &boon.Absence{Event: boon.ProductViewed, For: time.Hour}}}
)

// with changes a trigger.
func with(t boon.Trigger, change func(*boon.Trigger)) boon.Trigger {
	change(&t)
	return t
}

// TestStories tells what fires when. A line is: time since noon | event, or "timer" for whatever ran out by then | total=… category=… | what fires.
func TestStories(t *testing.T) {
	plain := boon.Trigger{ID: "any", When: boon.Pattern{Event: boon.CheckoutStarted}}
	rested := with(abandoned, func(t *boon.Trigger) { t.Cooldown = 2 * time.Hour })
	full := with(abandoned, func(t *boon.Trigger) { t.When.Where = "cart.total > 10.0" })
	weekly := with(second, func(t *boon.Trigger) { t.Cooldown, t.When.By, t.When.Apart = 3*time.Hour, "", 0 })
	for name, story := range map[string]struct {
		triggers []boon.Trigger
		lines    string
	}{
		"a trigger without a cooldown always fires": {[]boon.Trigger{plain}, `
			0s  | Checkout Started | | any
			0s  | Checkout Started | | any
			-1h | Checkout Started | | any`},
		"a cooldown ends with its last second": {[]boon.Trigger{checkout}, `
			0s        | Checkout Started | total=50 | checkout
			23h59m59s | Checkout Started | total=50 |
			24h       | Checkout Started | total=50 | checkout
			47h59m59s | Checkout Started | total=50 |`},
		"an event from before the last firing lies within its cooldown": {[]boon.Trigger{checkout}, `
			0s   | Checkout Started | total=50 | checkout
			-30h | Checkout Started | total=50 |
			24h  | Checkout Started | total=50 | checkout`},
		"an event whose condition does not hold starts no cooldown": {[]boon.Trigger{checkout}, `
			0s | Checkout Started | total=10 |
			1s | Checkout Started | total=-1 |
			2s | Checkout Started | total=11 | checkout`},
		"several triggers of one event fire in order of the release": {
			[]boon.Trigger{with(plain, func(t *boon.Trigger) { t.ID = "z" }), checkout, with(plain, func(t *boon.Trigger) { t.ID = "a" })}, `
			0s | Checkout Started | total=50 | z checkout a
			1s | Checkout Started | total=50 | z a
			1s | Cart Viewed      | total=50 |`},
		"second visit to a category within 48 hours": {[]boon.Trigger{second}, `
			0s     | Product Viewed | category=TEA    |
			29m59s | Product Viewed | category=TEA    |
			1h     | Product Viewed | category=COFFEE |
			48h    | Product Viewed | category=TEA    | second`},
		"a second after 48 hours the first visit is forgotten": {[]boon.Trigger{second}, `
			0s       | Product Viewed | category=TEA |
			48h0m1s  | Product Viewed | category=TEA |
			49h      | Product Viewed | category=TEA | second`},
		"visits count again from thirty minutes on, also after a firing": {[]boon.Trigger{second}, `
			0s    | Product Viewed | category=TEA |
			30m   | Product Viewed | category=TEA | second
			31m   | Product Viewed | category=TEA |
			60m   | Product Viewed | category=TEA |
			89m   | Product Viewed | category=TEA |
			90m   | Product Viewed | category=TEA | second`},
		"one category's firing leaves the others' visits": {[]boon.Trigger{second}, `
			0s | Product Viewed | category=TEA    |
			0s | Product Viewed | category=COFFEE |
			1h | Product Viewed | category=TEA    | second
			1h | Product Viewed | category=COFFEE | second`},
		"products without a category are not of the same category": {[]boon.Trigger{second}, `
			0s | Product Viewed | |
			1h | Product Viewed | |`},
		"visits that arrive in the wrong order count the same": {[]boon.Trigger{second}, `
			40m | Product Viewed | category=TEA |
			20m | Product Viewed | category=TEA |
			0s  | Product Viewed | category=TEA | second`},
		"a visit that arrives more than a window late does not count": {[]boon.Trigger{second}, `
			50h | Product Viewed | category=TEA |
			1h  | Product Viewed | category=TEA |
			51h | Product Viewed | category=TEA | second`},
		"a count that completes within the cooldown fires with the first hit after it": {[]boon.Trigger{weekly}, `
			0s    | Product Viewed | |
			1h    | Product Viewed | | second
			2h    | Product Viewed | |
			3h    | Product Viewed | |
			3h59m | Product Viewed | |
			4h    | Product Viewed | | second
			5h    | Product Viewed | |`},
		"an abandoned cart fires once": {[]boon.Trigger{abandoned}, `
			0s     | Product Added | |
			44m59s | timer         | |
			45m    | timer         | | abandoned
			46m    | timer         | |`},
		"who adds again has time again": {[]boon.Trigger{abandoned}, `
			0s  | Product Added | |
			20m | Product Added | |
			45m | timer         | |
			64m | timer         | |
			65m | timer         | | abandoned
			66m | Product Added | |
			2h  | timer         | | abandoned`},
		"who orders has abandoned nothing": {[]boon.Trigger{abandoned}, `
			0s  | Product Added   | |
			44m | Order Completed | |
			1h  | timer           | |
			2h  | Product Added   | |
			3h  | timer           | | abandoned`},
		"an order of the same instant came after the cart": {[]boon.Trigger{abandoned}, `
			0s | Product Added   | |
			0s | Order Completed | |
			2h | Order Completed | |
			2h | Product Added   | |
			4h | timer           | |`},
		"what was added before the order arrives after it": {[]boon.Trigger{abandoned}, `
			10m | Order Completed | |
			5m  | Product Added   | |
			2h  | timer           | |`},
		"an order from before the cart takes nothing back": {[]boon.Trigger{abandoned}, `
			10m | Product Added   | |
			5m  | Order Completed | |
			55m | timer           | | abandoned`},
		"a late event arms nothing that has fired": {[]boon.Trigger{abandoned}, `
			0s  | Product Added | |
			45m | timer         | | abandoned
			30m | Product Added | |
			44m59s | Product Added | |
			4h  | timer         | |`},
		"a start at the instant of a firing comes after it": {[]boon.Trigger{abandoned}, `
			0s  | Product Added | |
			45m | timer         | | abandoned
			45m | Product Added | |
			89m | timer         | |
			90m | timer         | | abandoned`},
		"a late start does not turn the timer back": {[]boon.Trigger{abandoned}, `
			30m | Product Added | |
			10m | Product Added | |
			74m | timer         | |
			75m | timer         | | abandoned`},
		"a timer within the cooldown is lost": {[]boon.Trigger{rested}, `
			0s      | Product Added | |
			45m     | timer         | | abandoned
			1h      | Product Added | |
			2h      | timer         | |
			3h      | timer         | |
			3h      | Product Added | |
			3h45m   | timer         | | abandoned`},
		"only a start that meets the condition arms": {[]boon.Trigger{full}, `
			0s  | Product Added | total=5  |
			1m  | Product Added | total=-1 |
			1h  | timer         |          |
			2h  | Product Added | total=11 |
			3h  | timer         |          | abandoned`},
		"one event can both end and start the wait": {[]boon.Trigger{idle}, `
			0s  | Product Viewed | |
			30m | Product Viewed | |
			60m | timer          | |
			90m | timer          | | idle`},
	} {
		t.Run(name, func(t *testing.T) { tell(t, machine(t, story.triggers...), story.lines) })
	}
}

// tell plays a story. After every line memory goes through its stored form.
func tell(t *testing.T, m *Machine, lines string) {
	var mem Memory
	var timers []Timer
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		at, event, facts, want := parse(t, line)
		var fired []string
		if event == "timer" {
			fired, timers = ring(m, timers, at, &mem)
		} else {
			var armed []Timer
			var err error
			before := string(mem.Encode())
			var changed bool
			fired, armed, changed, err = m.Match(&boon.Event{Name: event, Time: at}, func() rule.Row { return facts }, &mem)
			if err != nil {
				t.Fatal(err)
			}
			if changed != (before != string(mem.Encode())) {
				t.Errorf("%s\nsays changed: %v", line, changed)
			}
			timers = append(timers, armed...)
		}
		if !slices.Equal(fired, want) {
			t.Errorf("%s\nfired %q", strings.TrimSpace(line), fired)
		}
		var err error
		if mem, err = DecodeMemory(mem.Encode()); err != nil {
			t.Fatal(err)
		}
	}
}

// ring lets every timer that ran out by now be due, twice: the second time must be for nothing.
func ring(m *Machine, timers []Timer, now time.Time, mem *Memory) (fired []string, left []Timer) {
	for _, timer := range timers {
		if timer.Due.After(now) {
			left = append(left, timer)
			continue
		}
		for range 2 {
			if fire, _ := m.Due(timer.Trigger, timer.Due, nil, mem); fire {
				fired = append(fired, timer.Trigger)
			}
		}
	}
	return fired, left
}

func parse(t *testing.T, line string) (at time.Time, event string, facts *row, fired []string) {
	parts := strings.Split(line, "|")
	if len(parts) != 4 {
		t.Fatalf("%q has %d parts", line, len(parts))
	}
	offset, err := time.ParseDuration(strings.TrimSpace(parts[0]))
	if err != nil {
		t.Fatal(err)
	}
	facts = &row{}
	for fact := range strings.FieldsSeq(parts[2]) {
		name, value, _ := strings.Cut(fact, "=")
		if name == "category" {
			facts.category = value
		} else if facts.total, err = strconv.ParseFloat(value, 64); err != nil {
			t.Fatal(err)
		}
	}
	return noon.Add(offset), strings.TrimSpace(parts[1]), facts, strings.Fields(parts[3])
}

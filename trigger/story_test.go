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

var fields = []rule.Field{{Name: "cart.total", Type: rule.TypeDouble}, {Name: "product.category", Type: rule.TypeString},
	{Name: "profile.cycle_days", Type: rule.TypeDouble}}

// row knows a cart's total, a product's category and a shopper's cycle; a negative total is not known.
type row struct {
	total    float64
	category string
	cycle    float64
}

func (r *row) Value(i int) rule.Value {
	switch {
	case i == 1:
		return rule.String(r.category)
	case i == 2:
		return rule.Double(r.cycle)
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

// The patterns of several events.
var (
	bound = boon.Trigger{ID: "bound", When: boon.Pattern{Within: 30 * time.Minute, By: "product.category",
		Sequence: []boon.Step{{Event: boon.ProductViewed}, {Event: boon.ProductAdded}, {Event: boon.ProductViewed}}}}
	hesitant = boon.Trigger{ID: "hesitant", When: boon.Pattern{Within: time.Hour,
		Sequence: []boon.Step{{Event: boon.CartViewed, Where: "cart.total > 10.0"}, {Event: boon.CheckoutStarted}},
		Absent:   &boon.Absence{Any: []boon.Step{{Event: boon.OrderCompleted}, {Event: boon.CartViewed, Where: "cart.total == 0.0"}}, For: 45 * time.Minute}}}
	looker = boon.Trigger{ID: "looker", When: boon.Pattern{Any: []boon.Step{{Event: boon.ProductViewed}, {Event: boon.ProductListViewed}},
		Count: 3, Within: time.Hour, Absent: &boon.Absence{Event: boon.ProductAdded, For: 30 * time.Minute}}}
	lapsing = boon.Trigger{ID: "lapsing", When: boon.Pattern{Event: boon.OrderCompleted,
		Absent: &boon.Absence{Event: boon.OrderCompleted, Cycles: 1_500_000}}}
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
			119m  | Product Viewed | category=TEA |
			149m  | Product Viewed | category=TEA | second`},
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
		"a sequence fires with its last event, and once": {[]boon.Trigger{bound}, `
			0s  | Product Viewed | category=TEA |
			10m | Product Added  | category=TEA |
			20m | Product Viewed | category=TEA | bound
			21m | Product Viewed | category=TEA |
			22m | Product Added  | category=TEA |
			23m | Product Viewed | category=TEA | bound`},
		"a sequence of which an event is missing, or comes too early, is none": {[]boon.Trigger{bound}, `
			0s  | Product Added  | category=TEA |
			1m  | Product Viewed | category=TEA |
			2m  | Product Viewed | category=TEA |
			3m  | Product Added  | category=TEA |
			4m  | Product Viewed | category=TEA | bound`},
		"a sequence that takes longer than its window is none, until a later beginning makes it one": {[]boon.Trigger{bound}, `
			0s     | Product Viewed | category=TEA |
			10m    | Product Added  | category=TEA |
			30m1s  | Product Viewed | category=TEA |
			31m    | Product Added  | category=TEA |
			32m    | Product Viewed | category=TEA | bound`},
		"steps of two categories make no sequence": {[]boon.Trigger{bound}, `
			0s  | Product Viewed | category=TEA    |
			10m | Product Added  | category=COFFEE |
			20m | Product Viewed | category=TEA    |
			21m | Product Viewed |                 |`},
		"a sequence whose events arrive in the wrong order": {[]boon.Trigger{bound}, `
			20m | Product Viewed | category=TEA |
			0s  | Product Viewed | category=TEA |
			10m | Product Added  | category=TEA | bound`},
		"a sequence completed within the cooldown is used up": {
			[]boon.Trigger{with(bound, func(t *boon.Trigger) { t.Cooldown = time.Hour })}, `
			0s     | Product Viewed | category=TEA |
			1m     | Product Added  | category=TEA |
			2m     | Product Viewed | category=TEA | bound
			50m    | Product Viewed | category=TEA |
			51m    | Product Added  | category=TEA |
			52m    | Product Viewed | category=TEA |
			62m    | Product Viewed | category=TEA |
			63m    | Product Added  | category=TEA |
			64m    | Product Viewed | category=TEA | bound`},
		"a sequence waits for an absence from its last event on": {[]boon.Trigger{hesitant}, `
			0s     | Cart Viewed      | total=20 |
			30m    | Checkout Started |          |
			74m59s | timer            |          |
			75m    | timer            |          | hesitant
			3h     | Cart Viewed      | total=5  |
			3h1m   | Checkout Started |          |
			5h     | timer            |          |`},
		"either of two events takes an absence back, if its condition holds": {[]boon.Trigger{hesitant}, `
			0s     | Cart Viewed      | total=20 |
			1m     | Checkout Started |          |
			10m    | Cart Viewed      | total=0  |
			2h     | timer            |          |
			3h     | Cart Viewed      | total=20 |
			3h1m   | Checkout Started |          |
			3h2m   | Order Completed  |          |
			5h     | timer            |          |
			6h     | Cart Viewed      | total=20 |
			6h1m   | Checkout Started |          |
			6h2m   | Cart Viewed      | total=5  |
			8h     | timer            |          | hesitant`},
		"an end between two late steps and the last one takes nothing back": {[]boon.Trigger{hesitant}, `
			20m | Checkout Started |          |
			15m | Order Completed  |          |
			10m | Cart Viewed      | total=20 |
			65m | timer            |          | hesitant
			3h  | Checkout Started |          |
			3h  | Order Completed  |          |
			2h50m | Cart Viewed    | total=20 |
			5h  | timer            |          |`},
		"a count of any of two events waits for an absence": {[]boon.Trigger{looker}, `
			0s  | Product Viewed      | |
			5m  | Product List Viewed | |
			45m | timer               | |
			50m | Product Viewed      | |
			79m | timer               | |
			80m | timer               | | looker
			2h  | Product Viewed      | |
			2h1m| Product Viewed      | |
			2h2m| Product Viewed      | |
			2h3m| Product Added       | |
			4h  | timer               | |`},
		"who orders every ten days lapses on the sixteenth": {[]boon.Trigger{lapsing}, `
			0s      | Order Completed | cycle=10 |
			240h    | Order Completed | cycle=10 |
			623h59m | timer           |          |
			624h    | timer           |          | lapsing
			2000h   | timer           |          |
			2000h   | Order Completed | cycle=30 |
			3103h   | timer           |          |
			3103h30m | Order Completed | cycle=30 |
			3200h   | timer           |          |`},
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
			if fire, _ := m.Due(timer.Trigger, timer.Due, false, mem); fire {
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
		into := map[string]*float64{"total": &facts.total, "cycle": &facts.cycle}[name]
		if into == nil {
			facts.category = value
		} else if *into, err = strconv.ParseFloat(value, 64); err != nil {
			t.Fatal(err)
		}
	}
	return noon.Add(offset), strings.TrimSpace(parts[1]), facts, strings.Fields(parts[3])
}

package trigger

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"

	"pgregory.net/rapid"
)

// instants draws times of events, in any order, on a grid coarse enough that boundaries are met.
func instants(t *rapid.T, step time.Duration) []time.Time {
	list := rapid.SliceOfN(rapid.IntRange(0, 60), 1, 60).Draw(t, "instants")
	out := make([]time.Time, len(list))
	for i, n := range list {
		out[i] = noon.Add(time.Duration(n) * step)
	}
	return out
}

// TestCooldownBoundsFirings: within any span a trigger fires at most floor(span/cooldown)+1 times, in whatever order the events come,
// and of events in order as often as the naive rule says.
func TestCooldownBoundsFirings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cooldown := time.Duration(rapid.IntRange(1, 12).Draw(t, "cooldown")) * time.Minute
		m, err := Compile(nil, []boon.Trigger{{ID: "t", Cooldown: cooldown, When: boon.Pattern{Event: "x"}}})
		if err != nil {
			t.Fatal(err)
		}
		events := instants(t, time.Minute)
		sorted := rapid.Bool().Draw(t, "sorted")
		if sorted {
			slices.SortFunc(events, time.Time.Compare)
		}
		var mem Memory
		var fired, naive []time.Time
		for _, at := range events {
			if names, _, _, _ := m.Match(&boon.Event{Name: "x", Time: at}, nil, &mem); len(names) > 0 {
				fired = append(fired, at)
			}
			if len(naive) == 0 || at.Sub(naive[len(naive)-1]) >= cooldown {
				naive = append(naive, at)
			}
		}
		for i, first := range fired {
			for j, last := range fired[i:] {
				if most := int(last.Sub(first)/cooldown) + 1; j+1 > most {
					t.Fatalf("%d firings within %v", j+1, last.Sub(first))
				}
			}
		}
		if sorted && !slices.Equal(fired, naive) {
			t.Fatalf("fired %v, want %v", fired, naive)
		}
	})
}

// TestCountAgreesWithTheNaiveCount counts events in order without any bound on what is kept.
func TestCountAgreesWithTheNaiveCount(t *testing.T) {
	env := environment(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(2, 5).Draw(t, "count")
		within := time.Duration(rapid.IntRange(8, 20).Draw(t, "within")) * time.Minute
		apart := time.Duration(rapid.IntRange(0, 2).Draw(t, "apart")) * time.Minute
		m, err := Compile(env, []boon.Trigger{{ID: "t", When: boon.Pattern{Event: "x", Count: n, Within: within, Apart: apart, By: "product.category"}}})
		if err != nil {
			t.Fatal(err)
		}
		events := instants(t, time.Minute)
		slices.SortFunc(events, time.Time.Compare)
		events = events[:min(len(events), maxHits)] // within what memory keeps
		var mem Memory
		counted, latest := map[string][]time.Time{}, map[string]time.Time{}
		for _, at := range events {
			key := rapid.SampledFrom([]string{"TEA", "COFFEE"}).Draw(t, "key")
			want := false
			last, seen := latest[key]
			if latest[key] = at; seen && at.Sub(last) < apart {
				if n := len(counted[key]); n > 0 {
					counted[key][n-1] = at
				}
			} else {
				counted[key] = append(slices.DeleteFunc(counted[key], func(h time.Time) bool { return at.Sub(h) > within }), at)
				if want = int64(len(counted[key])) >= n; want {
					counted[key] = nil
				}
			}
			fired, _, _, _ := m.Match(&boon.Event{Name: "x", Time: at}, func() rule.Row { return &row{category: key} }, &mem)
			if (len(fired) > 0) != want {
				t.Fatalf("%v %s: fired %q, want %v", at.Sub(noon), key, fired, want)
			}
		}
	})
}

// moment is a start ("a") or an end ("z") of an absence.
type moment struct {
	name string
	at   time.Time
}

func moments(t *rapid.T) []moment {
	var list []moment
	for _, at := range instants(t, time.Minute) {
		list = append(list, moment{rapid.SampledFrom([]string{"a", "a", "z"}).Draw(t, "name"), at})
	}
	return list
}

// play lets timers ring as the clock, the latest time seen, passes them, and returns when the trigger fired.
func play(m *Machine, list []moment) (fired []time.Time) {
	var mem Memory
	var timers []Timer
	clock := noon
	pass := func(now time.Time) {
		slices.SortFunc(timers, func(x, y Timer) int { return x.Due.Compare(y.Due) })
		for len(timers) > 0 && !timers[0].Due.After(now) {
			if fire, _ := m.Due("t", timers[0].Due, false, &mem); fire {
				fired = append(fired, timers[0].Due)
			}
			timers = timers[1:]
		}
	}
	for _, e := range list {
		if e.at.After(clock) {
			clock = e.at
		}
		pass(clock)
		_, armed, _, _ := m.Match(&boon.Event{Name: e.name, Time: e.at}, nil, &mem)
		timers = append(timers, armed...)
	}
	pass(clock.Add(24 * time.Hour))
	return fired
}

const patience = 5 * time.Minute

func waiting(t *rapid.T) *Machine {
	m, err := Compile(nil, []boon.Trigger{{ID: "t", When: boon.Pattern{Event: "a", Absent: &boon.Absence{Event: "z", For: patience}}}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAbsenceAgreesWithItsDefinition: of events in order, every start fires that nothing follows before its timer runs out.
func TestAbsenceAgreesWithItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := moments(t)
		slices.SortStableFunc(list, func(x, y moment) int { return x.at.Compare(y.at) })
		list = slices.CompactFunc(list, func(x, y moment) bool { return x.at.Equal(y.at) })
		var want []time.Time
		for i, e := range list {
			if e.name == "a" && (i+1 == len(list) || list[i+1].at.Sub(e.at) >= patience) {
				want = append(want, e.at.Add(patience))
			}
		}
		if got := play(waiting(t), list); !slices.Equal(got, want) {
			t.Fatalf("%v\nfired %v\nwant  %v", list, got, want)
		}
	})
}

// TestAbsenceNeverFiresTwice: in whatever order events come, firings lie at least the wait apart.
func TestAbsenceNeverFiresTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fired := play(waiting(t), moments(t))
		for i := 1; i < len(fired); i++ {
			if fired[i].Sub(fired[i-1]) < patience {
				t.Fatalf("fired %v", fired)
			}
		}
	})
}

// stepped is an event of a sequence under a key.
type stepped struct {
	name string
	key  string
	at   time.Time
}

func walk(t *rapid.T) []stepped {
	var list []stepped
	for _, at := range instants(t, time.Minute) {
		list = append(list, stepped{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), rapid.SampledFrom([]string{"TEA", "COFFEE"}).Draw(t, "key"), at})
	}
	return list
}

func abc(t *rapid.T, env *rule.Env, within time.Duration) *Machine {
	m, err := Compile(env, []boon.Trigger{{ID: "t", When: boon.Pattern{
		Sequence: []boon.Step{{Event: "a"}, {Event: "b"}, {Event: "c"}}, Within: within, By: "product.category"}}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSequenceAgreesWithItsDefinition: of events in order, the third step fires when any first and second of its key since the last firing lie
// before it within the window.
func TestSequenceAgreesWithItsDefinition(t *testing.T) {
	env := environment(t)
	rapid.Check(t, func(t *rapid.T) {
		within := time.Duration(rapid.IntRange(1, 20).Draw(t, "within")) * time.Minute
		m, list := abc(t, env, within), walk(t)
		slices.SortStableFunc(list, func(x, y stepped) int { return x.at.Compare(y.at) })
		var mem Memory
		since := map[string]int{}
		for i, e := range list {
			want := e.name == "c" && complete(list[since[e.key]:i], e, within)
			if want {
				since[e.key] = i + 1
			}
			fired, _, _, _ := m.Match(&boon.Event{Name: e.name, Time: e.at}, func() rule.Row { return &row{category: e.key} }, &mem)
			if (len(fired) > 0) != want {
				t.Fatalf("%v\nevent %d fired %v, want %v", list, i, fired, want)
			}
		}
	})
}

func complete(before []stepped, last stepped, within time.Duration) bool {
	for i, a := range before {
		for _, b := range before[i+1:] {
			if a.name == "a" && b.name == "b" && a.key == last.key && b.key == last.key && last.at.Sub(a.at) <= within {
				return true
			}
		}
	}
	return false
}

// TestSequenceFiresOnceInAnyOrder: the three events of one run fire once, with whichever of them arrives last.
func TestSequenceFiresOnceInAnyOrder(t *testing.T) {
	env := environment(t)
	rapid.Check(t, func(t *rapid.T) {
		m := abc(t, env, 10*time.Minute)
		run := rapid.Permutation([]stepped{{"a", "TEA", noon}, {"b", "TEA", noon.Add(time.Minute)}, {"c", "TEA", noon.Add(2 * time.Minute)}}).Draw(t, "order")
		var mem Memory
		for i, e := range run {
			fired, _, _, _ := m.Match(&boon.Event{Name: e.name, Time: e.at}, func() rule.Row { return &row{category: e.key} }, &mem)
			if (len(fired) > 0) != (i == 2) {
				t.Fatalf("%v: event %d fired %v", run, i, fired)
			}
		}
	})
}

var genTime = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "zero") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
})

var genSpan = rapid.Map(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 1<<40)), func(n int) time.Duration { return time.Duration(n) })

var genMemory = rapid.Custom(func(t *rapid.T) Memory {
	var m Memory
	ids := rapid.SliceOfNDistinct(rapid.StringN(0, 8, 32), 0, maxTriggers, rapid.ID[string]).Draw(t, "ids")
	slices.Sort(ids)
	for _, id := range ids {
		s := state{id: id, last: genTime.Draw(t, "last"), mark: genTime.Draw(t, "mark"), due: genTime.Draw(t, "due")}
		for range rapid.IntRange(0, maxHits).Draw(t, "hits") {
			s.hits = append(s.hits, hit{rapid.Uint64().Draw(t, "key"), genTime.Draw(t, "at"), genSpan.Draw(t, "span"), rapid.Uint8Range(0, maxSteps-1).Draw(t, "step"), rapid.Bool().Draw(t, "spent")})
		}
		slices.SortStableFunc(s.hits, func(x, y hit) int { return x.at.Compare(y.at) })
		m.states = append(m.states, s)
	}
	return m
})

func same(x, y Memory) bool {
	return slices.EqualFunc(x.states, y.states, func(a, b state) bool {
		return a.id == b.id && a.last == b.last && a.mark == b.mark && a.due == b.due && slices.Equal(a.hits, b.hits)
	})
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genMemory.Draw(t, "memory")
		got, err := DecodeMemory(m.Encode())
		if err != nil || !same(got, m) {
			t.Fatalf("%v: %+v, want %+v", err, got, m)
		}
	})
}

// TestOlderMemoryDecodes: what was stored before hits had a span, or there were sequences, says the same now.
func TestOlderMemoryDecodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, before := genMemory.Draw(t, "memory"), rapid.ByteRange(1, version-1).Draw(t, "version")
		for i := range m.states {
			for j := range m.states[i].hits {
				h := &m.states[i].hits[j]
				if h.span = 0; before == 1 {
					h.step = 0
				}
			}
		}
		old := m.Encode()
		if len(old) > 0 {
			old[0] = before
		}
		if got, err := DecodeMemory(old); err != nil || !same(got, m) {
			t.Fatalf("%v: %+v, want %+v", err, got, m)
		}
	})
}

func FuzzDecodeMemory(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 0})
	f.Add([]byte{version, 0})
	f.Add([]byte{version + 1, 0})
	for seed := range 8 {
		m := genMemory.Example(seed)
		f.Add(m.Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := DecodeMemory(data)
		if err != nil {
			if len(m.states) > 0 {
				t.Fatal("an error and a memory")
			}
			return
		}
		if len(m.states) > maxTriggers {
			t.Fatalf("%d triggers", len(m.states))
		}
		for _, s := range m.states {
			if len(s.hits) > maxHits {
				t.Fatalf("%d hits", len(s.hits))
			}
		}
		again, err := DecodeMemory(m.Encode())
		if err != nil || !same(again, m) || !bytes.Equal(again.Encode(), m.Encode()) {
			t.Fatalf("again: %v", err)
		}
	})
}

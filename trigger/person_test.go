package trigger

import (
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"
)

// TestTwoIdentifiersOfOnePerson tells stories of a phone ("p") and an account ("u") that are known to be one person. A line is as in TestStories,
// with the identifier before the event.
func TestTwoIdentifiersOfOnePerson(t *testing.T) {
	rested := with(checkout, func(t *boon.Trigger) { t.When.Where = "" })
	for name, story := range map[string]struct {
		trigger boon.Trigger
		lines   string
	}{
		"an order under the account ends the wait of the phone": {abandoned, `
			0s  | p Product Added   | |
			10m | u Order Completed | |
			2h  | timer             | |`},
		"who goes on under the account abandons once": {abandoned, `
			0s  | p Product Added | |
			20m | u Product Added | |
			64m | timer           | |
			65m | timer           | | abandoned
			3h  | timer           | |`},
		"what the phone sends late starts nothing before the account's order": {abandoned, `
			10m | u Order Completed | |
			5m  | p Product Added   | |
			2h  | timer             | |`},
		"an order from before the cart takes nothing back": {abandoned, `
			10m | p Product Added   | |
			5m  | u Order Completed | |
			55m | timer             | | abandoned`},
		"visits by both count together": {second, `
			0s  | p Product Viewed | category=TEA |
			1h  | u Product Viewed | category=TEA | second
			2h  | p Product Viewed | category=TEA |
			4h  | u Product Viewed | category=TEA | second`},
		"visits by both are kept apart": {second, `
			0s  | p Product Viewed | category=TEA |
			29m | u Product Viewed | category=TEA |
			31m | p Product Viewed | category=TEA |
			61m | p Product Viewed | category=TEA | second`},
		"a visit by the other counts within the window only": {second, `
			0s  | p Product Viewed | category=TEA |
			49h | u Product Viewed | category=TEA |
			50h | p Product Viewed | category=TEA | second`},
		"a cooldown holds for both": {rested, `
			0s  | p Checkout Started | | checkout
			1h  | u Checkout Started | |
			24h | u Checkout Started | | checkout`},
		"a sequence goes from one to the other": {bound, `
			0s  | p Product Viewed | category=TEA |
			10m | u Product Added  | category=TEA |
			20m | p Product Viewed | category=TEA | bound
			21m | u Product Added  | category=TEA |
			22m | p Product Viewed | category=TEA |`},
		"an order that the account tells late moves the wait of the phone": {lapsing, `
			240h | p Order Completed | cycle=20 |
			0s   | u Order Completed | cycle=10 |
			623h | timer             |          |
			624h | timer             |          | lapsing
			985h | timer             |          |`},
	} {
		t.Run(name, func(t *testing.T) { together(t, machine(t, story.trigger), story.lines) })
	}
}

// TestTwoIdentifiersThatAreLinkedLater: what each did was told before anybody knew that the two are one.
func TestTwoIdentifiersThatAreLinkedLater(t *testing.T) {
	m := machine(t, abandoned)
	tell := func(name string, after time.Duration) (mem Memory) {
		match(t, m, name, noon.Add(after), &mem)
		return mem
	}
	wait := 45 * time.Minute
	for name, story := range map[string]struct {
		other string
		after time.Duration
		fires bool
	}{
		"ordered after":  {boon.OrderCompleted, 10 * time.Minute, false},
		"ordered before": {boon.OrderCompleted, -10 * time.Minute, true},
		"went on after":  {boon.ProductAdded, 20 * time.Minute, false},
		"began before":   {boon.ProductAdded, -20 * time.Minute, true},
	} {
		phone, account := tell(boon.ProductAdded, 0), tell(story.other, story.after)
		morning := noon.Add(12 * time.Hour)
		if m.PutOff("abandoned", noon.Add(wait), morning, &phone, &account) != story.fires {
			t.Errorf("%s: put off the other way", name)
		}
		phone = tell(boon.ProductAdded, 0)
		if fires, changed := m.Due("abandoned", noon.Add(wait), false, &phone, &account); fires != story.fires || !changed {
			t.Errorf("%s: fires %v, changed %v", name, fires, changed)
		}
	}
	phone, account := tell(boon.ProductAdded, 0), tell(boon.ProductAdded, 20*time.Minute)
	m.Due("abandoned", noon.Add(wait), false, &phone, &account)
	if fires, _ := m.Due("abandoned", noon.Add(20*time.Minute+wait), false, &account, &phone); !fires {
		t.Error("the wait that began last does not end")
	}
}

// TestALinkMovesWaitsInCycles: by the pace of both, but none to before the link, and none that had run out.
func TestALinkMovesWaitsInCycles(t *testing.T) {
	m := machine(t, lapsing, abandoned)
	if !m.Paces() || machine(t, abandoned).Paces() {
		t.Error("who waits in cycles is told wrong")
	}
	wait := func(days int) time.Time { return noon.Add(time.Duration(days) * day) }
	for name, story := range map[string]struct {
		day  int // of the link
		ends time.Time
	}{
		"before the end by the new pace": {12, wait(16)}, "after it": {18, wait(18)}, "after the end by the old one": {31, time.Time{}},
	} {
		var phone, account Memory
		for _, mem := range []*Memory{&phone, &account} {
			if _, _, _, err := m.Match(&boon.Event{Name: boon.OrderCompleted, Time: noon}, func() rule.Row { return &row{cycle: 20} }, mem); err != nil {
				t.Fatal(err)
			}
		}
		timers, err := m.Link(wait(story.day), func() rule.Row { return &row{cycle: 10} }, &phone, &account)
		var want []Timer
		if !story.ends.IsZero() {
			want = []Timer{{"lapsing", story.ends, 0}, {"lapsing", story.ends, 1}}
		}
		if err != nil || !slices.Equal(timers, want) {
			t.Errorf("%s: %v, want %v: %v", name, timers, want, err)
		}
	}
	if timers, err := m.Link(noon, nil, &Memory{}, &Memory{}); err != nil || timers != nil {
		t.Errorf("who waits for nothing: %v, %v", timers, err)
	}
}

func together(t *testing.T, m *Machine, lines string) {
	memories := map[string]*Memory{"p": {}, "u": {}}
	other := map[string]string{"p": "u", "u": "p"}
	timers := map[string][]Timer{}
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		at, event, facts, want := parse(t, line)
		var fired []string
		if event == "timer" {
			for _, who := range []string{"p", "u"} {
				timers[who] = slices.DeleteFunc(timers[who], func(timer Timer) bool {
					if timer.Due.After(at) {
						return false
					}
					if fire, _ := m.Due(timer.Trigger, timer.Due, false, memories[who], memories[other[who]]); fire {
						fired = append(fired, timer.Trigger)
					}
					return true
				})
			}
		} else {
			who, name, _ := strings.Cut(event, " ")
			var armed []Timer
			var err error
			fired, armed, _, err = m.Match(&boon.Event{Name: name, Time: at}, func() rule.Row { return facts }, memories[who], memories[other[who]])
			if err != nil {
				t.Fatal(err)
			}
			for _, timer := range armed {
				of := []string{who, other[who]}[timer.Of]
				timers[of] = append(timers[of], timer)
			}
		}
		if !slices.Equal(fired, want) {
			t.Errorf("%s\nfired %q", strings.TrimSpace(line), fired)
		}
	}
}

// TestTheOthersMayBeFull: what is remembered elsewhere needs no room here.
func TestTheOthersMayBeFull(t *testing.T) {
	m := machine(t, many(maxTriggers, "t")...)
	var own, other Memory
	match(t, m, "x", noon, &other)
	if fired, _, _, err := m.Match(&boon.Event{Name: "x", Time: noon.Add(time.Minute)}, nil, &own, &other); err != nil || len(fired) > 0 || !own.Empty() {
		t.Errorf("%v fired %q within the cooldown", err, fired)
	}
}

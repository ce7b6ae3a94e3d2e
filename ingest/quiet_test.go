package ingest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
)

// requests are what triggers asked, by when.
func (r *rig) requests(t *testing.T) (all []boon.Request) {
	t.Helper()
	for key := range r.disk.now {
		if id, ok := strings.CutPrefix(key, string(keyRecord)); ok {
			d, _, err := r.recall(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			var k kept
			if err := json.Unmarshal(d.Body, &k); err != nil {
				t.Fatal(err)
			}
			all = append(all, k.Request)
		}
	}
	slices.SortFunc(all, func(a, b boon.Request) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Trigger, b.Trigger), strings.Compare(a.SKU, b.SKU))
	})
	return all
}

// asked lists what triggers asked for, by when: what, for whom, and since when it was put off.
func (r *rig) asked(t *testing.T) (list []string) {
	t.Helper()
	for _, q := range r.requests(t) {
		line := fmt.Sprintf("%s %s", q.Trigger, q.At.Format("15:04"))
		if !q.Deferred.IsZero() {
			line += " since " + q.Deferred.Format("15:04")
		}
		list = append(list, line+" "+q.SKU)
	}
	return list
}

func in(zone string, e boon.Event) boon.Event {
	e.Context.Timezone = zone
	return e
}

// met is an event that was received when it happened.
func met(e boon.Event) boon.Event {
	e.Received = e.Time
	return e
}

func viewed(minute int, sku string) boon.Event {
	e := at(minute, ann, boon.ProductViewed)
	e.SKU = sku
	return e
}

// Quiet is from half past ten to twelve; what happens begins at ten. A checkout is abandoned after half an hour, and who views twice is keen.
var nights = []struct {
	name   string
	events []boon.Event
	want   []string
}{
	{"an abandoned checkout waits for the morning", []boon.Event{at(10, ann, boon.CheckoutStarted)}, []string{"abandoned 12:00 since 10:40 "}},
	{"before the night it does not wait", []boon.Event{at(-5, ann, boon.CheckoutStarted)}, []string{"abandoned 10:25 "}},
	{"nor at the instant at which it is over", []boon.Event{at(90, ann, boon.CheckoutStarted)}, []string{"abandoned 12:00 "}},
	{"who ordered meanwhile is left alone", []boon.Event{at(10, ann, boon.CheckoutStarted), order(70, ann, "o1")}, nil},
	{"who goes on in the night is waited for anew", []boon.Event{at(10, ann, boon.CheckoutStarted), at(105, ann, boon.CheckoutStarted)}, []string{"abandoned 12:15 "}},
	{"night is where the shopper is", []boon.Event{in("Asia/Kolkata", at(10, ann, boon.CheckoutStarted)), in("Asia/Kolkata", at(350, bob, boon.CheckoutStarted))},
		[]string{"abandoned 10:40 ", "abandoned 16:20 "}}, // 16:10 and 21:50 there
	{"two visits in the night are answered in the morning, about what was looked at", []boon.Event{at(40, ann, boon.ProductViewed), at(45, ann, boon.ProductViewed)},
		[]string{"keen 12:00 since 10:45 tea"}},
	{"and not when it was bought", []boon.Event{at(40, ann, boon.ProductViewed), at(45, ann, boon.ProductViewed), met(order(80, ann, "o1"))}, nil},
	{"of two products both are answered", []boon.Event{viewed(40, "tea"), viewed(45, "tea"), viewed(80, "pot"), viewed(85, "pot")},
		[]string{"keen 12:00 since 11:25 pot", "keen 12:00 since 10:45 tea"}},
	{"of two products one of which was bought the other is", []boon.Event{viewed(40, "tea"), viewed(45, "tea"), viewed(80, "pot"), viewed(85, "pot"), met(order(90, ann, "o1"))},
		[]string{"keen 12:00 since 11:25 pot"}},
	{"of several the last stands", []boon.Event{at(31, ann, boon.ProductViewed), at(32, ann, boon.ProductViewed), at(65, ann, boon.ProductViewed), at(66, ann, boon.ProductViewed)},
		[]string{"keen 12:00 since 11:06 tea"}},
}

// What quiet hours put off is decided once when they are over, as then; in a replay, live, batch by batch and over restarts.
func TestNights(t *testing.T) {
	for _, n := range nights {
		check := func(how string, r *rig) {
			t.Helper()
			if got := r.asked(t); !slices.Equal(got, n.want) {
				t.Errorf("%s, %s: %q, want %q", n.name, how, got, n.want)
			}
			if r.timersLeft() != 0 {
				t.Errorf("%s, %s: %d timers are left", n.name, how, r.timersLeft())
			}
		}
		for _, size := range []int{1, 10} {
			r := newRig(t, true).quiet(10*time.Hour+30*time.Minute, 12*time.Hour)
			r.send(t, append(slices.Clone(n.events), at(600, other, boon.CartViewed))...)
			r.mustDrain(t, size)
			check(fmt.Sprint("replayed by ", size), r)
		}
		r := newRig(t, false).quiet(10*time.Hour+30*time.Minute, 12*time.Hour)
		for minute, left := 0, n.events; minute <= 600; minute += 5 {
			for len(left) > 0 && !left[0].Time.After(minutes(minute)) {
				r.send(t, left[0])
				left = left[1:]
			}
			r.mustDrain(t, 10)
			r.tick(t, minute)
			if minute%35 == 0 {
				r.restart(t)
			}
		}
		check("live", r)
	}
}

// An order of before the wait was over, told late, takes back what was put off.
func TestALateOrderTakesBackWhatWasPutOff(t *testing.T) {
	r := newRig(t, true).quiet(10*time.Hour+30*time.Minute, 12*time.Hour)
	r.send(t, at(10, ann, boon.CheckoutStarted), at(50, bob, boon.CartViewed), order(35, ann, "o1"), at(600, bob, boon.CartViewed))
	r.mustDrain(t, 1)
	if got := r.asked(t); got != nil {
		t.Errorf("%q", got)
	}
}

// A timer of a version that put off one request alone is still decided.
func TestAPutOffRequestOfAnOlderVersionIsRead(t *testing.T) {
	r := newRig(t, true)
	old := timer{minutes(9), ann, "keen"}
	body, err := json.Marshal(boon.Request{ID: "dec_old", SKU: "tea"})
	if err != nil {
		t.Fatal(err)
	}
	r.disk.now[string(timerKey(old.due, old.owner, old.trigger))] = body
	if held, err := r.putOffRequests(t.Context(), old); err != nil || len(held) != 1 || held[0].SKU != "tea" {
		t.Errorf("read %+v, %v", held, err)
	}
}

// received is an event that came later than it happened.
func received(minute int, e boon.Event) boon.Event {
	e.Received = minutes(minute)
	return e
}

// Quiet is from twelve to two. A wait that is decided later than it was due, since its event came late or no server ran, is decided as of then, and quiet then.
// What an event sets off by itself is of the event's time, and so is all in a replay.
func TestWhatIsDecidedLateKeepsQuietHours(t *testing.T) {
	view := func(minute, came int) boon.Event { return received(came, at(minute, ann, boon.ProductViewed)) }
	checkout := []boon.Event{received(0, at(0, ann, boon.CheckoutStarted))}
	for name, c := range map[string]struct {
		events       []boon.Event
		ticks        []int
		live, replay []string
	}{
		"no server ran before the night":   {checkout, []int{180, 240, 300}, []string{"abandoned 14:00 since 10:30 "}, []string{"abandoned 10:30 "}},
		"nor over the end of the night":    {checkout, []int{180, 24*60 + 130, 24*60 + 240}, []string{"abandoned 14:00 since 10:30 "}, []string{"abandoned 10:30 "}},
		"no server ran for a while by day": {checkout, []int{90}, []string{"abandoned 11:30 "}, []string{"abandoned 10:30 "}},
		"a visit that is told late is answered as of the visit": {[]boon.Event{view(0, 0), view(5, 180)}, []int{180, 240},
			[]string{"keen 10:05 tea"}, []string{"keen 10:05 tea"}},
	} {
		for _, virtual := range []bool{false, true} {
			r := newRig(t, virtual).quiet(12*time.Hour, 14*time.Hour)
			r.send(t, c.events...)
			r.mustDrain(t, 1)
			for _, minute := range c.ticks {
				r.restart(t)
				r.tick(t, minute)
			}
			r.send(t, at(3000, other, boon.CartViewed))
			r.mustDrain(t, 1)
			want := c.live
			if virtual {
				want = c.replay
			}
			if got := r.asked(t); !slices.Equal(got, want) {
				t.Errorf("%s, virtual %v: %q, want %q", name, virtual, got, want)
			}
		}
	}
}

// A trigger that does not wait is decided in the night, as of the night, so that the decision refuses what is quiet.
func TestWhatIsDroppedIsDecidedAsOfTheNight(t *testing.T) {
	r := newRig(t, false).quiet(12*time.Hour, 14*time.Hour)
	r.rules.Deferred = nil
	r.send(t, received(0, at(0, ann, boon.CheckoutStarted)))
	r.mustDrain(t, 1)
	r.tick(t, 180)
	if got := r.asked(t); !slices.Equal(got, []string{"abandoned 13:00 "}) {
		t.Errorf("%q", got)
	}
}

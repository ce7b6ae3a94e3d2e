package ingest

import (
	"fmt"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawStream is some hours of a few people, now and then late or out of order.
func drawStream(t *rapid.T) []boon.Event {
	people := []boon.Identifier{ann, bob, user, other}
	var events []boon.Event
	minute := 0
	for i := range rapid.IntRange(1, 40).Draw(t, "events") {
		minute += rapid.SampledFrom([]int{0, 1, 5, 20, 45, 150}).Draw(t, "pause")
		now := minute - rapid.SampledFrom([]int{0, 0, 0, 0, 7, 90}).Draw(t, "late")
		who := rapid.SampledFrom(people).Draw(t, "who")
		var e boon.Event
		switch rapid.IntRange(0, 11).Draw(t, "what") {
		case 0, 1, 2, 3:
			e = at(now, who, boon.ProductViewed)
			e.Context.Country = rapid.SampledFrom([]string{"", "DE", "FR"}).Draw(t, "country")
			e.Traits = map[string]string{"plan": rapid.SampledFrom([]string{"", "gold", "none", "odd"}).Draw(t, "plan")}
		case 4, 5:
			e = at(now, who, boon.CheckoutStarted)
		case 6, 7:
			e = order(now, who, fmt.Sprintf("o%d", rapid.IntRange(0, 8).Draw(t, "order")))
		case 8:
			e = at(now, user, boon.ProductViewed)
			e.Linked = []boon.Identifier{who}
		case 9:
			e = at(now, who, boon.CartViewed)
			e.Choices = []boon.Choice{{Purpose: rapid.SampledFrom([]boon.Purpose{boon.PurposeAnalytics, boon.PurposePersonalization}).Draw(t, "purpose"), Granted: rapid.Bool().Draw(t, "granted"), Source: "api"}}
		case 10:
			e = ownKind(now, rapid.SampledFrom([]boon.Kind{boon.KindLinked, boon.KindCut}).Draw(t, "own"), user, who)
		case 11:
			e = at(now, who, boon.PromotionViewed)
			e.DecisionID = rapid.SampledFrom([]string{"dec_a", "dec_b"}).Draw(t, "decision")
		}
		e.MessageID = fmt.Sprintf("m%d", i)
		events = append(events, e)
	}
	return events
}

// applied is what a stream comes to when nothing goes wrong.
func applied(t *testing.T, events []boon.Event, sizes ...int) *rig {
	return appliedTo(t, newRig(t, true), events, sizes...)
}

func appliedTo(t *testing.T, r *rig, events []boon.Event, sizes ...int) *rig {
	r.send(t, events...)
	r.mustDrain(t, sizes...)
	return r
}

// drawNight lets triggers wait for the end of quiet hours, or not.
func drawNight(t *rapid.T) func(*rig) *rig {
	from := rapid.SampledFrom([]time.Duration{10, 11, 12}).Draw(t, "quiet from") * time.Hour
	long := rapid.SampledFrom([]time.Duration{0, 40, 150}).Draw(t, "quiet for") * time.Minute
	return func(r *rig) *rig {
		if long == 0 {
			return r
		}
		return r.quiet(from, from+long)
	}
}

func TestBatchBoundariesAreIrrelevant(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events, night := drawStream(rt), drawNight(rt)
		one := appliedTo(t, night(newRig(t, true)), events, 1)
		sizes := rapid.SliceOfN(rapid.IntRange(1, 12), 1, 12).Draw(rt, "sizes")
		many := appliedTo(t, night(newRig(t, true)), events, sizes...)
		if diff := cmp.Diff(one.outcome(), many.outcome()); diff != "" {
			rt.Fatalf("batches of %v differ from single events (-single +batches):\n%s", sizes, diff)
		}
	})
}

func TestACrashChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events, night := drawStream(rt), drawNight(rt)
		calm := appliedTo(t, night(newRig(t, true)), events, 4)
		r := night(newRig(t, true))
		r.send(t, events...)
		left := rapid.IntRange(0, 6).Draw(rt, "until the crash")
		soon := func() bool { left--; return left == -1 }
		switch rapid.SampledFrom([]string{"state", "records", "money", "power"}).Draw(rt, "crash") {
		case "state":
			r.disk.fail = func(_ []boon.Write, durable bool) bool { return !durable && soon() }
		case "records":
			r.disk.fail = func(_ []boon.Write, durable bool) bool { return durable && soon() }
		case "money":
			r.till.fail = soon
		case "power":
			for range left {
				if _, err := r.Step(t.Context(), 4); err != nil {
					rt.Fatal(err)
				}
			}
			r.disk.powerCut(rapid.IntRange(1, 5).Draw(rt, "lost"))
			r.restart(t)
		}
		if err := r.drain(4); err != nil && rapid.Bool().Draw(rt, "the same process goes on") {
			if err := r.Start(t.Context()); err != nil {
				rt.Fatal(err)
			}
		} else if err != nil {
			r.restart(t)
		}
		r.mustDrain(t, rapid.IntRange(1, 8).Draw(rt, "size"))
		if diff := cmp.Diff(calm.outcome(), r.outcome()); diff != "" {
			rt.Fatalf("a crash shows (-calm +crashed):\n%s", diff)
		}
	})
}

// The story of the crash between the two stores: the money has moved, the state does not know it.
func TestCrashBetweenTheStores(t *testing.T) {
	events := []boon.Event{at(0, ann, boon.ProductViewed), at(1, ann, boon.ProductViewed), order(2, ann, "o1"), at(40, ann, boon.ProductViewed), at(41, ann, boon.ProductViewed)}
	r := newRig(t, true)
	r.send(t, events...)
	r.disk.fail = func(_ []boon.Write, durable bool) bool { return !durable }
	if err := r.drain(3); err == nil {
		t.Fatal("the state was to be lost")
	}
	if r.Applied() != 0 || r.till.mark != 3 || len(r.till.log) != 2 {
		t.Fatalf("applied %d, watermark %d, booked %v", r.Applied(), r.till.mark, r.till.log)
	}
	r.disk.fail = nil
	r.restart(t)
	r.mustDrain(t, 3)
	if diff := cmp.Diff(applied(t, events, 3).outcome(), r.outcome()); diff != "" {
		t.Fatalf("a crash shows (-calm +crashed):\n%s", diff)
	}
	for key := range r.disk.now {
		if key[0] == keySettlement {
			t.Errorf("the settlement %q was kept past its use", key)
		}
	}
	if got := r.Whole().Outcomes; got.Total != 2 || got.Offer != 2 {
		t.Errorf("outcomes: %+v", got)
	}
}

// What expires first must not be hidden by what a recalled decision issued.
func TestExpiriesAfterACrash(t *testing.T) {
	keen := func(minute int, who boon.Identifier) []boon.Event {
		return []boon.Event{at(minute, who, boon.ProductViewed), at(minute+1, who, boon.ProductViewed)}
	}
	events := append(keen(0, ann), keen(60, bob)...)
	events = append(events, at(150, user, boon.CartViewed), at(170, user, boon.CartViewed), at(200, user, boon.CartViewed))
	crashed := newRig(t, true)
	crashed.send(t, events...)
	commits := 0
	crashed.disk.fail = func(_ []boon.Write, durable bool) bool {
		if !durable {
			commits++
		}
		return commits == 2
	}
	if err := crashed.drain(2); err == nil {
		t.Fatal("the state was to be lost")
	}
	crashed.disk.fail = nil
	crashed.restart(t)
	crashed.mustDrain(t, 1)
	if diff := cmp.Diff(applied(t, events, 1).till.log, crashed.till.log); diff != "" {
		t.Errorf("(-calm +crashed):\n%s", diff)
	}
}

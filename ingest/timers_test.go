package ingest

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
)

func minutes(n int) time.Time { return receipt.Add(time.Duration(n) * time.Minute) }

// decisions that the till took, without their ids.
func (t *till) decided() (n int) {
	for _, line := range t.log {
		if strings.HasPrefix(line, "decide ") {
			n++
		}
	}
	return n
}

func (r *rig) tick(t *testing.T, minute int) {
	t.Helper()
	events, err := r.Elapsed(t.Context(), minutes(minute))
	if err != nil {
		t.Fatal(err)
	}
	r.send(t, events...)
	r.mustDrain(t, 10)
}

func (r *rig) timersLeft() (n int) {
	for key := range r.disk.now {
		if key[0] == keyTimer {
			n++
		}
	}
	return n
}

// In a replay time is the events' own: a timer runs out before the first event past it.
func TestAbsenceFiresOnceInAReplay(t *testing.T) {
	r := newRig(t, true)
	r.send(t, at(0, ann, boon.CheckoutStarted), at(29, bob, boon.CartViewed))
	r.mustDrain(t, 10)
	if n := r.till.decided(); n != 0 || r.timersLeft() != 1 {
		t.Fatalf("%d decisions after 29 of 30 minutes, %d timers", n, r.timersLeft())
	}
	r.restart(t)
	r.send(t, at(30, bob, boon.CartViewed), at(31, bob, boon.CartViewed))
	r.mustDrain(t, 1)
	if n := r.till.decided(); n != 1 || r.timersLeft() != 0 {
		t.Fatalf("%d decisions after 30 minutes, %d timers", n, r.timersLeft())
	}
	r.restart(t)
	r.send(t, at(300, bob, boon.CartViewed))
	r.mustDrain(t, 1)
	if n := r.till.decided(); n != 1 {
		t.Fatalf("the timer fired %d times", n)
	}
	if shown := r.who(t, ann).Told.Shown; len(shown) != 1 || !shown[0].At.Equal(minutes(30)) {
		t.Errorf("the nudge belongs to the instant at which the timer ran out: %v", shown)
	}
}

func TestAbsenceDoesNotFireWhenTheEventCame(t *testing.T) {
	for name, sizes := range map[string][]int{"one batch": {10}, "a batch each": {1}} {
		r := newRig(t, true)
		r.send(t, at(0, ann, boon.CheckoutStarted), order(10, ann, "o1"), at(45, bob, boon.CartViewed))
		r.mustDrain(t, sizes...)
		if n := r.till.decided(); n != 0 || r.timersLeft() != 0 {
			t.Errorf("%s: %d decisions, %d timers left", name, n, r.timersLeft())
		}
	}
}

// A second start moves the timer: what counts is the last checkout.
func TestAbsenceCountsFromTheLastStart(t *testing.T) {
	r := newRig(t, true)
	r.send(t, at(0, ann, boon.CheckoutStarted), at(20, ann, boon.CheckoutStarted), at(35, bob, boon.CartViewed))
	r.mustDrain(t, 10)
	if n := r.till.decided(); n != 0 {
		t.Fatalf("%d decisions 15 minutes after the last checkout", n)
	}
	r.send(t, at(50, bob, boon.CartViewed))
	r.mustDrain(t, 10)
	if n := r.till.decided(); n != 1 || r.timersLeft() != 0 {
		t.Fatalf("%d decisions, %d timers left", n, r.timersLeft())
	}
}

// Live, the wall clock lets timers run out between events.
func TestElapsed(t *testing.T) {
	r := newRig(t, false)
	r.send(t, at(0, ann, boon.CheckoutStarted), at(5, bob, boon.CheckoutStarted), order(12, bob, "o1"))
	r.mustDrain(t, 10)
	r.tick(t, 29)
	if n := r.till.decided(); n != 0 {
		t.Fatalf("%d decisions after 29 minutes", n)
	}
	r.restart(t)
	r.tick(t, 30)
	r.tick(t, 30)
	r.restart(t)
	r.tick(t, 100)
	if n := r.till.decided(); n != 1 || r.timersLeft() != 0 {
		t.Fatalf("%d decisions, %d timers left: %v", n, r.timersLeft(), r.till.log)
	}
	if got := r.Whole().Outcomes; got.Total != 1 || got.Nudge != 1 {
		t.Errorf("outcomes: %+v", got)
	}
}

// When a wait is over, conditions read what the last cart came to; of who denies personalisation nothing.
func TestAbsenceKnowsWhatWasLeft(t *testing.T) {
	for _, denied := range []bool{false, true} {
		r := newRig(t, true)
		left := at(0, ann, boon.CheckoutStarted)
		left.SKU, left.Order = "", &boon.Order{Currency: "USD", Lines: []boon.Line{{ID: "l", SKU: "tea", Quantity: 2, Price: 20 * boon.Unit}}}
		choice := at(1, ann, "Consent Given")
		choice.Choices = []boon.Choice{{Purpose: boon.PurposePersonalization, Granted: !denied, Source: "banner"}}
		r.send(t, left, choice, at(31, bob, boon.CartViewed))
		r.mustDrain(t, 10)
		want := boon.Order{Currency: "USD", Total: 4000}
		if denied {
			want = boon.Order{}
		}
		asked := r.requests(t)
		if len(asked) != 1 || !reflect.DeepEqual(asked[0].Cart, want) {
			t.Errorf("denied %v: asked %+v, want a cart of %+v", denied, asked, want)
		}
	}
}

// Who denies analytics while a wait runs is not reminded of what was noticed before.
func TestAbsenceIsNotDecidedForWhoDeniesAnalytics(t *testing.T) {
	for _, virtual := range []bool{false, true} {
		r := newRig(t, virtual)
		no := at(10, ann, "Consent Given")
		no.Choices = []boon.Choice{{Purpose: boon.PurposeAnalytics, Source: "banner"}}
		r.send(t, at(0, ann, boon.CheckoutStarted), at(1, bob, boon.CheckoutStarted), no)
		r.mustDrain(t, 10)
		r.tick(t, 31)
		r.send(t, at(32, bob, boon.CartViewed))
		r.mustDrain(t, 10)
		if n := r.till.decided(); n != 1 || r.timersLeft() != 0 {
			t.Errorf("virtual %v: %d decisions, want that for bob alone; %d timers left: %v", virtual, n, r.timersLeft(), r.till.log)
		}
	}
}

// What a restart found stored is due before what was armed since.
func TestElapsedAfterARestartKeepsTheOrder(t *testing.T) {
	r := newRig(t, false)
	r.send(t, at(0, ann, boon.CheckoutStarted))
	r.mustDrain(t, 10)
	r.restart(t)
	r.send(t, at(20, bob, boon.CheckoutStarted))
	r.mustDrain(t, 10)
	r.tick(t, 31)
	if n := r.till.decided(); n != 1 {
		t.Fatalf("%d decisions: the older timer waits for the younger one", n)
	}
}

// A late event arms a timer that is due before others that have run out already.
func TestALateTimerIsFoundToo(t *testing.T) {
	for _, sizes := range [][]int{{1}, {10}} {
		r := newRig(t, true)
		r.send(t, at(0, ann, boon.CheckoutStarted), at(60, bob, boon.CartViewed), at(5, bob, boon.CheckoutStarted), at(61, user, boon.CartViewed))
		r.mustDrain(t, sizes...)
		if n := r.till.decided(); n != 2 || r.timersLeft() != 0 {
			t.Errorf("batches of %v: %d decisions, %d timers left", sizes, n, r.timersLeft())
		}
	}
}

// Timers run out in the order of their due times, whatever the order in which they were armed.
func TestTimersFireInOrder(t *testing.T) {
	r := newRig(t, true)
	r.send(t, at(10, user, boon.CheckoutStarted), at(3, ann, boon.CheckoutStarted), at(7, bob, boon.CheckoutStarted), at(200, other, boon.CartViewed))
	r.mustDrain(t, 10)
	var order []int64
	for _, id := range []boon.Identifier{ann, bob, user} {
		order = append(order, r.who(t, id).Told.Shown[0].At.Sub(receipt).Milliseconds()/60000)
	}
	if !slices.Equal(order, []int64{33, 37, 40}) || !slices.IsSorted(sortedByTime(r.till.log)) {
		t.Errorf("fired at %v: %v", order, r.till.log)
	}
}

// sortedByTime are the decisions' ids, which begin with their time.
func sortedByTime(log []string) (ids []string) {
	for _, line := range log {
		ids = append(ids, strings.Fields(line)[1])
	}
	return ids
}

// Who signs in and orders under the account has not left the checkout that the phone began.
func TestAnOrderUnderTheAccountEndsTheWaitOfThePhone(t *testing.T) {
	for name, linked := range map[string][]boon.Identifier{"known to be one": {ann}, "not known to be one": nil} {
		r := newRig(t, true)
		signedIn := at(5, user, boon.CartViewed)
		signedIn.Linked = linked
		r.send(t, at(0, ann, boon.CheckoutStarted), signedIn)
		r.mustDrain(t, 10)
		r.restart(t)
		r.send(t, order(10, user, "o1"), at(45, bob, boon.CartViewed))
		r.mustDrain(t, 10)
		if n, want := r.till.decided(), 1-len(linked); n != want || r.timersLeft() != 0 {
			t.Errorf("%s: %d decisions, want %d; %d timers left", name, n, want, r.timersLeft())
		}
	}
}

package ingest

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/feature"
	"boon/internal/rule"
	"boon/trigger"

	"github.com/google/go-cmp/cmp"
)

const minutesADay = 24 * 60

// lapseRig waits for who lapses besides what a rig waits for.
func lapseRig(t *testing.T) *rig {
	t.Helper()
	env, err := rule.NewEnv(feature.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, true)
	if r.rules.Triggers, err = trigger.Compile(env, []boon.Trigger{{ID: "lapsing", Use: boon.UseLapsing}}); err != nil {
		t.Fatal(err)
	}
	r.epoch = 1000 * 24 * time.Hour // what is usual stays unknown
	r.rules.Placements = map[string][]string{"lapsing": {"app"}}
	r.restart(t)
	return r
}

// tenDays are orders of an account every ten days, the last of which was made under another identifier.
func tenDays() []boon.Event {
	return []boon.Event{orderOn(0, user), orderOn(10, user), orderOn(20, user), orderOn(30, ann)}
}

func orderOn(day int, owner boon.Identifier) boon.Event {
	e := order(day*minutesADay, owner, fmt.Sprintf("o%d", day))
	e.Received = e.Time
	return e
}

// Who is known to be one after the last order lapses by the pace of all orders: 1.5 cycles of ten days after it, not of the thirty that a single order has.
func TestALinkMovesAWaitToThePaceOfBoth(t *testing.T) {
	identify := at(35*minutesADay, ann, "Signed In")
	identify.Linked = []boon.Identifier{user}
	for name, link := range map[string]boon.Event{
		"an event names both": identify, "a link alone": ownKind(35*minutesADay, boon.KindLinked, user, ann), "from the other side": ownKind(35*minutesADay, boon.KindLinked, ann, user),
	} {
		r := lapseRig(t)
		r.send(t, append(tenDays(), link, at(46*minutesADay-1, bob, boon.CartViewed))...)
		r.mustDrain(t, 10)
		if n := r.till.decided(); n != 0 {
			t.Fatalf("%s: %d decisions before 16 days", name, n)
		}
		r.restart(t)
		r.send(t, at(46*minutesADay, bob, boon.CartViewed), at(100*minutesADay, bob, boon.CartViewed))
		r.mustDrain(t, 1)
		asked := r.requests(t)
		if len(asked) != 1 || !asked[0].At.Equal(minutes(46*minutesADay)) || r.timersLeft() != 0 {
			t.Errorf("%s: %+v, %d timers left", name, asked, r.timersLeft())
		}
	}
}

// What a pace that is known late has let run out ends when it is known, and once.
func TestAWaitThatALinkEndsIsOverNow(t *testing.T) {
	r := lapseRig(t)
	link := ownKind(55*minutesADay, boon.KindLinked, user, ann)
	r.send(t, orderOn(10, user), orderOn(20, user), orderOn(30, ann), link,
		ownKind(55*minutesADay+1, boon.KindLinked, user, bob), at(56*minutesADay, other, boon.CartViewed), at(200*minutesADay, other, boon.CartViewed))
	r.mustDrain(t, 10)
	if asked := r.requests(t); len(asked) != 1 || !asked[0].At.Equal(link.Time) {
		t.Errorf("%+v", asked)
	}
}

// What a link moved is stored: batches of any size, and a crash after any of them, end alike.
func TestALinksWaitsSurviveACrash(t *testing.T) {
	events := append(tenDays(), ownKind(35*minutesADay, boon.KindLinked, user, ann), orderOn(36, bob), ownKind(37*minutesADay, boon.KindLinked, bob, user),
		at(60*minutesADay, other, boon.CartViewed), at(100*minutesADay, other, boon.CartViewed))
	want := appliedTo(t, lapseRig(t), events, 100).outcome()
	for lost := range len(events) {
		r := lapseRig(t)
		r.send(t, events...)
		for range lost + 1 {
			if _, err := r.Step(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		r.disk.powerCut(2)
		r.restart(t)
		r.mustDrain(t, 3)
		if diff := cmp.Diff(want, r.outcome()); diff != "" {
			t.Fatalf("after %d events: %s", lost+1, diff)
		}
	}
}

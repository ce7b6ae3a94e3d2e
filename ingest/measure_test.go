package ingest

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/govern"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// counted is what a bound has counted by now, as a report reads it.
func (r *rig) counted(t testing.TB, bound boon.Fairness) govern.Sheet {
	t.Helper()
	today := dayOf(receipt)
	s, err := Measured(t.Context(), r.disk, bound.Measure(), today-3, today+3)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decided is a call's decision that left something.
func decided(minute int, who boon.Identifier, country string, picks ...boon.Pick) boon.Event {
	when := receipt.Add(time.Duration(minute) * time.Minute)
	r := boon.Request{ID: fmt.Sprintf("dec_%d", minute), At: when, Identifiers: []boon.Identifier{who}, Context: boon.Context{Country: country}}
	e, err := DecidedEvent(r, boon.Decision{ID: r.ID, At: when, Picks: picks})
	if err != nil {
		panic(err)
	}
	return e
}

func ten(committed int64) boon.Pick {
	return boon.Pick{Outcome: boon.OutcomeOffer, Offer: "ten", Grant: &boon.Grant{Committed: committed}}
}

// planned tells somebody's plan.
func planned(minute int, who boon.Identifier, plan string) boon.Event {
	e := at(minute, who, boon.CartViewed)
	e.Traits = map[string]string{"plan": plan}
	return e
}

// A person counts once, in the group that the latest decision finds; a nudge, a holdout and a grant that is shown again give nothing; who denies analytics
// is taken out.
func TestOutcomesAreCountedByGroup(t *testing.T) {
	r := newRig(t, false)
	plans, gold, none := bounds[0], govern.Cell{Group: "gold"}, govern.Cell{Group: "none"}
	step := func(what string, want govern.Sheet, events ...boon.Event) {
		t.Helper()
		r.send(t, events...)
		r.mustDrain(t, 3)
		got := r.counted(t, plans)
		for cell, n := range got {
			if n == (govern.Count{}) {
				delete(got, cell)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", what, diff)
		}
	}
	one := govern.Count{Given: 1, Value: 300, Squares: govern.SquareOf(300)}
	offered := func(n govern.Count) govern.Sheet {
		all := n
		all.People = 1
		return govern.Sheet{gold: all, {Group: "gold", Subject: "ten"}: n}
	}
	step("nobody's plan", govern.Sheet{}, decided(0, ann, "DE", ten(5)))
	step("nothing, a nudge, a ghost, a live grant", govern.Sheet{gold: {People: 1}}, planned(1, ann, "gold"), decided(2, ann, "DE"),
		decided(3, ann, "", boon.Pick{Outcome: boon.OutcomeNudge, Offer: "ten"}), decided(4, ann, "", boon.Pick{Outcome: boon.OutcomeHoldout, Offer: "ten"}),
		decided(5, ann, "", boon.Pick{Outcome: boon.OutcomeOffer, Offer: "ten", Live: true, Channel: "email", Grant: &boon.Grant{Committed: 9}}))
	step("an offer", offered(one), decided(6, ann, "", ten(300)))
	more := govern.Count{Given: 1, Value: 500, Squares: govern.SquareOf(500)}
	step("another", offered(more), decided(7, ann, "", ten(200)))
	step("a link", offered(more), ownKind(8, boon.KindLinked, user, ann))
	step("under another name", offered(more), decided(9, user, ""))
	if p := r.who(t, ann); len(p.Measured) != 0 {
		t.Errorf("two identifiers of one person are both counted: %+v", p.Measured)
	}
	all := more
	all.People = 1
	step("another plan", govern.Sheet{none: all, {Group: "none", Subject: "ten"}: more}, planned(10, user, "none"), decided(11, ann, ""))
	denied := at(12, ann, boon.CartViewed)
	denied.Choices = []boon.Choice{{Purpose: boon.PurposeAnalytics, At: denied.Time, Source: "api"}}
	step("analytics denied", govern.Sheet{}, denied, decided(13, user, "", ten(700)))
	if p := r.who(t, ann); len(p.Measured)+len(r.who(t, user).Measured) != 0 {
		t.Errorf("%+v is remembered of who denies", p.Measured)
	}
}

// A bound of a campaign counts what its offers give, by where the call came from.
func TestACampaignIsCountedByContext(t *testing.T) {
	r := newRig(t, false)
	r.send(t, decided(0, ann, "DE", ten(1)), decided(1, bob, "FR"), decided(2, user, "IT", ten(1)), decided(3, other, "FR", boon.Pick{Outcome: boon.OutcomeOffer, Offer: "other"}))
	r.mustDrain(t, 2)
	got := r.counted(t, bounds[1]).Groups([]string{"DE", "FR"}, "spring")
	if got[0].Units != 1 || got[0].Favoured != 1 || got[1].Units != 2 || got[1].Favoured != 0 {
		t.Errorf("counted %+v", got)
	}
}

// Whatever happened, the sheets hold what the people who are kept add up to.
func TestSheetsAreWhatPeopleAddUpTo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := applied(t, drawStream(rt), rapid.IntRange(1, 9).Draw(rt, "size"))
		for _, bound := range bounds {
			want := govern.Sheet{}
			for _, id := range []boon.Identifier{ann, bob, user, other} {
				for _, m := range r.who(t, id).Measured {
					for _, e := range m.Entries() {
						if m.Measure == bound.Measure() {
							want[e.Cell] = want[e.Cell].Plus(e.Count)
						}
					}
				}
			}
			got := r.counted(t, bound)
			for cell := range got {
				want[cell] = want[cell].Plus(govern.Count{})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("%s (-people +sheets):\n%s", bound.ID, diff)
			}
		}
	})
}

// A batch that was not committed has counted nothing when it is applied again.
func TestAFailedBatchIsCountedOnce(t *testing.T) {
	r := newRig(t, false)
	r.send(t, planned(0, ann, "gold"), decided(1, ann, "DE", ten(1)), order(2, ann, "o1"))
	r.till.fail = func() bool { return true }
	if err := r.drain(3); err == nil {
		t.Fatal("the batch was to fail")
	}
	r.till.fail = nil
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mustDrain(t, 2)
	if got := r.counted(t, bounds[0])[govern.Cell{Group: "gold"}]; got.People != 1 || got.Given != 1 {
		t.Errorf("counted %+v", got)
	}
}

func TestOldSheetsAreDropped(t *testing.T) {
	r := newRig(t, false)
	r.send(t, planned(0, ann, "gold"), decided(1, ann, "DE", ten(1)))
	r.mustDrain(t, 2)
	if err := TrimSheets(t.Context(), r.disk, receipt.AddDate(0, 0, sheetDays-1)); err != nil || len(r.counted(t, bounds[0])) != 2 {
		t.Errorf("kept %v: %v", r.counted(t, bounds[0]), err)
	}
	if err := TrimSheets(t.Context(), r.disk, receipt.AddDate(0, 0, sheetDays+1)); err != nil || len(r.counted(t, bounds[0])) != 0 {
		t.Errorf("dropped all but %v: %v", r.counted(t, bounds[0]), err)
	}
	r.send(t, decided(25*60, ann, "DE")) // what is taken back is gone already
	r.mustDrain(t, 2)
	if got := r.counted(t, bounds[0])[govern.Cell{Group: "gold"}]; got.People != 1 {
		t.Errorf("counted %+v", got)
	}
}

package ingest

import (
	"slices"
	"testing"
	"time"

	"boon"
	"boon/feature"
	"boon/identity"
	"boon/model"
)

func (r *rig) members(t *testing.T, id boon.Identifier, verified bool) identity.Profile {
	t.Helper()
	p, err := Committed(r.disk, nil, nil).Component(t.Context(), []boon.Identifier{id}, verified)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLinksAndCuts(t *testing.T) {
	r := newRig(t, false)
	r.send(t, at(0, ann, boon.CartViewed), at(1, bob, boon.CartViewed), ownKind(2, boon.KindLinked, user, ann, bob))
	r.mustDrain(t, 10)
	for _, id := range []boon.Identifier{ann, bob, user} {
		if p := r.members(t, id, true); len(p.Members) != 3 || p.ProfileID != identity.ProfileID(ann) {
			t.Errorf("%v is of %+v; the profile's id is that of whoever was seen first", id, p)
		}
	}
	if n := r.who(t, user).State.Counts[feature.Events]; n != 0 {
		t.Errorf("a link counts as %d events", n)
	}
	r.send(t, ownKind(3, boon.KindCut, user, bob))
	r.mustDrain(t, 10)
	if p := r.members(t, bob, false); len(p.Members) != 1 || p.ProfileID != identity.ProfileID(bob) {
		t.Errorf("cut off, bob is of %+v", p)
	}
	if p := r.members(t, user, false); len(p.Members) != 2 {
		t.Errorf("what was not cut still holds: %+v", p)
	}
	linked := at(4, bob, boon.CartViewed)
	linked.Linked = []boon.Identifier{user}
	r.send(t, linked)
	r.mustDrain(t, 10)
	if p := r.members(t, bob, false); len(p.Members) != 1 {
		t.Errorf("an event undid the cut: %+v", p)
	}
}

// The previousId of an alias is named as a visitor and as a user: a visitor who did something before is not a user of the same text.
func TestAnAliasLinksWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		known []boon.Identifier
		want  bool
	}{"nothing is known": {nil, true}, "the user is known": {[]boon.Identifier{other}, true}, "the visitor is known": {[]boon.Identifier{ann}, false},
		"both are known": {[]boon.Identifier{other, ann}, false}} {
		r := newRig(t, false)
		for i, id := range c.known {
			r.send(t, at(i, id, boon.CartViewed))
		}
		r.send(t, ownKind(5, boon.KindAlias, user, ann, other), ownKind(6, boon.KindAlias, user, ann, other))
		r.mustDrain(t, 10)
		if p := r.members(t, user, true); slices.Contains(p.Members, other) != c.want || !slices.Contains(p.Members, ann) {
			t.Errorf("%s: the user is of %+v", name, p)
		}
	}
}

func TestWithdrawnConsentStopsFolding(t *testing.T) {
	choice := func(minute int, who boon.Identifier, granted bool) boon.Event {
		e := at(minute, who, boon.CartViewed)
		e.Choices = []boon.Choice{{Purpose: boon.PurposeAnalytics, Granted: granted, Source: "api"}}
		return e
	}
	r := newRig(t, false)
	views := func(who boon.Identifier) int64 { return r.who(t, who).State.Counts[feature.Views] }
	r.send(t, ownKind(0, boon.KindLinked, user, ann), at(1, ann, boon.ProductViewed))
	r.mustDrain(t, 10)
	if views(ann) != 1 {
		t.Fatalf("%d views", views(ann))
	}
	r.send(t, choice(2, user, false), at(3, ann, boon.ProductViewed), at(4, user, boon.ProductViewed), order(5, ann, "o1"))
	r.mustDrain(t, 10)
	if views(ann) != 1 || views(user) != 0 {
		t.Errorf("after the person's no: %d and %d views", views(ann), views(user))
	}
	if len(r.till.orders) != 1 || r.who(t, ann).State.Counts[feature.Orders] != 1 {
		t.Errorf("an order settles whatever consent says: %v", r.till.log)
	}
	r.send(t, choice(6, user, true), at(7, ann, boon.ProductViewed))
	r.mustDrain(t, 10)
	if views(ann) != 2 {
		t.Errorf("after a later yes: %d views", views(ann))
	}
}

// A call's decision comes into the state through the log.
func TestADecisionOfACallLeavesTraces(t *testing.T) {
	r := newRig(t, false)
	keep := func(id string, picks ...boon.Pick) {
		e, err := DecidedEvent(boon.Request{ID: id, At: minutes(1), Identifiers: []boon.Identifier{ann}}, boon.Decision{ID: id, Picks: picks})
		if err != nil {
			t.Fatal(err)
		}
		r.send(t, e)
	}
	keep("dec_offer", boon.Pick{Outcome: boon.OutcomeOffer, Offer: "ten", Level: 10, Grant: &boon.Grant{ID: "g"}})
	keep("dec_live", boon.Pick{Outcome: boon.OutcomeOffer, Offer: "ten", Level: 10, Grant: &boon.Grant{ID: "g"}, Live: true})
	keep("dec_nudge", boon.Pick{Outcome: boon.OutcomeNudge, Offer: "hint"})
	keep("dec_ghost", boon.Pick{Outcome: boon.OutcomeHoldout, Offer: "ten", Level: 10})
	keep("dec_none", boon.Pick{Outcome: boon.OutcomeNone})
	r.mustDrain(t, 10)

	if got, want := r.Whole().Outcomes, (Outcomes{Total: 5, Offer: 2, Nudge: 1, None: 1, Holdout: 1}); got != want {
		t.Errorf("outcomes %+v, want %+v", got, want)
	}
	ten, hint := model.Arm{Offer: "ten", Level: 10}, model.Arm{Offer: "hint"}
	given := map[model.Arm]int64{ten: 1, hint: 1, {}: 2} // what is shown again is not given again; a ghost got nothing
	for arm, n := range given {
		if c := r.Whole().Tally.Count(arm); c.Given != n || c.Bought != 0 {
			t.Errorf("%+v: %+v, want %d given", arm, c, n)
		}
	}
	if p := r.who(t, ann); len(p.Told.Shown) != 1 || p.Told.Shown[0].Offer != "hint" || len(p.Open) != 4 {
		t.Errorf("shown %v, open %v", p.Told.Shown, p.Open)
	}
	// the order of any identifier of the person answers what is open, once
	r.send(t, ownKind(2, boon.KindLinked, user, ann), order(10, user, "o1"), order(11, user, "o2"))
	r.mustDrain(t, 10)
	for arm, n := range given {
		if c := r.Whole().Tally.Count(arm); c.Bought != n {
			t.Errorf("%+v: %+v, want %d bought", arm, c, n)
		}
	}
	if p := r.who(t, ann); len(p.Open) != 0 {
		t.Errorf("still open: %v", p.Open)
	}
}

// An order past the horizon answers nothing.
func TestTheHorizonCloses(t *testing.T) {
	r := newRig(t, true)
	r.send(t, at(0, ann, boon.ProductViewed), at(1, ann, boon.ProductViewed), order(1+6*60+1, ann, "o1"))
	r.mustDrain(t, 10)
	if c := r.Whole().Tally.Count(model.Arm{Offer: "ten", Level: 10 * boon.Unit}); c.Given != 1 || c.Bought != 0 || c.Redeemed != 0 {
		t.Errorf("%+v", c)
	}
}

// Rates and quintiles stand still within an epoch and take in everything at its end.
func TestAnEpochFreezesRates(t *testing.T) {
	r := newRig(t, true)
	r.send(t, at(0, ann, boon.CartViewed))
	r.mustDrain(t, 1)
	first, rates := r.Frozen()
	if !first.Start.Equal(receipt.Truncate(3*time.Hour)) || rates.ID != model.Freeze(model.Tally{}).ID {
		t.Fatalf("epoch %+v, rates %s", first, rates.ID)
	}
	r.send(t, at(1, ann, boon.ProductViewed), at(2, ann, boon.ProductViewed), order(3, ann, "o1"), at(119, ann, boon.CartViewed))
	r.mustDrain(t, 1)
	if now, _ := r.Frozen(); now.Rates != first.Rates || !now.Start.Equal(first.Start) {
		t.Fatalf("the epoch turned early: %+v", now)
	}
	tally := r.Whole().Tally
	want := model.Freeze(tally).ID
	r.send(t, at(120, ann, boon.CartViewed))
	r.mustDrain(t, 1)
	second, rates := r.Frozen()
	if rates.ID != want || second.Rates != want || rates.ID == first.Rates || !second.Start.Equal(minutes(120)) {
		t.Errorf("epoch %+v, rates %s, want %s", second, rates.ID, want)
	}
	if second.Cuts.Profiles != 1 {
		t.Errorf("one shopper has ordered: %+v", second.Cuts)
	}
	if blob := r.disk.now[string(BlobKey(want))]; len(blob) == 0 {
		t.Error("the blob of the rates is missing")
	}
	r.restart(t)
	if epoch, again := r.Frozen(); again.ID != want || epoch != second {
		t.Errorf("after a restart: %+v %s", epoch, again.ID)
	}
}

// What became of a decision on the shopper's side.
func TestSeen(t *testing.T) {
	r := newRig(t, false)
	for i, name := range []string{boon.PromotionViewed, boon.PromotionViewed, boon.PromotionClicked, boon.PromotionSaved, boon.PromotionDismissed} {
		e := at(10-i, ann, name)
		e.DecisionID = "dec_1"
		r.send(t, e)
	}
	r.send(t, at(0, ann, boon.PromotionViewed)) // of no decision of ours
	r.mustDrain(t, 2)
	got, err := ReadSeen(t.Context(), r.disk, "dec_1")
	if want := (Seen{First: minutes(9), Viewed: 2, Clicked: 1, Dismissed: 1, Saved: 1}); err != nil || got != want {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
}

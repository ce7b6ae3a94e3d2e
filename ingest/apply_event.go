package ingest

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/consent"
	"boon/feature"
	"boon/identity"
	"boon/model"
)

// resolve notes who the event names and which of them it links; linked says whether it does.
func (a *Applier) resolve(ctx context.Context, e *entry) (linked bool, err error) {
	owner, err := a.person(ctx, e.event.Owner, true)
	if err != nil {
		return false, err
	}
	owner.Node.See(e.position)
	rules := a.Rules().Identity
	visitor := false // whether the one before has done something: the previousId of an alias that is a visitor's is no user's
	for _, pair := range identity.Edges(e.event) {
		if visitor && e.event.Kind == boon.KindAlias && pair.B.Namespace == boon.NamespaceUser {
			continue
		}
		other, err := a.person(ctx, pair.B, true)
		if err != nil {
			return linked, err
		}
		other.Node.See(e.position)
		visitor = other.State.Counts[feature.Events] > 0
		if identity.Link(&owner.Node, &other.Node, pair, e.position, rules) {
			linked = true
			a.tell(e.event, pair.B, false)
		}
	}
	return linked, nil
}

// cut takes the link between two identifiers back.
func (a *Applier) cut(ctx context.Context, e *entry) error {
	for _, id := range e.event.Linked {
		left, err := a.person(ctx, e.event.Owner, true)
		if err != nil {
			return err
		}
		right, err := a.person(ctx, id, true)
		if err != nil {
			return err
		}
		identity.Cut(&left.Node, &right.Node, e.event.Time, a.Rules().Identity)
		a.tell(e.event, id, true)
	}
	return nil
}

// fold takes the event into its owner's consent and features. Where analytics is denied, what a contract needs is all that is left of the event, and
// of other events nothing: told is false.
func (a *Applier) fold(ctx context.Context, e *boon.Event, members []boon.Identifier) (told bool, err error) {
	p, err := a.person(ctx, e.Owner, true)
	if err != nil {
		return false, err
	}
	p.chose(e)
	choices, err := a.View().choices(ctx, members)
	if err != nil {
		return false, err
	}
	shop := &a.Rules().Shop
	analytics := consent.Gate(choices, *shop, e.Context.Country, boon.PurposeAnalytics)
	if !analytics.OK && !consent.Contract(*e) {
		return false, nil // that something was looked at is told by its being counted, too
	}
	*e = consent.Strip(*e, analytics)
	before := p.State.Summary()
	feature.Fold(&p.State, *e, shop.Currency)
	a.whole.replace(before, p.State.Summary())
	return true, nil
}

// observe takes the event as the outcome of earlier decisions: an order answers what is open, an exposure is counted on its decision.
func (a *Applier) observe(ctx context.Context, e *boon.Event, members []boon.Identifier) error {
	switch e.Name {
	case boon.OrderCompleted:
		return a.answer(ctx, e, members)
	case boon.PromotionViewed:
		return a.seen(ctx, e)
	case boon.PromotionClicked, boon.PromotionDismissed, boon.PromotionSaved:
		if err := a.seen(ctx, e); err != nil {
			return err
		}
		return a.react(ctx, e)
	}
	return nil
}

// answer closes the open decisions of everyone the buyer is. An order counts for each decision of the horizon.
func (a *Applier) answer(ctx context.Context, e *boon.Event, members []boon.Identifier) error {
	for _, id := range members {
		p, err := a.person(ctx, id, false)
		if err != nil {
			return err
		}
		if len(p.Open) == 0 {
			continue
		}
		a.dirty[id] = true
		for _, o := range p.close(e.Time, horizon(a.Rules().Shop)) {
			a.whole.tally(o.Arm).Bought(o.Arm)
		}
	}
	return nil
}

// horizon of an outcome: the shop's, else a week.
func horizon(shop boon.Shop) time.Duration {
	if shop.Horizon > 0 {
		return shop.Horizon
	}
	return 7 * 24 * time.Hour
}

// trigger decides for every trigger that the event completes.
func (a *Applier) trigger(ctx context.Context, e *entry, members []boon.Identifier, s Session) error {
	fired, err := a.match(ctx, &e.event, members)
	if err != nil {
		return err
	}
	for _, name := range fired {
		if err := a.fired(ctx, e, name, s); err != nil {
			return fmt.Errorf("decide for trigger %s: %w", name, err)
		}
	}
	return nil
}

// fired decides for a trigger that an event completed, now or when quiet hours are over.
func (a *Applier) fired(ctx context.Context, e *entry, name string, s Session) error {
	request := a.request(&e.event, name)
	p, err := a.person(ctx, e.event.Owner, true)
	if err != nil {
		return err
	}
	if later, err := a.putOff(ctx, request, e.event.Time, &p.Memory, nil); later || err != nil {
		return err
	}
	return a.decide(ctx, request, e.position, s)
}

// request is what a trigger asks. Its id follows from the message and the trigger, so that a repeated event asks the same.
func (a *Applier) request(e *boon.Event, trigger string) boon.Request {
	r := boon.Request{
		ID:          boon.NewID(boon.PrefixDecision, e.Time, e.MessageID, trigger),
		At:          e.Time,
		Identifiers: append([]boon.Identifier{e.Owner}, e.Linked...),
		Trusted:     e.Verified,
		Placements:  a.Rules().Placements[trigger],
		Trigger:     trigger,
		Context:     e.Context,
		SKU:         e.SKU,
	}
	if e.Order != nil && (e.SKU == "" || e.Order.Merchandise() > 0) { // a product whose price nobody knows is no cart
		r.Cart = *e.Order
	}
	return r
}

// decide takes one decision, or, when the money of this position is already committed, recalls it; either way its traces are left in the state.
func (a *Applier) decide(ctx context.Context, r boon.Request, at boon.Position, s Session) error {
	var d Decided
	var err error
	if at <= a.watermark {
		var ok bool
		if d, ok, err = a.Recall(ctx, r.ID); err == nil && !ok {
			err = fmt.Errorf("the record of %s is missing", r.ID)
		}
	} else {
		if d, err = s.Decide(ctx, r, a.View()); err == nil {
			a.records = append(a.records, RecordWrite(r.ID, d.Body))
		}
	}
	if err != nil {
		return err
	}
	return a.leaveTraces(ctx, r, d.Decision)
}

// leaveTraces notes what was given, so that its outcome can be counted and its frequency capped.
func (a *Applier) leaveTraces(ctx context.Context, r boon.Request, d boon.Decision) error {
	a.whole.Outcomes.add(d.Outcome())
	for _, pick := range d.Picks {
		if pick.Grant != nil && !pick.Live && pick.Grant.ExpiresAt.Before(a.sweepAt) { // what is not known stays so: others may be due before
			a.sweepAt = pick.Grant.ExpiresAt
		}
	}
	a.given[r.ID] = offersOf(d)
	p, err := a.person(ctx, r.Identifiers[0], true)
	if err != nil {
		return err
	}
	p.fired(r.ID)
	traces := tracesOf(d)
	if err := a.measure(ctx, r.Identifiers[0], d.At, r.Context, traces); err != nil {
		return err
	}
	return a.leave(ctx, r.Identifiers[0], d.At, traces)
}

func (a *Applier) leave(ctx context.Context, owner boon.Identifier, at time.Time, traces []Trace) error {
	p, err := a.person(ctx, owner, true)
	if err != nil {
		return err
	}
	for _, t := range traces {
		if t.Nudge || t.Again {
			showed(&p.Told, boon.Shown{Offer: t.Offer, Channel: t.Channel, At: at})
		}
		if t.Again {
			continue
		}
		arm := model.Arm{Offer: t.Offer, Level: t.Level}
		a.whole.tally(arm).Given(arm)
		p.expose(arm, at)
	}
	return nil
}

// settles reports whether the event moves money that was promised.
func settles(e *boon.Event) bool { return consent.Contract(*e) }

// settle books an order event once; what it did is kept until the state is committed, since a repetition finds the money already moved.
func (a *Applier) settle(ctx context.Context, e *entry, s Session) error {
	if !settles(&e.event) {
		return nil
	}
	done, err := a.settlement(ctx, e, s)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	for _, r := range done.Redeemed {
		arm := model.Arm{Offer: r.Offer, Level: r.Level}
		a.whole.tally(arm).Redeemed(arm)
	}
	if e.event.Name != boon.OrderCompleted || done.Ignored {
		return nil
	}
	return a.sell(ctx, &e.event)
}

func (a *Applier) settlement(ctx context.Context, e *entry, s Session) (Settlement, error) {
	key := settlementKey(a.Partition, e.position)
	if e.position <= a.watermark {
		return a.recallSettlement(ctx, key)
	}
	profile, err := a.View().Component(ctx, []boon.Identifier{e.event.Owner}, true)
	if err != nil {
		return Settlement{}, err
	}
	done, err := s.Settle(ctx, profile.Members, e.event)
	if err != nil || len(done.Redeemed) == 0 && !done.Ignored {
		return done, err
	}
	return done, a.keepSettlement(key, done)
}

// seen counts an exposure, click, dismissal or save on the decision that it answers.
func (a *Applier) seen(ctx context.Context, e *boon.Event) error {
	if e.DecisionID == "" {
		return nil
	}
	s, err := a.exposureOf(ctx, e.DecisionID)
	if err != nil {
		return err
	}
	s.note(e)
	body, err := s.encode()
	if err != nil {
		return err
	}
	a.seenNow[e.DecisionID] = s
	a.writes = append(a.writes, boon.Write{Key: exposureKey(e.DecisionID), Value: body})
	return nil
}

func (a *Applier) exposureOf(ctx context.Context, decision string) (Seen, error) {
	if s, ok := a.seenNow[decision]; ok {
		return s, nil
	}
	return ReadSeen(ctx, a.Store, decision)
}

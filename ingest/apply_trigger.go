package ingest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"boon"
	"boon/catalog"
	"boon/consent"
	"boon/feature"
	"boon/identity"
	"boon/internal/rule"
	"boon/trigger"
)

// Rules are what the applier needs of a release.
type Rules struct {
	Shop       boon.Shop
	Identity   identity.Rules
	Triggers   *trigger.Machine
	Placements map[string][]string // trigger -> placements it decides for
	Fairness   []boon.Fairness
	Campaigns  map[string]string // offer -> campaign
	Quiet      *boon.QuietHours
	Deferred   map[string][]string // trigger -> channels; it waits while all of them are quiet
}

// match looks for the triggers that an event completes, and arms the timers of those that wait for an absence.
func (a *Applier) match(ctx context.Context, e *boon.Event, members []boon.Identifier) ([]string, error) {
	rules := a.Rules()
	if !rules.Triggers.Listens(e.Name) || claimed(e) {
		return nil, nil
	}
	p, err := a.person(ctx, e.Owner, true)
	if err != nil {
		return nil, err
	}
	ids, others, err := a.memories(ctx, e.Owner, members)
	if err != nil {
		return nil, err
	}
	row, failed := a.row(ctx, e, members)
	fired, timers, _, err := rules.Triggers.Match(e, row, &p.Memory, others...)
	if err == nil {
		err = *failed
	}
	if err != nil {
		return nil, fmt.Errorf("match triggers: %w", err)
	}
	a.armAll(e.Owner, ids, timers)
	return fired, nil
}

// claimed: news of a product come from a feed or from the shop's own server; a browser that tells them would call itself back.
func claimed(e *boon.Event) bool {
	return !e.Verified && (e.Name == boon.ProductBackInStock || e.Name == boon.ProductPriceDropped)
}

// memories are what triggers remember under the person's other identifiers, these beside them. They are written with the batch, for a match may change
// them.
func (a *Applier) memories(ctx context.Context, owner boon.Identifier, members []boon.Identifier) (ids []boon.Identifier, others []*trigger.Memory, err error) {
	for _, id := range members {
		if id == owner {
			continue
		}
		p, err := a.person(ctx, id, false)
		if err != nil {
			return nil, nil, err
		}
		if !p.Memory.Empty() {
			a.dirty[id] = true
			ids, others = append(ids, id), append(others, &p.Memory)
		}
	}
	return ids, others, nil
}

// row shows what conditions read, when one asks for it. Who the event is about is read only for a condition on the person.
func (a *Applier) row(ctx context.Context, e *boon.Event, members []boon.Identifier) (func() rule.Row, *error) {
	var failed error
	person := func() *feature.State {
		var state feature.State
		if failed == nil {
			state, failed = a.earned(ctx, e, members)
		}
		return &state
	}
	return func() rule.Row {
		var product *boon.Product
		cart, err := a.categorised(ctx, e.Order)
		if err == nil {
			product, err = a.product(ctx, e)
		}
		failed = err
		a.asked.Ask(person, a.View().Cuts(), a.input(e, cart, product), lineCategories(cart))
		return &a.asked
	}, &failed
}

// vector reads the features of whoever the event is about.
func (a *Applier) vector(ctx context.Context, e *boon.Event) (feature.Vector, error) {
	members, err := a.View().members(ctx, e.Owner)
	if err != nil {
		return feature.Vector{}, err
	}
	state, err := a.earned(ctx, e, members)
	if err != nil {
		return feature.Vector{}, err
	}
	product, err := a.product(ctx, e)
	if err != nil {
		return feature.Vector{}, err
	}
	in := a.input(e, e.Order, product)
	return feature.Compute(&state, a.View().Cuts(), &in), nil
}

// earned is what whoever the event is about has earned. Without consent to personalisation it is that of anybody.
func (a *Applier) earned(ctx context.Context, e *boon.Event, members []boon.Identifier) (state feature.State, err error) {
	choices, err := a.View().choices(ctx, members)
	if err != nil || !consent.Gate(choices, a.Rules().Shop, e.Context.Country, boon.PurposePersonalization).OK {
		return state, err
	}
	return a.View().merged(ctx, members)
}

// product is the one that the event is about, as the catalogue has it; nil when it is about none.
func (a *Applier) product(ctx context.Context, e *boon.Event) (*boon.Product, error) {
	if e.SKU == "" {
		return nil, nil
	}
	if a.Shelf != nil {
		p, ok, err := a.Shelf.Product(ctx, e.SKU)
		if err == nil && ok {
			p, err = a.View().WithDemand(ctx, p, e.Time)
		}
		if err != nil || ok {
			return &p, err
		}
	}
	return &boon.Product{SKU: e.SKU, Category: e.Category}, nil
}

// priced gives a product that an event is about, and does not price, the price that it has in the catalogue.
func (a *Applier) priced(ctx context.Context, e *boon.Event) error {
	if e.SKU == "" || e.Order == nil || len(e.Order.Lines) != 1 || e.Order.Lines[0].Price != 0 || a.Shelf == nil {
		return nil
	}
	p, ok, err := a.Shelf.Product(ctx, e.SKU)
	if err != nil {
		return fmt.Errorf("read product %s: %w", e.SKU, err)
	}
	if ok && (e.Order.Currency == "" || e.Order.Currency == p.Currency) {
		line := e.Order.Lines[0]
		line.Price = boon.MicrosOf(p.Current(), p.Currency)
		order := *e.Order
		order.Currency, order.Lines = p.Currency, []boon.Line{line}
		e.Order = &order
	}
	return nil
}

func (a *Applier) input(e *boon.Event, cart *boon.Order, product *boon.Product) feature.Input {
	shop := &a.Rules().Shop
	in := feature.Input{Now: e.Time, Shop: shop, Context: e.Context, Category: e.Category}
	if cart != nil {
		in.Cart = *cart
	}
	if in.Product = product; product != nil {
		in.Cover = catalog.CoverOf(product.Stock, shop.TargetDays)
		in.Competitor = catalog.LowestCompetitor(product, shop, e.Time)
	}
	return in
}

// categorised is a cart whose lines have the category that the catalogue has of their product, as decisions see them.
func (a *Applier) categorised(ctx context.Context, cart *boon.Order) (*boon.Order, error) {
	if cart == nil || a.Shelf == nil {
		return cart, nil
	}
	c := *cart
	c.Lines = slices.Clone(c.Lines)
	for i := range c.Lines {
		p, _, err := a.Shelf.Product(ctx, c.Lines[i].SKU)
		if err != nil {
			return cart, err
		}
		if p.Category != "" {
			c.Lines[i].Category = p.Category
		}
	}
	return &c, nil
}

func lineCategories(cart *boon.Order) []string {
	if cart == nil {
		return nil
	}
	list := make([]string, len(cart.Lines))
	for i := range cart.Lines {
		list[i] = cart.Lines[i].Category
	}
	return list
}

// armAll keeps timers of the owner and, by their place, of the person's other identifiers.
func (a *Applier) armAll(owner boon.Identifier, others []boon.Identifier, timers []trigger.Timer) {
	for _, t := range timers {
		of := owner
		if t.Of > 0 {
			of = others[t.Of-1]
		}
		a.arm(of, t)
	}
}

// arm keeps a timer so that it survives a crash. What it is worth is asked of the person's memory when it runs out.
func (a *Applier) arm(owner boon.Identifier, t trigger.Timer) {
	a.keepTimer(timer{t.Due, owner, t.Trigger}, []byte{1})
}

func (a *Applier) keepTimer(t timer, value []byte) {
	key := timerKey(t.due, t.owner, t.trigger)
	a.writes = append(a.writes, boon.Write{Key: key, Value: value})
	if bytes.Compare(key, a.timerFrom) < 0 {
		a.timerFrom = key
	}
	a.armed = append(a.armed, t)
	if t.due.Before(a.timerAt) { // what is not known stays so: stored ones may be due before
		a.timerAt = t.due
	}
}

// timer is one trigger that waits.
type timer struct {
	due     time.Time
	owner   boon.Identifier
	trigger string
}

// id is the message id of the timer's event; it tells the timer from every other.
func (t timer) id() string {
	return "timer-" + t.due.UTC().Format(time.RFC3339Nano) + "-" + t.owner.String() + "-" + t.trigger
}

// fireTimers decides for every timer that ran out by now, in order of their due times; those too that one before them armed.
func (a *Applier) fireTimers(ctx context.Context, now time.Time, at boon.Position, s Session) error {
	for a.due(now, a.timerAt) {
		due, next, err := a.timers(ctx, now)
		if err != nil {
			return err
		}
		a.timerAt = next
		for i, t := range due {
			a.timerFrom = timerKey(t.due, boon.Identifier{}, "") // what has run out is deleted: the next scan need not step over it
			if err := a.fire(ctx, t, t.due, at, s); err != nil {
				return fmt.Errorf("fire timer of %s: %w", t.trigger, err)
			}
			if !a.timerAt.After(now) {
				a.armed = append(a.armed, due[i+1:]...)
				break
			}
		}
	}
	return nil
}

// fire decides what a timer waited for, unless quiet hours go on, or it fell away.
func (a *Applier) fire(ctx context.Context, t timer, now time.Time, at boon.Position, s Session) error {
	requests, err := a.putOffRequests(ctx, t)
	if err != nil {
		return err
	}
	a.writes = append(a.writes, boon.Write{Key: timerKey(t.due, t.owner, t.trigger)})
	p, err := a.person(ctx, t.owner, true)
	if err != nil || !p.Memory.Armed(t.trigger, t.due) {
		return err
	}
	members, err := a.View().members(ctx, t.owner)
	if err != nil {
		return err
	}
	_, others, err := a.memories(ctx, t.owner, members)
	if err != nil {
		return err
	}
	putOff := len(requests) > 0
	if !putOff {
		request, err := a.absence(ctx, t, whereabouts(p))
		if err != nil {
			return err
		}
		requests = []boon.Request{request}
	}
	for i := range requests {
		requests[i].At = a.taken(requests[i].At, now)
	}
	if later, err := a.putOffAll(ctx, requests, t.due, &p.Memory, others); later || err != nil {
		return err
	}
	if fire, _ := a.Rules().Triggers.Due(t.trigger, t.due, putOff, &p.Memory, others...); !fire {
		return nil
	}
	for _, request := range requests {
		gone, err := a.fellAway(ctx, request)
		if err == nil && !gone {
			err = a.decide(ctx, request, at, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// taken is when a wait that was due at an instant is decided, and so when it reaches the shopper: later than that where its event came late, or no server ran.
// now is told by the log, so that what is applied again is decided as of the same time.
func (a *Applier) taken(due, now time.Time) time.Time {
	if a.Virtual || !now.After(due) {
		return due
	}
	return now.UTC()
}

// absence is what is asked when a wait is over: its cart is what the person's last one came to, whose lines nobody keeps.
func (a *Applier) absence(ctx context.Context, t timer, where boon.Context) (boon.Request, error) {
	e := boon.Event{MessageID: t.id(), Owner: t.owner, Time: t.due, Context: where}
	known, err := a.vector(ctx, &e)
	if err != nil {
		return boon.Request{}, err
	}
	currency := a.Rules().Shop.Currency
	if left := boon.Micros(math.Round(known.Doubles[lastCart] * float64(boon.Unit))).Minor(currency); left > 0 {
		e.Order = &boon.Order{Currency: currency, Total: left}
	}
	return a.request(&e, t.trigger), nil
}

// lastCart is the feature that says what lies in the last cart.
var lastCart = func() int {
	d, _ := feature.Lookup("profile.cart_total")
	return d.Slot
}()

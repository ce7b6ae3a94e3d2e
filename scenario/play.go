package scenario

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"boon"
	"boon/engine"
	"boon/publish"
)

// clock is the time of one scenario.
type clock struct{ at time.Time }

func (c *clock) now() time.Time   { return c.at }
func (c *clock) set(to time.Time) { c.at = to }

// stage is one scenario while it is played.
type stage struct {
	suite    *Suite
	scenario *publish.Scenario
	bundle   boon.Bundle
	engine   *engine.Engine
	handler  http.Handler
	clock    *clock
	user     string
	prices   map[string]int64
	sent     int // messages and calls, so that each has an id of its own
	failures []Failure
	shown    map[string]bool // offers
}

// key opens the scenario's own engine.
const key = "scenario"

// play runs a scenario on a new engine in dir. An error is of the machine; what the scenario gets wrong is a failure.
func play(ctx context.Context, s *Suite, sc *publish.Scenario, dir string) ([]Failure, map[string]bool, error) {
	st := &stage{suite: s, scenario: sc, bundle: budgeted(s.bundle, sc.Given.Budgets), clock: &clock{beginning(sc)},
		prices: maps.Clone(sc.Given.Shelf.Prices), shown: map[string]bool{}}
	if st.prices == nil {
		st.prices = map[string]int64{}
	}
	e, err := engine.Open(ctx, engine.Config{Data: dir, Seed: key, APIKey: key, Now: st.clock.now})
	if err != nil {
		return nil, nil, err
	}
	st.engine, st.handler = e, e.Handler()
	err = st.all(ctx)
	return st.failures, st.shown, errors.Join(err, e.Close())
}

// budgeted is the bundle with other amounts in its budgets.
func budgeted(b boon.Bundle, amounts map[string]int64) boon.Bundle {
	b.Budgets = slices.Clone(b.Budgets)
	for i := range b.Budgets {
		if minor, ok := amounts[b.Budgets[i].ID]; ok {
			b.Budgets[i].Amount = minor
		}
	}
	return b
}

// beginning is just before the first thing that is given.
func beginning(sc *publish.Scenario) time.Time {
	var longest time.Duration
	for _, o := range sc.Given.Orders {
		longest = max(longest, o.Ago+time.Duration(o.Count-1)*o.Every)
	}
	for _, e := range sc.Given.Events {
		longest = max(longest, e.Ago)
	}
	for _, c := range sc.Given.Contacts {
		longest = max(longest, c.Ago)
	}
	return sc.Now.Add(-longest - time.Minute)
}

func (st *stage) all(ctx context.Context) error {
	if _, err := st.engine.Apply(ctx, st.bundle, "boon test"); err != nil {
		return err
	}
	if err := st.load(ctx); err != nil {
		return err
	}
	if err := st.given(ctx); err != nil {
		return err
	}
	for i := range st.scenario.Steps {
		if err := st.step(ctx, &st.scenario.Steps[i]); err != nil {
			return err
		}
	}
	return nil
}

// load brings the catalogue into the engine.
func (st *stage) load(ctx context.Context) error {
	for _, file := range st.suite.feeds.products {
		if _, err := st.engine.LoadProducts(ctx, file); err != nil {
			return err
		}
	}
	for _, file := range st.suite.feeds.inventory {
		if _, err := st.engine.LoadStock(ctx, file); err != nil {
			return err
		}
	}
	return nil
}

// given lets the past happen, event by event, each at its time.
func (st *stage) given(ctx context.Context) error {
	g := &st.scenario.Given
	if err := st.find(g.Shopper); err != nil {
		return st.fail("given.shopper", err)
	}
	if err := st.shelf(ctx, g.Shelf); err != nil {
		return st.fail("given", err)
	}
	if err := st.identify(ctx, g.Shopper); err != nil {
		return st.fail("given.shopper", err)
	}
	for _, e := range past(st.scenario, st.bundle.Shop.Currency) {
		if err := st.engine.Pass(ctx, st.scenario.Now.Add(-e.Ago), st.clock.set); err != nil {
			return err
		}
		if err := st.as(e.who, func() error { return st.relive(ctx, e) }); err != nil {
			return st.fail(e.path, err)
		}
	}
	if err := st.engine.Pass(ctx, st.scenario.Now, st.clock.set); err != nil {
		return err
	}
	if err := st.shelf(ctx, publish.Shelf{Competitors: g.Shelf.Competitors}); err != nil {
		return st.fail("given.competitors", err)
	}
	return st.limits(ctx, g)
}

// relive lets happen once more what happened.
func (st *stage) relive(ctx context.Context, h happening) error {
	if h.contact.Offer != "" {
		return st.engine.Give(ctx, st.user, h.contact.Offer, h.contact.Placement)
	}
	return st.track(ctx, h.Event)
}

// limits sets what others have taken and what was stopped.
func (st *stage) limits(ctx context.Context, g *publish.Given) error {
	for _, offer := range slices.Sorted(maps.Keys(g.Taken)) {
		if err := st.engine.Take(ctx, offer, g.Taken[offer]); err != nil {
			return st.fail(fmt.Sprintf("given.taken[%q]", offer), err)
		}
	}
	for i, id := range g.Paused {
		body := map[string]any{"reason": "given"}
		if _, ok := st.bundle.Campaign(id); ok {
			body["campaign"] = id
		} else {
			body["offer"] = id
		}
		if err := st.call(ctx, http.MethodPost, "/v1/pauses", body, nil); err != nil {
			return st.fail(fmt.Sprintf("given.paused[%d]", i), err)
		}
	}
	return nil
}

// fail notes that something in the scenario was refused; what is no refusal comes back as an error.
func (st *stage) fail(path string, err error) error {
	var refused *boon.Error
	if !errors.As(err, &refused) {
		return err
	}
	st.note(path, []string{"this happens"}, []string{refused.Detail})
	return nil
}

func (st *stage) note(path string, want, got []string, why ...string) {
	at := st.scenario.Of(path)
	st.failures = append(st.failures, Failure{File: at.File, Line: at.Line, Column: at.Column, Expectation: path, Want: want, Got: got, Why: why})
}

// happening is one event or contact of the past, with its place in the scenario.
type happening struct {
	publish.PastEvent
	contact publish.PastContact
	path    string
	who     string // "": the shopper
}

// as does something as somebody else.
func (st *stage) as(who string, do func() error) error {
	if who == "" {
		return do()
	}
	shopper := st.user
	st.user = who
	defer func() { st.user = shopper }()
	return do()
}

// past lists orders, events and contacts in the order in which they happened.
func past(sc *publish.Scenario, currency boon.Currency) (all []happening) {
	for i, o := range sc.Given.Orders {
		for n := range o.Count {
			id := fmt.Sprintf("past-%d-%d", i+1, n+1)
			cart := o.Cart
			if len(cart.Lines) == 0 {
				cart.Lines = []publish.CartLine{{SKU: id, Quantity: 1, Price: unitOf(o.Total, currency)}}
			}
			e := publish.PastEvent{Ago: o.Ago + time.Duration(n)*o.Every, Event: publish.Event{Name: boon.OrderCompleted, Order: id, Cart: cart}}
			h := happening{PastEvent: e, path: fmt.Sprintf("given.orders[%d]", i)}
			if o.By == "others" {
				h.who = "buyer-of-" + id
			}
			all = append(all, h)
		}
	}
	for i, e := range sc.Given.Events {
		all = append(all, happening{PastEvent: e, path: fmt.Sprintf("given.events[%d]", i)})
	}
	for i, c := range sc.Given.Contacts {
		all = append(all, happening{PastEvent: publish.PastEvent{Ago: c.Ago}, contact: c, path: fmt.Sprintf("given.contacts[%d]", i)})
	}
	slices.SortStableFunc(all, func(a, b happening) int { return int(b.Ago/time.Second - a.Ago/time.Second) })
	return all
}

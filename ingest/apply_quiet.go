package ingest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/consent"
	"boon/contact"
	"boon/internal/zone"
	"boon/trigger"
)

// putOff lets the decision of a trigger that was due at an instant wait for the end of quiet hours, as a timer that holds the request, where nothing can
// reach the shopper now.
func (a *Applier) putOff(ctx context.Context, r boon.Request, due time.Time, mem *trigger.Memory, others []*trigger.Memory) (bool, error) {
	until, err := a.opens(ctx, r)
	if err != nil || until.IsZero() || !a.Rules().Triggers.PutOff(r.Trigger, due, until, mem, others...) {
		return false, err
	}
	if r.Deferred.IsZero() {
		r.Deferred = due
	}
	r.At, r.ID = until, boon.NewID(boon.PrefixDecision, until, r.ID)
	return true, a.keepPutOff(ctx, timer{until, r.Identifiers[0], r.Trigger}, r)
}

// putOffAll puts off what one trigger asks at one instant: all of it, or nothing.
func (a *Applier) putOffAll(ctx context.Context, requests []boon.Request, due time.Time, mem *trigger.Memory, others []*trigger.Memory) (later bool, err error) {
	for _, r := range requests {
		if later, err = a.putOff(ctx, r, due, mem, others); !later || err != nil {
			return later, err
		}
	}
	return later, nil
}

// atOnce is how many requests of one trigger wait for the end of the same night: the latest about each product.
const atOnce = 16

// keepPutOff adds a request to those that a timer holds, in place of an earlier one about the same product.
func (a *Applier) keepPutOff(ctx context.Context, t timer, r boon.Request) error {
	held, err := a.putOffRequests(ctx, t)
	if err != nil {
		return err
	}
	held = append(slices.DeleteFunc(held, func(h boon.Request) bool { return h.SKU == r.SKU }), r)
	body, err := json.Marshal(held[max(0, len(held)-atOnce):])
	if err != nil {
		return fmt.Errorf("encode requests of %s: %w", r.Trigger, err)
	}
	a.keepTimer(t, body)
	return nil
}

// opens is when quiet hours are over that close every channel of the request's trigger; zero: some channel is open, or the trigger does not wait.
func (a *Applier) opens(ctx context.Context, r boon.Request) (until time.Time, err error) {
	rules := a.Rules()
	channels := rules.Deferred[r.Trigger]
	if len(channels) == 0 {
		return until, nil
	}
	where, err := a.zoneOf(ctx, r)
	if err != nil {
		return until, err
	}
	for _, channel := range channels {
		if until = contact.Opens(rules.Quiet, channel, r.At, where); until.IsZero() {
			return until, nil
		}
	}
	return until.UTC(), nil
}

// zoneOf is where the person's days turn, as the decision will have it: where the request comes from, else where they were last seen, else the shop's.
func (a *Applier) zoneOf(ctx context.Context, r boon.Request) (*time.Location, error) {
	profile, err := a.View().Component(ctx, r.Identifiers, false)
	if err != nil {
		return nil, err
	}
	state, err := a.View().merged(ctx, profile.Members)
	if err != nil {
		return nil, err
	}
	return zone.First(r.Context.Timezone, state.Timezone.Value, a.Rules().Shop.Timezone), nil
}

// putOffRequests are what a timer holds that quiet hours made; none for one that waits for an absence.
func (a *Applier) putOffRequests(ctx context.Context, t timer) (held []boon.Request, err error) {
	body, err := a.stored(ctx, timerKey(t.due, t.owner, t.trigger))
	if err != nil || len(body) < 2 {
		return nil, err
	}
	if body[0] == '{' { // of a version that held the last one only
		held = make([]boon.Request, 1)
		err = json.Unmarshal(body, &held[0])
	} else {
		err = json.Unmarshal(body, &held)
	}
	if err != nil {
		return nil, fmt.Errorf("decode requests of %s: %w", t.trigger, err)
	}
	return held, nil
}

// stored is a value as the batch has left it so far.
func (a *Applier) stored(ctx context.Context, key []byte) ([]byte, error) {
	for i := len(a.writes) - 1; i >= 0; i-- {
		if string(a.writes[i].Key) == string(key) {
			return a.writes[i].Value, nil
		}
	}
	return a.Store.Get(ctx, key)
}

// fellAway reports whether nobody is to hear any more of what was waited for.
func (a *Applier) fellAway(ctx context.Context, r boon.Request) (bool, error) {
	if denied, err := a.denied(ctx, r); denied || err != nil {
		return denied, err
	}
	return a.boughtSince(ctx, r)
}

// denied reports whether the person denies analytics by now: then what was noticed of them counts for nothing, orders and returns apart.
func (a *Applier) denied(ctx context.Context, r boon.Request) (bool, error) {
	contract := func(event string) bool { return consent.Contract(boon.Event{Kind: boon.KindTrack, Name: event}) }
	if !slices.ContainsFunc(a.Rules().Triggers.Begins(r.Trigger), func(event string) bool { return !contract(event) }) {
		return false, nil
	}
	profile, err := a.View().Component(ctx, r.Identifiers, false)
	if err != nil {
		return false, err
	}
	choices, err := a.View().choices(ctx, profile.Members)
	if err != nil {
		return false, err
	}
	return !consent.Gate(choices, a.Rules().Shop, r.Context.Country, boon.PurposeAnalytics).OK, nil
}

// boughtSince reports whether the product of a request that was put off was bought meanwhile: then nobody waits for it any more.
func (a *Applier) boughtSince(ctx context.Context, r boon.Request) (bool, error) {
	if r.Deferred.IsZero() || r.SKU == "" {
		return false, nil
	}
	profile, err := a.View().Component(ctx, r.Identifiers, false)
	if err != nil {
		return false, err
	}
	for _, id := range profile.Members {
		for day := dayOf(r.Deferred); day <= dayOf(r.At); day++ {
			at, err := a.stored(ctx, watchKey(day, r.SKU, id, bought))
			if err != nil {
				return false, err
			}
			if len(at) == 8 && int64(binary.BigEndian.Uint64(at)) >= r.Deferred.UnixMilli() {
				return true, nil
			}
		}
	}
	return false, nil
}

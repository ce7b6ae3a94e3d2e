package redeem

import (
	"sync"

	"boon"
	"boon/offer"
)

// Releases is a [Terms] over the releases that were published in this process. Safe for concurrent use; a release never changes.
type Releases struct {
	mu      sync.RWMutex
	current *boon.Release
	offers  map[string]map[string]boon.Offer // release -> offer
	coded   map[string]boon.Offer
	spelling
}

// NewReleases holds one current release.
func NewReleases(current *boon.Release) *Releases {
	r := &Releases{offers: map[string]map[string]boon.Offer{}, spelling: newSpelling()}
	r.Publish(current)
	return r
}

// Add makes a past release known.
func (r *Releases) Add(past *boon.Release) {
	byID := make(map[string]boon.Offer, len(past.Bundle.Offers))
	for _, o := range past.Bundle.Offers {
		byID[o.ID] = resolved(o, &past.Bundle)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.offers[past.ID] = byID
	r.spelling.add(byID)
}

// Publish makes a release the current one; the earlier ones stay known.
func (r *Releases) Publish(current *boon.Release) {
	r.Add(current)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.coded = current, map[string]boon.Offer{}
	r.spelling.publish(r.offers[current.ID])
	for _, o := range r.offers[current.ID] {
		if o.Codes.Mode == "public" {
			r.coded[offer.Normalise(o.Codes.Code)] = o
		}
	}
}

func resolved(o boon.Offer, b *boon.Bundle) boon.Offer {
	o.Budget = funder(o, b)
	return o
}

// funder is the budget that an offer draws on: its own, else its campaign's.
func funder(o boon.Offer, b *boon.Bundle) string {
	if o.Budget == "" {
		c, _ := b.Campaign(o.Campaign)
		return c.Budget
	}
	return o.Budget
}

// Offer implements Terms.
func (r *Releases) Offer(release, id string) (boon.Offer, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if release == "" {
		release = r.current.ID
	}
	o, ok := r.offers[release][id]
	return o, ok
}

// Coded implements Terms.
func (r *Releases) Coded(code string) (boon.Offer, string, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	o, ok := r.coded[code]
	return o, r.current.ID, ok
}

// Bundle implements Terms.
func (r *Releases) Bundle() *boon.Bundle {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return &r.current.Bundle
}

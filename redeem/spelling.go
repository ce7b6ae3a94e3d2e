package redeem

import (
	"strings"

	"boon"
	"boon/offer"
)

// spelling is what the releases say of codes by their text alone. Not safe for concurrent use.
type spelling struct {
	listed   map[string]string      // live code of a pool -> offer
	made     map[offer.Shape]string // of live generated pools -> offer
	shapes   map[offer.Shape]bool   // of every release
	plain    map[string]bool        // public and listed codes of every release
	imports  bool                   // a live pool is imported
	imported bool                   // a pool of any release was
}

func newSpelling() spelling {
	return spelling{shapes: map[offer.Shape]bool{offer.OwnShape: true}, plain: map[string]bool{}}
}

// add makes the codes of a release's offers known.
func (s *spelling) add(offers map[string]boon.Offer) {
	for _, o := range offers {
		s.imported = s.imported || o.Codes.Imported
		if o.Codes.Generate.Count > 0 {
			s.shapes[offer.ShapeOf(o.Codes.Generate)] = true
		}
		if o.Codes.Code != "" {
			s.plain[offer.Normalise(o.Codes.Code)] = true
		}
		for _, code := range o.Codes.Pool {
			s.plain[offer.Normalise(code)] = true
		}
	}
}

// publish makes these offers the live ones.
func (s *spelling) publish(offers map[string]boon.Offer) {
	s.listed, s.made, s.imports = map[string]string{}, map[offer.Shape]string{}, false
	for id, o := range offers {
		s.imports = s.imports || o.Codes.Imported
		if o.Codes.Generate.Count > 0 {
			s.made[offer.ShapeOf(o.Codes.Generate)] = id
		}
		for _, code := range o.Codes.Pool {
			s.listed[offer.Normalise(code)] = id
		}
	}
}

// pooled is the live offer whose listed codes have this one, or whose generated codes are spelt like it.
func (s *spelling) pooled(code string) (string, bool) {
	if id, ok := s.listed[code]; ok {
		return id, true
	}
	for shape, id := range s.made {
		if shape.Spelt(code) {
			return id, true
		}
	}
	return "", false
}

// mistyped says that a code has a form that Boon makes, no check character of one, and comes from nowhere else.
func (s *spelling) mistyped(code string) bool {
	if s.imported || s.plain[code] || strings.TrimSpace(code) == "" {
		return false
	}
	fits := false
	for shape := range s.shapes {
		if shape.Spelt(code) {
			return false
		}
		fits = fits || shape.Fits(code)
	}
	return fits
}

// Pooled implements Terms.
func (r *Releases) Pooled(code string) (string, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.spelling.pooled(code)
}

// Mistyped implements Terms.
func (r *Releases) Mistyped(code string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.spelling.mistyped(code)
}

// Imports implements Terms.
func (r *Releases) Imports() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.spelling.imports
}

// Live implements Terms.
func (r *Releases) Live(id string) (boon.Offer, string, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	o, found := r.offers[r.current.ID][id]
	return o, r.current.ID, found
}

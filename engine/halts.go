package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"boon"
	"boon/catalog"
	"boon/publish"
)

// unknown says what a bundle may have been meant to have, where it has nothing to pause of a name.
func unknown(err error, h boon.Halt, b *boon.Bundle) error {
	var refused *boon.Error
	if !errors.As(err, &refused) || refused.Reason != boon.ReasonNotFound {
		return err
	}
	return &boon.Error{Reason: refused.Reason, Field: string(h.Kind), Detail: refused.Detail + publish.Suggestion(h.ID, pausable(b, h.Kind))}
}

// pausable are the names of a kind that a bundle has.
func pausable(b *boon.Bundle, kind boon.PauseKind) (names []string) {
	switch kind {
	case boon.PauseOffer:
		for _, o := range b.Offers {
			names = append(names, o.ID)
		}
	case boon.PauseCampaign:
		for _, c := range b.Campaigns {
			names = append(names, c.ID)
		}
	case boon.PauseChannel:
		for _, p := range b.Placements {
			names = append(names, p.Channel)
		}
	}
	return names
}

// Untouched implements api.Pauses.
func (s stops) Untouched(ctx context.Context, h boon.Halt) string {
	if h.Kind != boon.PauseCategory {
		return ""
	}
	names, err := s.e.categories(ctx, h.ID)
	switch {
	case err != nil:
		return "it is not known whether anything is in the category: " + err.Error()
	case slices.ContainsFunc(names, func(c string) bool { return boon.InCategory(c, h.ID) }):
		return ""
	}
	return fmt.Sprintf("no offer names category %q and no product of the catalogue is in it: only carts whose own lines name it are stopped%s", h.ID, publish.Suggestion(h.ID, names))
}

// categories are the paths that offers name and products are in, and those above them, until one lies in what is wanted.
func (e *Engine) categories(ctx context.Context, wanted string) ([]string, error) {
	all := map[string]bool{}
	add := func(path string) (more bool) {
		for at := len(path); at > 0 && !all[path[:at]]; at = strings.LastIndexByte(path[:at], '/') {
			all[path[:at]] = true
		}
		return !boon.InCategory(path, wanted)
	}
	more := true
	for _, o := range e.terms.Bundle().Offers {
		for _, c := range o.Scope.Categories {
			more = add(c) && more
		}
	}
	if !more {
		return slices.Collect(maps.Keys(all)), nil
	}
	var broken error
	err := e.store.Scan(ctx, []byte{keyProduct}, nil, func(_, value []byte) bool {
		var p boon.Product
		p, broken = catalog.DecodeProduct(value)
		return broken == nil && add(p.Category)
	})
	return slices.Sorted(maps.Keys(all)), errors.Join(err, broken)
}

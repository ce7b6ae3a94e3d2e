package ingest

import (
	"context"
	"fmt"

	"boon"
	"boon/identity"
)

// CountProfiles counts the components of the identity graph: the identifiers that name their own.
func CountProfiles(ctx context.Context, store Store) (int64, error) {
	var n int64
	var failed error
	err := store.Scan(ctx, []byte{keyPerson}, nil, func(_, value []byte) bool {
		var p *Person
		if p, failed = DecodePerson(value); failed != nil {
			return false
		}
		if len(p.Node.Edges) == 0 {
			n++
			return true
		}
		var c identity.Profile
		if c, failed = Committed(store, nil, nil).Component(ctx, []boon.Identifier{p.Node.ID}, false); failed != nil {
			return false
		}
		if c.Root == p.Node.ID {
			n++
		}
		return true
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return 0, fmt.Errorf("count profiles: %w", err)
	}
	return n, nil
}

package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"sync"

	"boon"
	"boon/internal/sketch"
	"boon/redeem"
	"boon/redeem/batch"

	"github.com/maypok86/otter/v2"
)

// wallets keeps the grants of identifiers that were read or written of late. This process alone writes the database, so what a commit changes is
// dropped before the commit is answered; what was read before a commit is not kept after it.
type wallets struct {
	mu      sync.Mutex
	commits uint64
	known   *otter.Cache[boon.Identifier, []boon.Grant]
	owners  *sketch.Filter // of everybody who ever had a grant: most who ask never had one
}

const (
	walletsKept = 100_000
	ownersBytes = 8 << 20 // ten bits for each of 6.7 million owners; beyond that more are looked up, nothing else changes
)

func newWallets() *wallets {
	return &wallets{owners: sketch.NewFilter(ownersBytes), known: otter.Must(&otter.Options[boon.Identifier, []boon.Grant]{MaximumSize: walletsKept})}
}

func (w *wallets) seen() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.commits
}

func (w *wallets) keep(owner boon.Identifier, grants []boon.Grant, seen uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.commits == seen {
		w.known.Set(owner, grants)
	}
}

// own notes whose grants a commit is about to change.
func (w *wallets) own(changed []batch.Row[boon.Grant]) {
	for i := range changed {
		w.owners.Add(changed[i].Value.Owner.Hash)
	}
}

// drop forgets whose grants a commit changed.
func (w *wallets) drop(changed []batch.Row[boon.Grant]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commits++
	for i := range changed {
		w.known.Invalidate(changed[i].Value.Owner)
	}
}

// loadOwners notes who had a grant before; commits note who gets one meanwhile. Until it is through, and after an error, everybody is looked up.
func (db *DB) loadOwners(ctx context.Context) error {
	err := db.read(ctx, func(c *conn) error {
		return c.each("SELECT DISTINCT owner FROM grants", nil, func(rows *sql.Rows) error {
			var owner sql.RawBytes
			if err := rows.Scan(&owner); err != nil {
				return err
			}
			if len(owner) == 1+len(boon.Identifier{}.Hash) {
				db.wallets.owners.Add([16]byte(owner[1:]))
			}
			return ctx.Err()
		})
	})
	if err == nil {
		db.wallets.owners.Complete()
	}
	return err
}

// Owned lists the grants of some identifiers, the oldest first, as committed. The grants must not be changed.
func (db *DB) Owned(ctx context.Context, owners []boon.Identifier) (all []boon.Grant, err error) {
	for i, owner := range owners {
		if slices.Contains(owners[:i], owner) {
			continue
		}
		grants, err := db.ownedBy(ctx, owner)
		if err != nil {
			return nil, err
		}
		all = append(all, grants...)
	}
	if len(owners) > 1 {
		slices.SortFunc(all, func(a, b boon.Grant) int { return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	}
	return all, nil
}

func (db *DB) ownedBy(ctx context.Context, owner boon.Identifier) (grants []boon.Grant, err error) {
	if db.wallets.owners.IsNew(owner.Hash) {
		return nil, nil
	}
	if grants, ok := db.wallets.known.GetIfPresent(owner); ok {
		return grants, nil
	}
	seen := db.wallets.seen()
	err = db.View(ctx, func(tx redeem.Tx) error {
		grants, err = tx.Owned([]boon.Identifier{owner})
		return err
	})
	if err == nil {
		db.wallets.keep(owner, grants, seen)
	}
	return grants, err
}

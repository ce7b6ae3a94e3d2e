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
// changed here before the commit is answered; what was read before a commit is not kept after it.
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

// own notes whose grants a commit is about to change, and gives those who had none so far.
func (w *wallets) own(changed []batch.Row[boon.Grant]) (fresh map[boon.Identifier]bool) {
	fresh = map[boon.Identifier]bool{}
	for i := range changed {
		if owner := changed[i].Value.Owner; w.owners.IsNew(owner.Hash) {
			fresh[owner] = true
		}
	}
	for i := range changed {
		w.owners.Add(changed[i].Value.Owner.Hash)
	}
	return fresh
}

// follow changes what is at hand as a commit did. Who had no grant before has these alone.
func (w *wallets) follow(changed []batch.Row[boon.Grant], fresh map[boon.Identifier]bool) {
	if len(changed) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commits++
	for i := range changed {
		g, err := batch.DecodeGrant(batch.EncodeGrant(changed[i].Value)) // as it would be read
		if err != nil {
			w.known.Invalidate(changed[i].Value.Owner)
		} else if held, ok := w.known.GetIfPresent(g.Owner); ok || fresh[g.Owner] {
			w.known.Set(g.Owner, with(held, g))
		}
	}
}

// with is a copy of the grants with one of them changed, or added.
func with(held []boon.Grant, g boon.Grant) []boon.Grant {
	if at := slices.IndexFunc(held, func(h boon.Grant) bool { return h.ID == g.ID }); at >= 0 {
		held = slices.Clone(held)
		held[at] = g
		return held
	}
	at, _ := slices.BinarySearchFunc(held, g, older)
	return slices.Concat(held[:at], []boon.Grant{g}, held[at:])
}

func older(a, b boon.Grant) int {
	return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID))
}

// drop forgets whose grants a commit would have changed: whether it is in force is not known.
func (w *wallets) drop(changed []batch.Row[boon.Grant]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commits++
	for i := range changed {
		w.known.Invalidate(changed[i].Value.Owner)
	}
}

// split takes the owners whose grants are at hand out of those that are wanted.
func (w *wallets) split(owners []boon.Identifier) (rest []boon.Identifier, grants []boon.Grant) {
	for _, owner := range owners {
		if held, ok := w.hand(owner); ok {
			grants = append(grants, held...)
		} else {
			rest = append(rest, owner)
		}
	}
	return rest, grants
}

// hand gives the grants of an owner, if they are at hand.
func (w *wallets) hand(owner boon.Identifier) (grants []boon.Grant, ok bool) {
	if w.owners.IsNew(owner.Hash) {
		return nil, true
	}
	return w.known.GetIfPresent(owner)
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
		slices.SortFunc(all, older)
	}
	return all, nil
}

func (db *DB) ownedBy(ctx context.Context, owner boon.Identifier) (grants []boon.Grant, err error) {
	if grants, ok := db.wallets.hand(owner); ok {
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

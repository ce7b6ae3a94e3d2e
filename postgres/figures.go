package postgres

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

// Verify recomputes the books from the journal, in one snapshot. caps are the total caps by offer; an offer that is absent has none.
func (db *DB) Verify(ctx context.Context, caps map[string]int64) ([]ledger.Finding, error) {
	r, err := db.Report(ctx, caps, journal.Heads{})
	return r.Findings, err
}

// Report recomputes the books as [DB.Verify] does, follows both chains, compares them with heads that were noted earlier, and says what it looked at.
func (db *DB) Report(ctx context.Context, caps map[string]int64, noted journal.Heads) (r journal.Report, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		b := ledger.Books{Grants: all(ctx, tx, grantsAfter), Redemptions: all(ctx, tx, redemptionsAfter), Places: map[string]int64{}, Caps: caps,
			Recorded: map[string]int64{}}
		if b.Balances, err = balances(ctx, tx); err != nil {
			return err
		}
		if err := counters(ctx, tx, "places/", func(offer string, n int64) { b.Places[offer] = n }); err != nil {
			return err
		}
		for _, head := range ledger.Recorded {
			if err := counters(ctx, tx, head, func(key string, n int64) { b.Recorded[head+key] = n }); err != nil {
				return err
			}
		}
		r, err = journal.Inspect(b, all(ctx, tx, entriesAfter(journal.Query{})), chainedActs(ctx, tx), noted)
		return err
	})
	return r, wrap("verify ledger", err)
}

// Journal reads all entries, in order. It is for exports and tests of moderate size; [DB.Entries] reads page by page.
func (db *DB) Journal(ctx context.Context) (list []boon.Entry, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		for e, err := range all(ctx, tx, entriesAfter(journal.Query{})) {
			if err != nil {
				return err
			}
			list = append(list, e.Entry)
		}
		return nil
	})
	return list, wrap("read journal", err)
}

// Entries reads the journal in its order, max entries a page; the first page is after 0.
func (db *DB) Entries(ctx context.Context, after int64, max int) (p boon.Page[boon.Entry], err error) {
	found, err := db.EntriesOf(ctx, journal.Query{After: after, Limit: max})
	for _, e := range found.Entries {
		p.Items = append(p.Items, e.Entry)
	}
	p.After = found.After
	return p, err
}

// EntriesOf reads the journal in its order, a page of what a query asks for.
func (db *DB) EntriesOf(ctx context.Context, q journal.Query) (p journal.Page, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT entries FROM clock").Scan(&p.Last); err != nil {
			return err
		}
		found, err := entriesAfter(q)(ctx, tx, q.After, q.Limit)
		p.Entries, p.After = found.Items, found.After
		return err
	})
	return p, wrap("read entries", err)
}

// CountEntries counts the journal's entries.
func (db *DB) CountEntries(ctx context.Context) (n int64, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error { return tx.QueryRow(ctx, "SELECT count(*) FROM entries").Scan(&n) })
	return n, wrap("count entries", err)
}

// Balances reads every account that does not stand at zero, by budget, currency and kind.
func (db *DB) Balances(ctx context.Context) (list []ledger.Balance, err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		list, err = balances(ctx, tx)
		return err
	})
	return list, wrap("read balances", err)
}

func balances(ctx context.Context, tx pgx.Tx) (list []ledger.Balance, err error) {
	rows, err := tx.Query(ctx, `SELECT budget, currency, kind, minor FROM balances WHERE minor <> 0 ORDER BY budget COLLATE "C", currency COLLATE "C", kind COLLATE "C"`)
	if err != nil {
		return nil, err
	}
	return list, eachBalance(rows, func(x ledger.Balance) { list = append(list, x) })
}

// GrantCounts reads the counts, which are kept up to date with every entry.
func (db *DB) GrantCounts(ctx context.Context) (ledger.Counts, error) {
	counts := ledger.Counts{State: map[boon.GrantState]int64{}, Transition: map[ledger.Transition]int64{}}
	err := db.read(ctx, func(tx pgx.Tx) error {
		if err := counters(ctx, tx, "state/", func(key string, n int64) { counts.State[boon.GrantState(key)] = n }); err != nil {
			return err
		}
		return counters(ctx, tx, "transition/", func(key string, n int64) { counts.Transition[ledger.Transition(key)] = n })
	})
	return counts, wrap("count grants", err)
}

// counters calls fn for every counter whose key begins with prefix, without it.
func counters(ctx context.Context, tx pgx.Tx, prefix string, fn func(key string, n int64)) error {
	rows, err := tx.Query(ctx, "SELECT key, n FROM counters WHERE starts_with(key, $1)", prefix)
	if err != nil {
		return err
	}
	var key string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&key, &n}, func() error {
		fn(strings.TrimPrefix(key, prefix), n)
		return nil
	})
	return err
}

const pageSize = 1000

// after reads a page of a list.
type after[T any] func(ctx context.Context, tx pgx.Tx, after int64, max int) (boon.Page[T], error)

// all reads page after page. A caller that stops early stops the reading.
func all[T any](ctx context.Context, tx pgx.Tx, read after[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := int64(0); ; {
			p, err := read(ctx, tx, after, pageSize)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if after = p.After; after == 0 {
				return
			}
		}
	}
}

func page[T any](ctx context.Context, tx pgx.Tx, max int, scan func(pgx.CollectableRow) (int64, T, error), query string, args ...any) (p boon.Page[T], err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return p, err
	}
	p.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (item T, err error) {
		p.After, item, err = scan(row)
		return item, err
	})
	if len(p.Items) < max {
		p.After = 0
	}
	return p, err
}

func entriesAfter(q journal.Query) after[journal.Entry] {
	return func(ctx context.Context, tx pgx.Tx, after int64, max int) (boon.Page[journal.Entry], error) {
		return page(ctx, tx, max, scanEntry, `SELECT seq, id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash FROM entries
			WHERE seq > $1 AND ($3 = '' OR budget = $3) AND ($4 = '' OR grant_id = $4) AND ($5 = '' OR order_id = $5) ORDER BY seq LIMIT $2`,
			after, max, q.Budget, q.Grant, q.Order)
	}
}

func scanEntry(row pgx.CollectableRow) (seq int64, e journal.Entry, err error) {
	var at int64
	var adjusts *int64
	var budget, currency, postings string
	var hash []byte
	if err = row.Scan(&e.Seq, &e.ID, &at, &e.Transition, &e.Grant, &e.OrderID, &budget, &currency, &postings, &adjusts, &hash); err != nil {
		return seq, e, err
	}
	e.At = instant(at)
	if adjusts != nil {
		e.Adjusts = instant(*adjusts)
	}
	copy(e.Hash[:], hash)
	e.Postings, err = batch.ParsePostings(postings, budget, boon.Currency(currency))
	return e.Seq, e, err
}

func grantsAfter(ctx context.Context, tx pgx.Tx, after int64, max int) (boon.Page[boon.Grant], error) {
	return page(ctx, tx, max, func(row pgx.CollectableRow) (seq int64, g boon.Grant, err error) {
		var body []byte
		if err = row.Scan(&seq, &body); err == nil {
			g, err = batch.DecodeGrant(body)
		}
		return seq, g, err
	}, "SELECT seq, body FROM grants WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
}

func redemptionsAfter(ctx context.Context, tx pgx.Tx, after int64, max int) (boon.Page[boon.Redemption], error) {
	return page(ctx, tx, max, func(row pgx.CollectableRow) (seq int64, r boon.Redemption, err error) {
		var body []byte
		if err = row.Scan(&seq, &body); err == nil {
			err = json.Unmarshal(body, &r)
		}
		return seq, r, err
	}, "SELECT seq, body FROM redemptions WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
}

// Grants reads all grants in the order they were stored, max a page.
func (db *DB) Grants(ctx context.Context, after int64, max int) (boon.Page[boon.Grant], error) {
	return listed(ctx, db, grantsAfter, after, max)
}

// Redemptions reads all redemptions in the order they were stored, max a page.
func (db *DB) Redemptions(ctx context.Context, after int64, max int) (boon.Page[boon.Redemption], error) {
	return listed(ctx, db, redemptionsAfter, after, max)
}

func listed[T any](ctx context.Context, db *DB, read after[T], after int64, max int) (p boon.Page[T], err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		p, err = read(ctx, tx, after, max)
		return err
	})
	return p, wrap("read list", err)
}

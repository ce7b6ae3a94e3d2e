package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

// GrantCounts reads the counts, which are kept up to date with every entry.
func (db *DB) GrantCounts(ctx context.Context) (ledger.Counts, error) {
	counts := ledger.Counts{State: map[boon.GrantState]int64{}, Transition: map[ledger.Transition]int64{}}
	err := db.read(ctx, func(c *conn) error {
		err := c.counters("state/", func(key string, n int64) { counts.State[boon.GrantState(key)] = n })
		if err != nil {
			return err
		}
		return c.counters("transition/", func(key string, n int64) { counts.Transition[ledger.Transition(key)] = n })
	})
	return counts, wrap("count grants", err)
}

// counters calls fn for every counter whose key begins with prefix, without it; prefix ends in "/", whose successor is "0".
func (c *conn) counters(prefix string, fn func(key string, n int64)) error {
	end := strings.TrimSuffix(prefix, "/") + "0"
	return c.each("SELECT key, n FROM counters WHERE key >= ? AND key < ? ORDER BY key", []any{prefix, end}, func(rows *sql.Rows) error {
		var key string
		var n int64
		err := rows.Scan(&key, &n)
		fn(strings.TrimPrefix(key, prefix), n)
		return err
	})
}

// Balances reads every account that does not stand at zero, by budget, currency and kind.
func (db *DB) Balances(ctx context.Context) (all []ledger.Balance, err error) {
	err = db.read(ctx, func(c *conn) (err error) {
		all, err = c.balances()
		return err
	})
	return all, wrap("read balances", err)
}

func (c *conn) balances() (all []ledger.Balance, err error) {
	err = c.each("SELECT budget, currency, kind, minor FROM balances WHERE minor <> 0 ORDER BY budget, currency, kind", nil, func(rows *sql.Rows) error {
		var b ledger.Balance
		err := rows.Scan(&b.Account.Budget, &b.Account.Currency, &b.Account.Kind, &b.Minor)
		all = append(all, b)
		return err
	})
	return all, err
}

// Entries reads the journal in its order, max entries a page; the first page is after 0.
func (db *DB) Entries(ctx context.Context, after int64, max int) (p boon.Page[boon.Entry], err error) {
	err = db.read(ctx, func(c *conn) (err error) {
		p, err = c.entries(after, max)
		return err
	})
	return p, wrap("read entries", err)
}

func (c *conn) entries(after int64, max int) (p boon.Page[boon.Entry], err error) {
	return page(c, "SELECT "+entryFields+" FROM entries WHERE seq > ? ORDER BY seq LIMIT ?", after, max, scanEntry)
}

// placed reads entries with their places and links.
func (c *conn) placed(after int64, max int) (boon.Page[journal.Entry], error) {
	return page(c, "SELECT "+entryFields+" FROM entries WHERE seq > ? ORDER BY seq LIMIT ?", after, max, scanPlaced)
}

const entryFields = "seq, id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash"

func scanEntry(rows *sql.Rows) (seq int64, e boon.Entry, err error) {
	seq, placed, err := scanPlaced(rows)
	return seq, placed.Entry, err
}

func scanPlaced(rows *sql.Rows) (seq int64, e journal.Entry, err error) {
	var at int64
	var adjusts sql.NullInt64
	var budget, postings string
	var currency boon.Currency
	var hash sql.RawBytes
	if err = rows.Scan(&e.Seq, &e.ID, &at, &e.Transition, &e.Grant, &e.OrderID, &budget, &currency, &postings, &adjusts, &hash); err != nil {
		return seq, e, err
	}
	e.At = instant(at)
	if adjusts.Valid {
		e.Adjusts = instant(adjusts.Int64)
	}
	copy(e.Hash[:], hash)
	e.Postings, err = batch.ParsePostings(postings, budget, currency)
	return e.Seq, e, err
}

// Grants reads all grants in the order they were stored, max a page.
func (db *DB) Grants(ctx context.Context, after int64, max int) (p boon.Page[boon.Grant], err error) {
	err = db.read(ctx, func(c *conn) (err error) {
		p, err = c.allGrants(after, max)
		return err
	})
	return p, wrap("read grants", err)
}

func (c *conn) allGrants(after int64, max int) (boon.Page[boon.Grant], error) {
	return page(c, "SELECT seq, body FROM grants WHERE seq > ? ORDER BY seq LIMIT ?", after, max, func(rows *sql.Rows) (seq int64, g boon.Grant, err error) {
		var body sql.RawBytes
		if err = rows.Scan(&seq, &body); err == nil {
			g, err = batch.DecodeGrant(body)
		}
		return seq, g, err
	})
}

// Redemptions reads all redemptions in the order they were stored, max a page.
func (db *DB) Redemptions(ctx context.Context, after int64, max int) (p boon.Page[boon.Redemption], err error) {
	err = db.read(ctx, func(c *conn) (err error) {
		p, err = c.allRedemptions(after, max)
		return err
	})
	return p, wrap("read redemptions", err)
}

func page[T any](c *conn, query string, after int64, max int, scan func(*sql.Rows) (int64, T, error), more ...any) (p boon.Page[T], err error) {
	err = c.each(query, append([]any{after, max}, more...), func(rows *sql.Rows) error {
		seq, item, err := scan(rows)
		p.Items = append(p.Items, item)
		p.After = seq
		return err
	})
	if len(p.Items) < max {
		p.After = 0
	}
	return p, err
}

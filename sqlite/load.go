package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"boon"
	"boon/ledger"
	"boon/redeem"
	"boon/redeem/batch"
)

// rows implements batch.Reader on a connection that is inside a transaction.
type rows struct{ c *conn }

// Load implements batch.Reader. What is wanted is one row at a time, mostly.
func (r rows) Load(w batch.Want) (found batch.Rows, err error) {
	for _, load := range []func(batch.Want, *batch.Rows) error{r.wallet, r.hot, r.orders, r.notices, r.rulings} {
		if err = load(w, &found); err != nil {
			return found, unavailable(err)
		}
	}
	return found, nil
}

func (r rows) wallet(w batch.Want, found *batch.Rows) error {
	for _, id := range w.Grants {
		if err := r.c.grants(&found.Grants, "SELECT body FROM grants WHERE id = ?", id); err != nil {
			return err
		}
	}
	for _, owner := range w.Owners {
		if err := r.c.grants(&found.Grants, "SELECT body FROM grants WHERE owner = ?", batch.OwnerKey(owner)); err != nil {
			return err
		}
	}
	for _, code := range w.Codes {
		before := len(found.Grants)
		if err := r.c.grants(&found.Grants, "SELECT body FROM grants WHERE code = ? ORDER BY seq LIMIT 1", code); err != nil {
			return err
		}
		for _, g := range found.Grants[before:] {
			found.Coded = append(found.Coded, batch.Coded{Code: code, Grant: g.ID})
		}
	}
	return nil
}

func (r rows) hot(w batch.Want, found *batch.Rows) error {
	for _, key := range w.Counters {
		n := batch.Count{Key: key}
		there, err := r.c.one("SELECT n FROM counters WHERE key = ?", []any{key}, &n.N)
		if err != nil {
			return err
		}
		if there {
			found.Counters = append(found.Counters, n)
		}
	}
	for _, a := range w.Accounts {
		b := ledger.Balance{Account: a}
		there, err := r.c.one("SELECT minor FROM balances WHERE budget = ? AND currency = ? AND kind = ?",
			[]any{a.Budget, string(a.Currency), string(a.Kind)}, &b.Minor)
		if err != nil {
			return err
		}
		if there {
			found.Balances = append(found.Balances, b)
		}
	}
	return nil
}

func (r rows) orders(w batch.Want, found *batch.Rows) error {
	return errors.Join(
		documentsOf(r.c, &found.Reservations, "SELECT body FROM reservations WHERE id = ?", w.Reservations),
		documentsOf(r.c, &found.Reservations, "SELECT body FROM reservations WHERE grant_id = ? AND gone = 0", w.Held),
		documentsOf(r.c, &found.Redemptions, "SELECT body FROM redemptions WHERE id = ?", w.Redemptions),
		documentsOf(r.c, &found.Redemptions, "SELECT body FROM redemptions WHERE order_id = ?", w.Orders))
}

func documentsOf[T any](c *conn, all *[]T, query string, keys []string) error {
	for _, key := range keys {
		if err := documents(c, all, query, key); err != nil {
			return err
		}
	}
	return nil
}

func (r rows) notices(w batch.Want, found *batch.Rows) error {
	for _, key := range w.Answers {
		a, there, err := r.c.answer(key)
		if err != nil {
			return err
		}
		if there {
			found.Answers = append(found.Answers, a)
		}
	}
	if w.Paused {
		if err := documents(r.c, &found.Paused, "SELECT body FROM pauses"); err != nil {
			return err
		}
	}
	for _, partition := range w.Marks {
		var at int64
		there, err := r.c.one("SELECT position FROM marks WHERE partition = ?", []any{int64(partition)}, &at)
		if err != nil {
			return err
		}
		if there {
			found.Marks = append(found.Marks, batch.Mark{Partition: partition, At: boon.Position(at)})
		}
	}
	for _, order := range w.Late {
		err := r.c.each("SELECT id, body FROM late WHERE order_id = ? ORDER BY seq", []any{order}, func(rows *sql.Rows) error {
			e := batch.Late{Order: order}
			err := rows.Scan(&e.ID, &e.Body)
			found.Late = append(found.Late, e)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r rows) rulings(w batch.Want, found *batch.Rows) error {
	if err := documentsOf(r.c, &found.Rulings, "SELECT body FROM rulings WHERE kind || '/' || id = ?", w.Rulings); err != nil || w.OpenRulings == "" {
		return err
	}
	return documents(r.c, &found.Rulings, "SELECT body FROM rulings WHERE kind = ? AND open = 1", w.OpenRulings)
}

// DueGrants implements redeem.Deadlines.
func (r rows) DueGrants(now time.Time, max int) (due []boon.Grant, err error) {
	err = r.c.grants(&due, "SELECT body FROM grants WHERE state <= 2 AND expires IS NOT NULL AND expires <= ? ORDER BY expires, id LIMIT ?",
		now.UnixNano(), max)
	return due, wrap("read due grants", err)
}

// DueReservations implements redeem.Deadlines.
func (r rows) DueReservations(now time.Time, max int) (due []boon.Reservation, err error) {
	err = documents(r.c, &due, "SELECT body FROM reservations WHERE gone = 0 AND expires <= ? ORDER BY expires, id LIMIT ?", now.UnixNano(), max)
	return due, wrap("read due reservations", err)
}

// DueRedemptions implements redeem.Deadlines.
func (r rows) DueRedemptions(now time.Time, max int) (due []boon.Redemption, err error) {
	err = documents(r.c, &due, "SELECT body FROM redemptions WHERE lapses <= ? ORDER BY lapses, id LIMIT ?", now.UnixNano(), max)
	return due, wrap("read due redemptions", err)
}

func (c *conn) grants(all *[]boon.Grant, query string, args ...any) error {
	return c.each(query, args, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		g, err := batch.DecodeGrant(body)
		*all = append(*all, g)
		return err
	})
}

func documents[T any](c *conn, all *[]T, query string, args ...any) error {
	return c.each(query, args, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var one T
		if err := json.Unmarshal(body, &one); err != nil {
			return err
		}
		*all = append(*all, one)
		return nil
	})
}

func (c *conn) answer(key string) (redeem.Answer, bool, error) {
	a := redeem.Answer{Key: key}
	var digest []byte
	var at int64
	found, err := c.one("SELECT digest, at, refusal, detail, field, body FROM answers WHERE key = ?", []any{key},
		&digest, &at, &a.Refusal, &a.Detail, &a.Field, &a.Body)
	copy(a.Digest[:], digest)
	a.At = instant(at)
	return a, found, err
}

func instant(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

func nanosOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixNano()
}

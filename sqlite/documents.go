package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"boon"
	"boon/redeem"
)

func (c *conn) document(into any, query string, args ...any) (bool, error) {
	var body []byte
	found, err := c.one(query, args, &body)
	if err != nil || !found {
		return false, wrap("read document", err)
	}
	return true, wrap("decode document", json.Unmarshal(body, into))
}

func documents[T any](c *conn, query string, args ...any) (all []T, err error) {
	err = c.each(query, args, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var one T
		if err := json.Unmarshal(body, &one); err != nil {
			return err
		}
		all = append(all, one)
		return nil
	})
	return all, wrap("read documents", err)
}

func (t *tx) put(document any, query string, args ...any) (int64, error) {
	body, err := json.Marshal(document)
	if err != nil {
		return 0, fmt.Errorf("encode document: %w", err)
	}
	n, err := t.write(query, append([]any{string(body)}, args...)...)
	return n, wrap("write document", err)
}

// Reservation implements redeem.Reservations.
func (t *tx) Reservation(id string) (r boon.Reservation, found bool, err error) {
	found, err = t.c.document(&r, "SELECT body FROM reservations WHERE id = ?", id)
	return r, found, err
}

// Holding implements redeem.Reservations.
func (t *tx) Holding(grant string) (r boon.Reservation, found bool, err error) {
	found, err = t.c.document(&r, "SELECT body FROM reservations WHERE grant_id = ? AND gone = 0", grant)
	return r, found, err
}

// PutReservation implements redeem.Reservations.
func (t *tx) PutReservation(r boon.Reservation) error {
	_, err := t.put(r, `INSERT INTO reservations (body, id, grant_id, expires, gone) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, expires = excluded.expires, gone = excluded.gone`,
		r.ID, r.Grant, r.ExpiresAt.UnixNano(), r.Gone)
	return err
}

// DueReservations implements redeem.Deadlines.
func (t *tx) DueReservations(now time.Time, max int) ([]boon.Reservation, error) {
	return documents[boon.Reservation](t.c, "SELECT body FROM reservations WHERE gone = 0 AND expires <= ? ORDER BY expires, id LIMIT ?", now.UnixNano(), max)
}

// Redemption implements redeem.Redemptions.
func (t *tx) Redemption(id string) (r boon.Redemption, found bool, err error) {
	found, err = t.c.document(&r, "SELECT body FROM redemptions WHERE id = ?", id)
	return r, found, err
}

// OfOrder implements redeem.Redemptions.
func (t *tx) OfOrder(order string) ([]boon.Redemption, error) {
	return documents[boon.Redemption](t.c, "SELECT body FROM redemptions WHERE order_id = ? ORDER BY id", order)
}

// AddRedemption implements redeem.Redemptions.
func (t *tx) AddRedemption(r boon.Redemption) (bool, error) {
	n, err := t.put(r, "INSERT INTO redemptions (body, id, grant_id, order_id) VALUES (?, ?, ?, ?) ON CONFLICT (order_id, grant_id) DO NOTHING",
		r.ID, r.Grant, r.OrderID)
	return n == 1, err
}

// ChangeRedemption implements redeem.Redemptions.
func (t *tx) ChangeRedemption(r boon.Redemption) error {
	_, err := t.put(r, "UPDATE redemptions SET body = ? WHERE id = ?", r.ID)
	return err
}

// AddReversal implements redeem.Redemptions.
func (t *tx) AddReversal(v boon.Reversal) error {
	_, err := t.put(v, "INSERT INTO reversals (body, id, redemption_id) VALUES (?, ?, ?)", v.ID, v.Redemption)
	return err
}

// Answer implements redeem.Answers.
func (t *tx) Answer(key string) (redeem.Answer, bool, error) {
	a := redeem.Answer{Key: key}
	var digest []byte
	var at int64
	found, err := t.c.one("SELECT digest, at, refusal, detail, field, body FROM answers WHERE key = ?", []any{key},
		&digest, &at, &a.Refusal, &a.Detail, &a.Field, &a.Body)
	copy(a.Digest[:], digest)
	a.At = instant(at)
	return a, found, wrap("read answer", err)
}

// PutAnswer implements redeem.Answers.
func (t *tx) PutAnswer(a redeem.Answer) error {
	_, err := t.write("INSERT INTO answers (key, digest, at, refusal, detail, field, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		a.Key, a.Digest[:], a.At.UnixNano(), string(a.Refusal), a.Detail, a.Field, a.Body)
	return wrap("write answer", err)
}

// ForgetAnswers implements redeem.Answers.
func (t *tx) ForgetAnswers(before time.Time) error {
	_, err := t.write("DELETE FROM answers WHERE at < ?", before.UnixNano())
	return wrap("forget answers", err)
}

// Mark implements redeem.Marks.
func (t *tx) Mark(partition uint32) (at boon.Position, err error) {
	var n int64
	_, err = t.c.one("SELECT position FROM marks WHERE partition = ?", []any{int64(partition)}, &n)
	return boon.Position(n), wrap("read mark", err)
}

// SetMark implements redeem.Marks.
func (t *tx) SetMark(partition uint32, at boon.Position) error {
	_, err := t.write("INSERT INTO marks (partition, position) VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET position = excluded.position",
		int64(partition), int64(at))
	return wrap("write mark", err)
}

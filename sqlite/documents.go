package sqlite

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

func document[T any](c *conn, query string, args ...any) (one T, found bool, err error) {
	var body []byte
	found, err = c.one(query, args, &body)
	if err != nil || !found {
		return one, false, wrap("read document", err)
	}
	return one, true, wrap("decode document", json.Unmarshal(body, &one))
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

// store writes a document; its text is the statement's first argument.
func (c *conn) store(document any, query string, args ...any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("encode document: %w", err)
	}
	n, err := c.exec(query, append([]any{string(body)}, args...)...)
	return wrap("write document", orLost(err, n))
}

// storeNew writes a document that may be there already, which then stays.
func (c *conn) storeNew(document any, query string, args ...any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("encode document: %w", err)
	}
	_, err = c.exec(query, append([]any{string(body)}, args...)...)
	return wrap("write document", err)
}

// Reservation implements redeem.Reservations.
func (t *tx) Reservation(id string) (boon.Reservation, bool, error) {
	return read(t.pending.reservations, id, func() (boon.Reservation, bool, error) {
		return document[boon.Reservation](t.c, "SELECT body FROM reservations WHERE id = ?", id)
	})
}

// Holding implements redeem.Reservations.
func (t *tx) Holding(grant string) (boon.Reservation, bool, error) {
	if id, known := t.pending.holding[grant]; known {
		r := t.pending.reservations[id]
		return r.value, r.found, nil
	}
	return document[boon.Reservation](t.c, "SELECT body FROM reservations WHERE grant_id = ? AND gone = 0", grant)
}

// PutReservation implements redeem.Reservations.
func (t *tx) PutReservation(r boon.Reservation) error {
	if err := t.write(); err != nil {
		return err
	}
	held, found, err := t.Holding(r.Grant)
	if err != nil {
		return err
	}
	put(&t.pending, t.pending.reservations, r.ID, r)
	switch {
	case !r.Gone:
		set(&t.pending, t.pending.holding, r.Grant, r.ID)
	case !found || held.ID == r.ID:
		set(&t.pending, t.pending.holding, r.Grant, "")
	}
	return nil
}

// DueReservations implements redeem.Deadlines.
func (t *tx) DueReservations(now time.Time, max int) ([]boon.Reservation, error) {
	changed := written(t.pending.reservations)
	due, err := documents[boon.Reservation](t.c, "SELECT body FROM reservations WHERE gone = 0 AND expires <= ? ORDER BY expires, id LIMIT ?",
		now.UnixNano(), max+len(changed))
	for _, id := range changed {
		due = append(due, t.pending.reservations[id].value)
	}
	latest(t.pending.reservations, due, func(r boon.Reservation) string { return r.ID })
	slices.SortFunc(due, func(a, b boon.Reservation) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID))
	})
	due = slices.CompactFunc(due, func(a, b boon.Reservation) bool { return a.ID == b.ID })
	due = slices.DeleteFunc(due, func(r boon.Reservation) bool { return r.Gone || r.ExpiresAt.After(now) })
	return due[:min(max, len(due))], err
}

// DueRedemptions implements redeem.Deadlines.
func (t *tx) DueRedemptions(now time.Time, max int) ([]boon.Redemption, error) {
	changed := written(t.pending.redemptions)
	due, err := documents[boon.Redemption](t.c, "SELECT body FROM redemptions WHERE lapses <= ? ORDER BY lapses, id LIMIT ?", now.UnixNano(), max+len(changed))
	for _, id := range changed {
		due = append(due, t.pending.redemptions[id].value)
	}
	latest(t.pending.redemptions, due, redemptionID)
	slices.SortFunc(due, func(a, b boon.Redemption) int { return cmp.Or(a.LapsesAt.Compare(b.LapsesAt), cmp.Compare(a.ID, b.ID)) })
	due = slices.CompactFunc(due, func(a, b boon.Redemption) bool { return a.ID == b.ID })
	due = slices.DeleteFunc(due, func(r boon.Redemption) bool { return lapses(r) == nil || r.LapsesAt.After(now) })
	return due[:min(max, len(due))], err
}

// lapses is when the points of a redemption lapse; nil when they never do, or did.
func lapses(r boon.Redemption) any {
	if r.Lapsed {
		return nil
	}
	return nanosOrNull(r.LapsesAt)
}

func redemptionID(r boon.Redemption) string { return r.ID }

// Redemption implements redeem.Redemptions.
func (t *tx) Redemption(id string) (boon.Redemption, bool, error) {
	return read(t.pending.redemptions, id, func() (boon.Redemption, bool, error) {
		return document[boon.Redemption](t.c, "SELECT body FROM redemptions WHERE id = ?", id)
	})
}

// OfOrder implements redeem.Redemptions.
func (t *tx) OfOrder(order string) ([]boon.Redemption, error) {
	all, err := documents[boon.Redemption](t.c, "SELECT body FROM redemptions WHERE order_id = ?", order)
	for _, id := range t.pending.ofOrder[order] {
		all = append(all, t.pending.redemptions[id].value)
	}
	latest(t.pending.redemptions, all, redemptionID)
	slices.SortFunc(all, func(a, b boon.Redemption) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// AddRedemption implements redeem.Redemptions.
func (t *tx) AddRedemption(r boon.Redemption) (bool, error) {
	if err := t.write(); err != nil {
		return false, err
	}
	others, err := t.OfOrder(r.OrderID)
	if err != nil || slices.ContainsFunc(others, func(x boon.Redemption) bool { return x.Grant == r.Grant }) {
		return false, err
	}
	put(&t.pending, t.pending.redemptions, r.ID, r)
	push(&t.pending, t.pending.ofOrder, r.OrderID, r.ID)
	return true, nil
}

// ChangeRedemption implements redeem.Redemptions.
func (t *tx) ChangeRedemption(r boon.Redemption) error {
	if err := t.write(); err != nil {
		return err
	}
	if _, found, err := t.Redemption(r.ID); err != nil || !found {
		return wrap("change redemption", cmp.Or(err, errLost))
	}
	put(&t.pending, t.pending.redemptions, r.ID, r)
	return nil
}

// AddReversal implements redeem.Redemptions.
func (t *tx) AddReversal(v boon.Reversal) error {
	t.pending.reversals = append(t.pending.reversals, v)
	return t.write()
}

// Answer implements redeem.Answers.
func (t *tx) Answer(key string) (redeem.Answer, bool, error) {
	a, found, err := read(t.pending.answers, key, func() (redeem.Answer, bool, error) { return t.c.answer(key) })
	return a, found && !a.At.Before(t.pending.forget), err
}

func (c *conn) answer(key string) (redeem.Answer, bool, error) {
	a := redeem.Answer{Key: key}
	var digest []byte
	var at int64
	found, err := c.one("SELECT digest, at, refusal, detail, field, body FROM answers WHERE key = ?", []any{key},
		&digest, &at, &a.Refusal, &a.Detail, &a.Field, &a.Body)
	copy(a.Digest[:], digest)
	a.At = instant(at)
	return a, found, wrap("read answer", err)
}

// PutAnswer implements redeem.Answers.
func (t *tx) PutAnswer(a redeem.Answer) error {
	put(&t.pending, t.pending.answers, a.Key, a)
	return t.write()
}

// ForgetAnswers implements redeem.Answers.
func (t *tx) ForgetAnswers(before time.Time) error {
	if before.After(t.pending.forget) {
		t.pending.forget = before
	}
	return t.write()
}

// Mark implements redeem.Marks.
func (t *tx) Mark(partition uint32) (boon.Position, error) {
	if at, ok := t.pending.marks[partition]; ok {
		return at, nil
	}
	var n int64
	_, err := t.c.one("SELECT position FROM marks WHERE partition = ?", []any{int64(partition)}, &n)
	return boon.Position(n), wrap("read mark", err)
}

// SetMark implements redeem.Marks.
func (t *tx) SetMark(partition uint32, at boon.Position) error {
	set(&t.pending, t.pending.marks, partition, at)
	return t.write()
}

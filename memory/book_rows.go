package memory

import (
	"cmp"
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

type useKey struct{ grant, order string }

type bookTables struct {
	grants       map[string]boon.Grant
	owned        map[boon.Identifier][]string
	coded        map[string][]string
	counters     map[string]int64
	balances     map[boon.Account]int64
	entries      []boon.Entry
	reservations map[string]boon.Reservation
	holding      map[string]string // grant -> open reservation
	redemptions  map[string]boon.Redemption
	uses         map[useKey]string
	ofOrder      map[string][]string
	reversals    map[string]boon.Reversal
	answers      map[string]redeem.Answer
	marks        map[uint32]boon.Position
	late         map[string][]lateRow
	alarms       map[string]boon.Alarm
	pools        map[string][]string // imported codes by offer
	poolCodes    map[string]poolCode
	codeFiles    map[[32]byte]bool
	pauses       map[string]boon.Pause
	rulings      map[string]redeem.Ruling
	acts         []boon.AuditEntry
}

type lateRow struct {
	id   string
	body []byte
}

func newBookTables() bookTables {
	return bookTables{
		grants: map[string]boon.Grant{}, owned: map[boon.Identifier][]string{}, coded: map[string][]string{},
		counters: map[string]int64{}, balances: map[boon.Account]int64{},
		reservations: map[string]boon.Reservation{}, holding: map[string]string{},
		redemptions: map[string]boon.Redemption{}, uses: map[useKey]string{}, ofOrder: map[string][]string{},
		reversals: map[string]boon.Reversal{}, answers: map[string]redeem.Answer{}, marks: map[uint32]boon.Position{},
		late: map[string][]lateRow{}, alarms: map[string]boon.Alarm{},
		pools: map[string][]string{}, poolCodes: map[string]poolCode{}, codeFiles: map[[32]byte]bool{},
		pauses: map[string]boon.Pause{}, rulings: map[string]redeem.Ruling{},
	}
}

// Grant implements redeem.Grants.
func (t *bookTx) Grant(id string) (boon.Grant, bool, error) {
	g, found := t.book.tables.grants[id]
	return g, found, nil
}

// Insert implements redeem.Grants.
func (t *bookTx) Insert(g boon.Grant) (bool, error) {
	rows := &t.book.tables
	if _, found := rows.grants[g.ID]; found {
		return false, nil
	}
	put(t.book, rows.grants, g.ID, g)
	put(t.book, rows.owned, g.Owner, append(slices.Clip(rows.owned[g.Owner]), g.ID))
	put(t.book, rows.coded, g.Code, append(slices.Clip(rows.coded[g.Code]), g.ID))
	return true, nil
}

// Change implements redeem.Grants.
func (t *bookTx) Change(g boon.Grant, from boon.GrantState) (bool, error) {
	if t.book.tables.grants[g.ID].State != from {
		return false, nil
	}
	put(t.book, t.book.tables.grants, g.ID, g)
	return true, nil
}

// Owned implements redeem.Grants.
func (t *bookTx) Owned(owners []boon.Identifier) ([]boon.Grant, error) {
	var all []boon.Grant
	for i, owner := range owners {
		if slices.Contains(owners[:i], owner) {
			continue
		}
		for _, id := range t.book.tables.owned[owner] {
			all = append(all, t.book.tables.grants[id])
		}
	}
	slices.SortFunc(all, func(a, b boon.Grant) int { return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// ByCode implements redeem.Grants.
func (t *bookTx) ByCode(code string) (boon.Grant, bool, error) {
	ids := t.book.tables.coded[code]
	if len(ids) == 0 {
		return boon.Grant{}, false, nil
	}
	return t.Grant(ids[0])
}

// Reservation implements redeem.Reservations.
func (t *bookTx) Reservation(id string) (boon.Reservation, bool, error) {
	r, found := t.book.tables.reservations[id]
	return r, found, nil
}

// Holding implements redeem.Reservations.
func (t *bookTx) Holding(grant string) (boon.Reservation, bool, error) {
	id, found := t.book.tables.holding[grant]
	return t.book.tables.reservations[id], found, nil
}

// PutReservation implements redeem.Reservations.
func (t *bookTx) PutReservation(r boon.Reservation) error {
	rows := &t.book.tables
	put(t.book, rows.reservations, r.ID, r)
	if !r.Gone {
		put(t.book, rows.holding, r.Grant, r.ID)
	} else if rows.holding[r.Grant] == r.ID {
		drop(t.book, rows.holding, r.Grant)
	}
	return nil
}

// Redemption implements redeem.Redemptions.
func (t *bookTx) Redemption(id string) (boon.Redemption, bool, error) {
	r, found := t.book.tables.redemptions[id]
	return r, found, nil
}

// OfOrder implements redeem.Redemptions.
func (t *bookTx) OfOrder(order string) ([]boon.Redemption, error) {
	var all []boon.Redemption
	for _, id := range t.book.tables.ofOrder[order] {
		all = append(all, t.book.tables.redemptions[id])
	}
	slices.SortFunc(all, boon.ByTurn)
	return all, nil
}

// AddRedemption implements redeem.Redemptions.
func (t *bookTx) AddRedemption(r boon.Redemption) (bool, error) {
	rows, key := &t.book.tables, useKey{r.Grant, r.OrderID}
	if _, used := rows.uses[key]; used {
		return false, nil
	}
	put(t.book, rows.uses, key, r.ID)
	put(t.book, rows.redemptions, r.ID, r)
	put(t.book, rows.ofOrder, r.OrderID, append(slices.Clip(rows.ofOrder[r.OrderID]), r.ID))
	return true, nil
}

// ChangeRedemption implements redeem.Redemptions.
func (t *bookTx) ChangeRedemption(r boon.Redemption) error {
	put(t.book, t.book.tables.redemptions, r.ID, r)
	return nil
}

// AddReversal implements redeem.Redemptions.
func (t *bookTx) AddReversal(r boon.Reversal) error {
	put(t.book, t.book.tables.reversals, r.ID, r)
	return nil
}

// DueGrants implements redeem.Deadlines.
func (t *bookTx) DueGrants(now time.Time, max int) ([]boon.Grant, error) {
	var due []boon.Grant
	for _, g := range t.book.tables.grants {
		if (g.State == boon.StateIssued || g.State == boon.StateSaved) && !g.ExpiresAt.IsZero() && !g.ExpiresAt.After(now) {
			due = append(due, g)
		}
	}
	slices.SortFunc(due, func(a, b boon.Grant) int { return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID)) })
	return due[:min(max, len(due))], nil
}

// DueReservations implements redeem.Deadlines.
func (t *bookTx) DueReservations(now time.Time, max int) ([]boon.Reservation, error) {
	var due []boon.Reservation
	for _, id := range t.book.tables.holding {
		if r := t.book.tables.reservations[id]; !r.ExpiresAt.After(now) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b boon.Reservation) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID))
	})
	return due[:min(max, len(due))], nil
}

// DueRedemptions implements redeem.Deadlines.
func (t *bookTx) DueRedemptions(now time.Time, max int) ([]boon.Redemption, error) {
	var due []boon.Redemption
	for _, r := range t.book.tables.redemptions {
		if !r.LapsesAt.IsZero() && !r.Lapsed && !r.LapsesAt.After(now) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b boon.Redemption) int { return cmp.Or(a.LapsesAt.Compare(b.LapsesAt), cmp.Compare(a.ID, b.ID)) })
	return due[:min(max, len(due))], nil
}

// Answer implements redeem.Answers.
func (t *bookTx) Answer(key string) (redeem.Answer, bool, error) {
	a, found := t.book.tables.answers[key]
	return a, found, nil
}

// PutAnswer implements redeem.Answers.
func (t *bookTx) PutAnswer(a redeem.Answer) error {
	put(t.book, t.book.tables.answers, a.Key, a)
	return nil
}

// ForgetAnswers implements redeem.Answers.
func (t *bookTx) ForgetAnswers(before time.Time) error {
	for key, a := range t.book.tables.answers {
		if a.At.Before(before) {
			drop(t.book, t.book.tables.answers, key)
		}
	}
	return nil
}

// Mark implements redeem.Marks.
func (t *bookTx) Mark(partition uint32) (boon.Position, error) {
	return t.book.tables.marks[partition], nil
}

// SetMark implements redeem.Marks.
func (t *bookTx) SetMark(partition uint32, at boon.Position) error {
	put(t.book, t.book.tables.marks, partition, at)
	return nil
}

// Defer implements redeem.Late.
func (t *bookTx) Defer(order, id string, body []byte) error {
	rows := t.book.tables.late
	if slices.ContainsFunc(rows[order], func(r lateRow) bool { return r.id == id }) {
		return nil
	}
	put(t.book, rows, order, append(slices.Clip(rows[order]), lateRow{id, body}))
	return nil
}

// Deferred implements redeem.Late.
func (t *bookTx) Deferred(order string) (bodies [][]byte, err error) {
	for _, r := range t.book.tables.late[order] {
		bodies = append(bodies, r.body)
	}
	return bodies, nil
}

// Raise implements redeem.Alarms.
func (t *bookTx) Raise(a boon.Alarm) error {
	if _, raised := t.book.tables.alarms[a.ID]; !raised {
		put(t.book, t.book.tables.alarms, a.ID, a)
	}
	return nil
}

package redeem

import (
	"context"
	"encoding/json"
	"time"

	"boon"
)

// Book is the system of record of money.
type Book interface {
	// Update runs fn in a transaction that it may share with others. An error of fn takes back what fn did and nothing else, and is
	// returned as it is; a nil return says that what fn did is durable. fn runs once, alone, and must not call the Book.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn on one consistent state; a write inside it is an error.
	View(ctx context.Context, fn func(Tx) error) error
	// Expecting is the same book, told what the next Update is going to read, so that a book behind a network reads it for a whole batch at
	// once. What is not named is read all the same.
	Expecting(r Reads) Book
}

// Reads names rows by their keys.
type Reads struct {
	Answers      []string // Idempotency-Keys
	Codes        []string // of grants, in offer.Normalise's form
	Grants       []string
	Reservations []string // and the grants that they hold
	Redemptions  []string // and the grants that they used
	Orders       []string // and the grants that they used
	Owners       []boon.Identifier
	Counters     []string
}

// Tx is one transaction. It is used by one goroutine at a time.
type Tx interface {
	Grants
	Limits
	Journal
	Reservations
	Redemptions
	Deadlines
	Answers
	Marks
	Late
	Alarms
	Pools
	Pauses
	Rulings
	// Try runs fn so that its error, which is returned, takes back what fn did.
	Try(fn func(Tx) error) error
}

// Grants is the wallet.
type Grants interface {
	Grant(id string) (g boon.Grant, found bool, err error)
	Insert(g boon.Grant) (fresh bool, err error)                         // false: the id exists, nothing is changed
	Change(g boon.Grant, from boon.GrantState) (changed bool, err error) // false: the stored state is not from, nothing is changed
	Owned(owners []boon.Identifier) ([]boon.Grant, error)                // in every state, by issue time, then id
	ByCode(code string) (g boon.Grant, found bool, err error)            // of codes of their own; of equal ones the first issued
}

// Limits are counters that never pass a maximum.
type Limits interface {
	Take(l boon.Limit, n int64) (taken bool, err error) // false: l.Max would be passed, nothing is changed
	Give(key string, n int64) error
	Count(key string) (int64, error)
}

// Journal is append-only. Post refuses with budget_exhausted what would bring available below zero; committed or reserved below zero is an
// internal error.
type Journal interface {
	Post(e boon.Entry) error
	Balance(a boon.Account) (int64, error)
}

// Reservations are holds of open checkouts, at most one open per grant.
type Reservations interface {
	Reservation(id string) (r boon.Reservation, found bool, err error)
	Holding(grant string) (r boon.Reservation, found bool, err error) // the one not gone
	PutReservation(r boon.Reservation) error                          // inserts or replaces
}

// Redemptions are unique per (grant, order).
type Redemptions interface {
	Redemption(id string) (r boon.Redemption, found bool, err error)
	OfOrder(order string) ([]boon.Redemption, error) // in the order of boon.ByTurn
	AddRedemption(r boon.Redemption) (fresh bool, err error)
	ChangeRedemption(r boon.Redemption) error
	AddReversal(r boon.Reversal) error
}

// Deadlines lists what is due at or before now, by (due time, id), at most max: issued and saved grants past their expiry, open reservations
// past theirs, redemptions whose points lapse and did not yet.
type Deadlines interface {
	DueGrants(now time.Time, max int) ([]boon.Grant, error)
	DueReservations(now time.Time, max int) ([]boon.Reservation, error)
	DueRedemptions(now time.Time, max int) ([]boon.Redemption, error)
}

// Answer is what was answered to an Idempotency-Key: Body, or the refusal.
type Answer struct {
	Key     string
	Digest  [32]byte // of the request
	At      time.Time
	Refusal boon.Reason
	Detail  string
	Field   string
	Body    []byte
}

// Answers keeps answers by key.
type Answers interface {
	Answer(key string) (a Answer, found bool, err error)
	PutAnswer(a Answer) error
	ForgetAnswers(before time.Time) error
}

// Marks holds, per partition of the event log, up to where its events have had their effect on money.
type Marks interface {
	Mark(partition uint32) (boon.Position, error)
	SetMark(partition uint32, at boon.Position) error
}

// Late keeps what came before the order that it belongs to, until that order is settled.
type Late interface {
	Defer(order, id string, body []byte) error // the same order and id again change nothing
	Deferred(order string) ([][]byte, error)   // in the order of arrival
}

// Alarms tells a human. An alarm is stored with what raised it; the same id again changes nothing.
type Alarms interface {
	Raise(a boon.Alarm) error
}

// Pools are the codes that were imported.
type Pools interface {
	PoolOf(code string) (offer string, n int64, found bool, err error) // n counts the codes of one offer from 0, without a gap
	NthCode(offer string, n int64) (code string, found bool, err error)
}

// Spelling tells of a code, in offer.Normalise's form, what its text alone tells.
type Spelling interface {
	Mistyped(code string) bool                       // it has the form of codes that Boon makes, and a wrong check character
	Pooled(code string) (offerID string, maybe bool) // the live offer that lists it, or whose generated codes look like it
	Imports() bool                                   // a live offer has imported codes
}

// Pauses are what a rule or a human stopped, at most one for a kind and an id, each with the act that the audit keeps of it.
type Pauses interface {
	Paused() ([]boon.Pause, error)              // by kind, then id
	Pause(p boon.Pause) (fresh bool, err error) // false: it is paused already, nothing is changed
	Resume(h boon.Halt) (found bool, err error) // by kind and id
	Record(act boon.AuditEntry) error           // appended to the audit
}

// Ruling is what a human decided beside the release, or has to decide while it is open.
type Ruling struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Open bool            `json:"open"`
	Body json.RawMessage `json:"body"`
}

// Rulings are kept by kind and id.
type Rulings interface {
	Ruling(kind, id string) (r Ruling, found bool, err error)
	OpenRulings(kind string) ([]Ruling, error) // by id
	PutRuling(r Ruling) error                  // inserts or replaces
}

// Terms is the published configuration, of now and of earlier releases.
type Terms interface {
	Spelling
	Live(offerID string) (o boon.Offer, release string, found bool) // the current offer and the release that it is of
	Offer(release, id string) (boon.Offer, bool)                    // release "": the current one
	Coded(code string) (o boon.Offer, release string, found bool)   // the current offer with this public code, in offer.Normalise's form
	Bundle() *boon.Bundle                                           // the current one: shop, budgets, campaigns
}

// Goods knows the products that are given away.
type Goods interface {
	Product(sku string) (boon.Product, bool)
}

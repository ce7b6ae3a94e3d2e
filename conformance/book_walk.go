package conformance

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"pgregory.net/rapid"

	"boon"
	"boon/redeem"
)

// Walk is a random customer base at work on one book: every operation of the money path, by draws of whoever steers it.
type Walk struct {
	Desk *redeem.Desk
	Now  time.Time
	n    int // operations so far
	// what exists, in order of appearance, for draws to choose from
	grants, reservations, redemptions []string
}

// NewWalk begins on Monday.
func NewWalk() *Walk {
	return &Walk{Desk: &redeem.Desk{Terms: redeem.NewReleases(WalkRelease()), Key: []byte("codes")}, Now: Monday}
}

// Op is one operation and its two free choices.
type Op struct {
	Name string
	A, B int // not negative; which customer, grant, amount ...
}

// Ops are the names of the operations.
var Ops = []string{"issue", "issue", "save", "reserve", "reserve", "release", "redeem", "redeem", "redeem held", "reverse", "revoke", "settle", "refund", "auto", "sweep", "later",
	"amend", "amend", "draw"}

func pick(from []string, n int) string {
	if len(from) == 0 {
		return "none"
	}
	return from[n%len(from)]
}

// Do runs one operation on a transaction. A refusal is part of life and comes back as its reason.
func (w *Walk) Do(tx redeem.Tx, op Op) (string, error) {
	w.n++
	err := tx.Try(func(tx redeem.Tx) error { return w.do(tx, op) })
	if r := reason(err); r != "" {
		return string(r), nil
	}
	return "done", err
}

func (w *Walk) do(tx redeem.Tx, op Op) (err error) {
	d, now := w.Desk, w.Now
	who := []boon.Identifier{Shopper(op.A % 5)}
	order := Basket(fmt.Sprintf("o%d", op.B%40), 500+int64(op.B*137%20_000))
	switch op.Name {
	case "issue":
		return w.issue(tx, who, op)
	case "save":
		_, err = d.Save(tx, pick(w.grants, op.B), nil, now)
	case "reserve":
		var r boon.Reservation
		if r, err = d.Reserve(tx, w.request(tx, who, order, op), now); err == nil {
			w.reservations = append(w.reservations, r.ID)
		}
	case "release":
		_, err = d.Release(tx, pick(w.reservations, op.B), now)
	case "redeem", "redeem held":
		return w.redeem(tx, who, order, op)
	case "reverse":
		_, err = d.Reverse(tx, pick(w.redemptions, op.B), lines(op.A), "return", now)
	case "revoke":
		_, err = d.Revoke(tx, pick(w.grants, op.B), now)
	default:
		return w.happen(tx, who, order, op)
	}
	return err
}

// happen are the operations that nobody calls: what events and time do.
func (w *Walk) happen(tx redeem.Tx, who []boon.Identifier, order boon.Order, op Op) (err error) {
	d, now := w.Desk, w.Now
	switch op.Name {
	case "settle":
		order.Coupons = []string{w.request(tx, who, order, op).Code}
		if op.B%4 == 0 {
			order.Coupons = append(order.Coupons, "UNEVEN")
		}
		if op.A%3 == 0 {
			order.Discount = int64(op.B % 3_000)
		}
		var s redeem.Settlement
		s, err = d.Settle(tx, who, order, now)
		for _, r := range s.Redemptions {
			w.redemptions = append(w.redemptions, r.ID)
		}
	case "refund":
		_, err = d.SettleRefund(tx, fmt.Sprintf("refund %d", op.A%60), order, "refund", now)
	case "amend":
		order.Lines = order.Lines[:1+op.A%len(order.Lines)]
		if op.B%3 == 0 {
			order.Discount = int64(op.B % 2_000)
		}
		name := []string{boon.OrderUpdated, boon.OrderCancelled, boon.ExchangeCompleted, boon.ReturnCompleted}[op.A%4]
		_, err = d.Amend(tx, who, redeem.Amendment{ID: fmt.Sprintf("amend %d", op.A%90), Name: name, Order: order, Reason: name}, now)
	case "draw":
		_, err = d.Draw(tx, pick(w.redemptions, op.B), int64(1+op.A%170), "purchase", now)
	case "auto":
		_, _, err = d.AutoRedeem(tx, who, order, now)
	case "sweep":
		_, err = d.Sweep(tx, now, 50)
	case "later":
		w.Now = now.Add(time.Duration(1+op.A%72) * 20 * time.Minute)
	}
	return err
}

func (w *Walk) issue(tx redeem.Tx, who []boon.Identifier, op Op) error {
	offers := BookRelease().Bundle.Offers
	o, _ := w.Desk.Terms.Offer("", offers[op.B%len(offers)].ID)
	g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, w.Now, "walk", fmt.Sprint(w.n)), Owner: who[0], Release: "rel_1", Committed: int64(100 + op.B%400)}
	if len(o.Reward.Levels) > 0 {
		g.Level = o.Reward.Levels[0]
	}
	g, err := w.Desk.Issue(tx, g, o, who, w.Now)
	if err == nil {
		w.grants = append(w.grants, g.ID)
	}
	return err
}

// request names a public code or that of a grant, its owner's or, now and then, someone else's.
func (w *Walk) request(tx redeem.Tx, who []boon.Identifier, order boon.Order, op Op) redeem.Request {
	r := redeem.Request{Code: []string{"WELCOME10", "uneven", "NOPE", "THRESHOLD", "SHOES", "LAPSING", "MAYBE", "ARMED"}[op.B%8], Owners: who, Cart: order}
	if g, found, _ := tx.Grant(pick(w.grants, op.A)); found && op.B%4 != 0 {
		r.Code = g.Code
		if op.B%9 != 0 {
			r.Owners = []boon.Identifier{g.Owner}
		}
	}
	return r
}

func (w *Walk) redeem(tx redeem.Tx, who []boon.Identifier, order boon.Order, op Op) error {
	r := w.request(tx, who, order, op)
	if op.Name == "redeem held" {
		r = redeem.Request{Reservation: pick(w.reservations, op.B)}
	}
	done, err := w.Desk.Redeem(tx, r, w.Now)
	if err == nil {
		w.redemptions = append(w.redemptions, done.ID)
	}
	return err
}

func lines(a int) []redeem.LineReturn {
	switch a % 3 {
	case 0:
		return nil
	case 1:
		return []redeem.LineReturn{{ID: "l1"}}
	}
	return []redeem.LineReturn{{ID: "l2", Quantity: new(int64(1))}}
}

// bookHistory is one long fixed history.
func bookHistory(t *testing.T, got, want AuditedBook) {
	for _, b := range []AuditedBook{got, want} {
		w := NewWalk()
		for n := range 600 {
			op := Op{Ops[n*7%len(Ops)], n * n % 101, n * 31 % 997}
			step(t, b, w, op)
		}
		MustVerify(t, b)
	}
	same(t, got, want)
}

func step(t interface{ Fatalf(string, ...any) }, b AuditedBook, w *Walk, op Op) string {
	var how string
	err := b.Update(context.Background(), func(tx redeem.Tx) (err error) {
		how, err = w.Do(tx, op)
		return err
	})
	if err != nil {
		t.Fatalf("%+v: %v", op, err)
	}
	return how
}

// bookWalk draws histories, runs each on both books and compares every answer, the journals and what Verify says.
func bookWalk(t *testing.T, open, reference func(testing.TB) AuditedBook) {
	rapid.Check(t, func(r *rapid.T) {
		got, want := open(t), reference(t)
		if c, ok := got.(io.Closer); ok { // not only at the end of a hundred histories
			defer c.Close()
		}
		a, b := NewWalk(), NewWalk()
		ops := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) Op {
			return Op{rapid.SampledFrom(Ops).Draw(r, "op"), rapid.IntRange(0, 1000).Draw(r, "a"), rapid.IntRange(0, 1000).Draw(r, "b")}
		}), 1, 60).Draw(r, "history")
		for _, op := range ops {
			if x, y := step(r, got, a, op), step(r, want, b, op); x != y {
				r.Fatalf("%+v: %s, the reference says %s", op, x, y)
			}
		}
		MustVerify(t, got)
		same(t, got, want)
		if t.Failed() {
			r.FailNow()
		}
	})
}

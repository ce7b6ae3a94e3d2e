package redeem

import (
	"context"
	"slices"
	"strconv"
	"time"

	"boon"
	"boon/offer"
)

// bid is one of several codes that are held against a cart together: what it is entitled to beside the others, or why it is not.
type bid struct {
	request Request
	claim   claim
	err     error
}

// bids splits a request into its codes, each judged ahead of the transaction.
func (d *Desk) bids(r Request, now time.Time) []bid {
	all := make([]bid, len(r.Codes))
	for i, code := range r.Codes {
		one := r
		one.Code = code
		all[i].request = d.judge(one, now)
		if err := d.spelt(code); err != nil {
			all[i].err = err
		}
	}
	return all
}

// readsAll tells what several codes are going to read.
func (d *Desk) readsAll(all []bid, now time.Time) (told Reads) {
	for i, b := range all {
		one := d.reads(b.request, now)
		told.Codes = append(told.Codes, one.Codes...)
		told.Grants = append(told.Grants, one.Grants...)
		told.Counters = append(told.Counters, one.Counters...)
		if i == 0 {
			told.Owners, told.Orders = one.Owners, one.Orders
		}
	}
	return told
}

// together claims several codes at once, and plans them on what the order's redemptions left. A code that is refused leaves no trace.
func (d *Desk) together(tx Tx, all []bid, now time.Time) error {
	for i := range all {
		b := &all[i]
		if b.err != nil {
			continue
		}
		b.err = tx.Try(func(tx Tx) (err error) {
			b.claim, err = d.alone(tx, b.request, now)
			return err
		})
		if broken(b.err) != nil {
			return b.err
		}
		if b.err == nil && slices.ContainsFunc(all[:i], func(o bid) bool { return o.err == nil && o.claim.grant.ID == b.claim.grant.ID }) {
			b.err = boon.Refuse(boon.ReasonAlreadyRedeemed, "another code of this request is for the same grant")
		}
	}
	return d.plan(tx, all)
}

// plan brings the claims of an order to what stacking lets them take off.
func (d *Desk) plan(tx Tx, all []bid) error {
	beside, err := d.beyond(tx, all)
	if err != nil {
		return err
	}
	s := d.stack(all[0].request.Cart, beside)
	if s.Stood, err = d.stood(tx, beside); err != nil {
		return err
	}
	at := map[string]*bid{}
	for i := range all {
		if b := &all[i]; b.err == nil {
			s.Uses = append(s.Uses, d.use(&b.claim))
			at[b.claim.grant.ID] = b
		}
	}
	plan, t := s.Plan(), turns{stack: s}
	for i, v := range plan.Verdicts {
		b := at[v.ID]
		b.claim.turn = i
		if b.claim.applied, b.err = v.Applied, v.Refusal; b.err == nil {
			b.claim.left = t.next(&b.claim.offer, v.Applied)
			b.claim = d.charged(b.claim)
		}
		if broken(b.err) != nil {
			return b.err
		}
	}
	return nil
}

// beyond are the order's redemptions by grants that none of the codes is for.
func (d *Desk) beyond(tx Tx, all []bid) ([]boon.Redemption, error) {
	beside, err := others(tx, all[0].request.Cart.ID, "")
	return slices.DeleteFunc(beside, func(r boon.Redemption) bool {
		return slices.ContainsFunc(all, func(b bid) bool { return b.err == nil && b.claim.grant.ID == r.Grant })
	}), err
}

// allOrNone claims several codes at once, and refuses them when one of them does not apply.
func (d *Desk) allOrNone(tx Tx, all []bid, now time.Time) error {
	if err := d.together(tx, all, now); err != nil {
		return err
	}
	return agreed(all)
}

// agreed is the refusal of the first code that does not apply; its field names the code.
func agreed(all []bid) error {
	for i, b := range all {
		if b.err != nil {
			return ofCode(i, b.err)
		}
	}
	return nil
}

func ofCode(i int, err error) error {
	if e, ok := refusal(err); ok {
		return &boon.Error{Reason: e.Reason, Detail: e.Detail, Field: CodeField(i)}
	}
	return err
}

// CodeField is the field of a refusal that is about one of several codes.
func CodeField(i int) string { return "codes[" + strconv.Itoa(i) + "]" }

// triedAll counts each code for the Abuse rules; the first that a rule refuses is the refusal of all.
func (t *Teller) triedAll(ctx context.Context, o Once, all []bid, now time.Time) error {
	for i, b := range all {
		if err := t.tried(ctx, o, b.request, now); err != nil {
			return ofCode(i, err)
		}
	}
	return nil
}

func (t *Teller) validateAll(ctx context.Context, r Request, now time.Time) (v Validation, err error) {
	all := t.Desk.bids(r, now)
	err = t.triedAll(ctx, Once{}, all, now)
	if err == nil {
		_, err = rehearse(ctx, t, t.Desk.readsAll(all, now), func(tx Tx) (Validation, error) { return v, t.Desk.together(tx, all, now) })
	}
	if e, ok := refusal(err); ok && e.Reason != boon.ReasonInvalidRequest {
		return Validation{Reason: e.Reason, Detail: e.Detail}, nil
	}
	if err != nil {
		return v, err
	}
	return validations(all)
}

// validations answers each code, and what all that apply take off together.
func validations(all []bid) (v Validation, err error) {
	total, lines := boon.Money{Currency: all[0].request.Cart.Currency}, &sums{}
	v.Valid = true
	for _, b := range all {
		one := ValidatedCode{Code: b.request.Code}
		if e, ok := refusal(b.err); ok && e.Reason == boon.ReasonInvalidRequest {
			return Validation{}, e
		} else if ok {
			one.Reason, one.Detail, v.Valid = e.Reason, e.Detail, false
		} else {
			one.Validation = validation(b.claim)
			total.Minor += b.claim.applied.Total
			lines.add(b.claim.applied.Lines)
		}
		v.Codes = append(v.Codes, one)
	}
	v.Discount, v.Lines = &total, lineAnswers(lines.in(all[0].request.Cart), total.Currency)
	return v, nil
}

// sums adds up what several codes take off each line.
type sums struct{ lines []boon.LineDiscount }

func (s *sums) add(lines []boon.LineDiscount) {
	for _, l := range lines {
		i := slices.IndexFunc(s.lines, func(x boon.LineDiscount) bool { return x.ID == l.ID && x.SKU == l.SKU })
		if i < 0 {
			s.lines = append(s.lines, l)
		} else {
			s.lines[i].Minor += l.Minor
		}
	}
}

// in puts the lines into the order of the cart.
func (s *sums) in(cart boon.Order) []boon.LineDiscount {
	place := func(l boon.LineDiscount) int {
		return slices.IndexFunc(cart.Lines, func(x boon.Line) bool { return x.ID == l.ID && x.SKU == l.SKU })
	}
	slices.SortStableFunc(s.lines, func(a, b boon.LineDiscount) int { return place(a) - place(b) })
	return s.lines
}

func (t *Teller) reserveAll(ctx context.Context, o Once, r Request, now time.Time) (Reserved, error) {
	all := t.Desk.bids(r, now)
	if err := t.triedAll(ctx, o, all, now); err != nil {
		return Reserved{}, err
	}
	return run(ctx, t, o, t.Desk.readsAll(all, now), now, func(tx Tx) (Reserved, error) { return t.Desk.reserveAll(tx, all, now) })
}

// reserveAll holds several codes for a checkout, all or none.
func (d *Desk) reserveAll(tx Tx, all []bid, now time.Time) (a Reserved, _ error) {
	for i := range all {
		all[i].request = ofOrder(all[i].request)
	}
	if err := d.allOrNone(tx, all, now); err != nil {
		return a, err
	}
	cart, lines := all[0].request.Cart, &sums{}
	a.Discount.Currency = cart.Currency
	for i, b := range all {
		held, err := d.holdFor(tx, b.claim, b.request, now)
		if err != nil {
			return a, ofCode(i, err)
		}
		a.Codes = append(a.Codes, ReservedCode{b.request.Code, reserved(held)})
		a.Discount.Minor += held.Discount
		lines.add(held.Lines)
	}
	a.Lines = lineAnswers(lines.in(cart), cart.Currency)
	return a, nil
}

func (t *Teller) redeemAll(ctx context.Context, o Once, r Request, now time.Time) (Redeemed, error) {
	if len(r.Held) > 0 {
		return run(ctx, t, o, Reads{Reservations: r.Held, Owners: r.Owners}, now, func(tx Tx) (Redeemed, error) { return t.Desk.redeemAllHeld(tx, r, now) })
	}
	all := t.Desk.bids(r, now)
	if err := t.triedAll(ctx, o, all, now); err != nil {
		return Redeemed{}, err
	}
	return run(ctx, t, o, t.Desk.readsAll(all, now), now, func(tx Tx) (Redeemed, error) { return t.Desk.redeemAll(tx, r, all, now) })
}

// redeemAll uses several codes on an order, all or none.
func (d *Desk) redeemAll(tx Tx, r Request, all []bid, now time.Time) (a Redeemed, _ error) {
	if r.Cart.ID == "" {
		return a, boon.Invalid("order.id", "an order needs an id, so that it redeems once")
	}
	for i := range all {
		if err := d.unused(tx, all[i].request); err != nil {
			return a, ofCode(i, err)
		}
	}
	if err := d.allOrNone(tx, all, now); err != nil {
		return a, err
	}
	return everyUse(r.Cart, inOrder(len(all), func(a, b int) int { return all[a].claim.turn - all[b].claim.turn }), func(i int) (string, boon.Redemption, error) {
		done, err := d.redeem(tx, all[i].claim, all[i].request, now)
		return all[i].request.Code, done, ofCode(i, err)
	})
}

// redeemAllHeld redeems several reservations, all or none.
func (d *Desk) redeemAllHeld(tx Tx, r Request, now time.Time) (Redeemed, error) {
	turns := make([]int, len(r.Held))
	for i, id := range r.Held {
		held, _, err := tx.Reservation(id)
		if err != nil {
			return Redeemed{}, err
		}
		turns[i] = held.Turn
	}
	return everyUse(r.Cart, inOrder(len(turns), func(a, b int) int { return turns[a] - turns[b] }), func(i int) (string, boon.Redemption, error) {
		one := r
		one.Reservation = r.Held[i]
		done, err := d.redeemHeld(tx, one, now)
		if e, ok := refusal(err); ok {
			err = &boon.Error{Reason: e.Reason, Detail: e.Detail, Field: "reservationIds[" + strconv.Itoa(i) + "]"}
		}
		return "", done, err
	})
}

// inOrder are the places of several codes in an order.
func inOrder(n int, compare func(a, b int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	return order
}

// everyUse makes several redemptions in an order and answers each at its place, with what they take off together.
func everyUse(cart boon.Order, order []int, use func(int) (string, boon.Redemption, error)) (a Redeemed, err error) {
	lines := &sums{}
	a.Codes = make([]RedeemedCode, len(order))
	for _, i := range order {
		code, done, err := use(i)
		if err != nil {
			return a, err
		}
		a.Codes[i] = RedeemedCode{code, redeemed(done)}
		a.Discount.Minor += done.Discount
		a.Discount.Currency = done.Currency
		lines.add(done.Lines)
	}
	a.Lines = lineAnswers(lines.in(cart), a.Discount.Currency)
	return a, nil
}

// ofOrder gives a cart and its order one id.
func ofOrder(r Request) Request {
	if r.OrderID == "" {
		r.OrderID = r.Cart.ID
	}
	if r.Cart.ID == "" {
		r.Cart.ID = r.OrderID
	}
	return r
}

// inTurn puts the coupons of a paid order into the order of application, where the shop has described one.
func (d *Desk) inTurn(claims []claim, order boon.Order) {
	if len(d.Terms.Bundle().StackingGroups) == 0 || len(claims) < 2 {
		return
	}
	s := offer.Stack{Cart: order, Groups: d.groups()}
	for i := range claims {
		s.Uses = append(s.Uses, d.use(&claims[i]))
	}
	turn := map[string]int{}
	for i, v := range s.Plan().Verdicts {
		turn[v.ID] = i
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return turn[a.grant.ID] - turn[b.grant.ID] })
}

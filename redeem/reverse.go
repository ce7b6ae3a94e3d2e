package redeem

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"boon"
)

// LineReturn is the quantity of one order line that comes back; without one, all that is left of it. Without an ID it is of the lines of the SKU: those
// that the redemption takes something off in the order's order, then the others.
type LineReturn struct {
	ID       string `json:"id"`
	SKU      string `json:"sku,omitempty"`
	Quantity *int64 `json:"quantity,omitempty"`
}

// Reverse takes back a redemption: the named lines in proportion to their quantity, or, without lines, whatever is left of it. Lines that carried
// no discount have nothing to give back; a line that the order did not have is an invalid request. The parts of a line that comes back piece by piece add
// up to the line.
func (d *Desk) Reverse(tx Tx, id string, lines []LineReturn, reason string, now time.Time) (boon.Reversal, error) {
	r, found, err := tx.Redemption(id)
	if err != nil {
		return boon.Reversal{}, err
	}
	if !found {
		return boon.Reversal{}, boon.Refuse(boon.ReasonNotFound, "there is no redemption %s", id)
	}
	if lines, err = named(r, lines); err != nil {
		return boon.Reversal{}, err
	}
	return d.takeBack(tx, r, lines, reason, now)
}

// parts are what a redemption is taken back by: its lines, or the whole as one.
func parts(r boon.Redemption) []boon.LineDiscount {
	if len(r.Lines) > 0 {
		return r.Lines
	}
	return []boon.LineDiscount{{Quantity: 1, Minor: r.Discount}}
}

// back is the quantity of each part that came back so far.
func back(r boon.Redemption) []int64 {
	units := make([]int64, len(parts(r)))
	for i := range r.Reversed {
		units[i] = r.Reversed[i].Quantity
	}
	return units
}

func partOf(r boon.Redemption, l LineReturn) int {
	return slices.IndexFunc(r.Lines, func(x boon.LineDiscount) bool {
		return x.ID == l.ID && (l.ID != "" || x.SKU == l.SKU)
	})
}

// named finds the lines of a call among those that a redemption knows; nil, for whatever is left, when it names none. It refuses a line that is none of
// them, and more of a line than is left of it; the quantities of a line that is named twice add up.
func named(r boon.Redemption, lines []LineReturn) (found []LineReturn, err error) {
	of := slots(r)
	for i, l := range lines {
		if l.Quantity != nil && *l.Quantity <= 0 {
			return nil, boon.Invalid(inLine(i, "quantity"), "%d is not a quantity: give one above zero, or none for the whole line", *l.Quantity)
		}
		if !slices.ContainsFunc(of, l.means) {
			return nil, stranger(i, l)
		}
		lines, missing := l.among(of)
		if missing > 0 {
			return nil, boon.Refuse(boon.ReasonNotApplicable, "%d of line %s can still come back, not %d", *l.Quantity-missing, cmp.Or(l.ID, l.SKU), *l.Quantity)
		}
		found = append(found, lines...)
	}
	return found, nil
}

func (l LineReturn) means(s slot) bool {
	if l.ID != "" {
		return s.id == l.ID
	}
	return s.sku == l.SKU
}

// among takes the units that come back off the lines that they are meant to be of, one line after the other; missing are those that no line has left.
func (l LineReturn) among(of []slot) (lines []LineReturn, missing int64) {
	if l.Quantity != nil {
		missing = *l.Quantity
	}
	for i := range of {
		s := &of[i]
		if !l.means(*s) {
			continue
		}
		n := min(missing, s.left)
		if l.Quantity == nil {
			lines, s.left = append(lines, LineReturn{ID: s.id, SKU: s.sku}), 0
		} else if n > 0 {
			lines, s.left = append(lines, LineReturn{ID: s.id, SKU: s.sku, Quantity: &n}), s.left-n
			missing -= n
		}
	}
	return lines, missing
}

// stranger refuses a line that the order did not have.
func stranger(i int, l LineReturn) error {
	if l.ID != "" {
		return boon.Invalid(inLine(i, "id"), "the order has no line %q: give the id that it was redeemed with, or the sku alone", l.ID)
	}
	return boon.Invalid(inLine(i, "sku"), "no line of the order has the SKU %q", l.SKU)
}

func inLine(i int, field string) string { return "lines[" + strconv.Itoa(i) + "]." + field }

// returned is the quantity of each part that has come back once these lines have, nil standing for whatever is left; more than there is counts as all.
func returned(r boon.Redemption, lines []LineReturn) []int64 {
	units := back(r)
	for i, p := range parts(r) {
		if lines == nil {
			units[i] = p.Quantity
		}
	}
	for _, l := range lines {
		i := partOf(r, l)
		if i < 0 {
			continue
		}
		left := r.Lines[i].Quantity - units[i]
		if l.Quantity != nil {
			left = min(*l.Quantity, left)
		}
		units[i] += left
	}
	return units
}

// worth is what a redemption's returned quantities come to: by part, in all, and as charged to the budget and the vendor. Everything is
// cumulative, so that rounding does not add up over many returns.
func worth(r boon.Redemption, units []int64) (w taken) {
	var all, quantity, came int64
	for i, p := range parts(r) {
		all += p.Minor
		quantity += p.Quantity
		came += units[i]
		p.Minor, p.Quantity = boon.MulDiv(p.Minor, units[i], max(1, p.Quantity)), units[i]
		w.discount += p.Minor
		w.lines = append(w.lines, p)
	}
	part, of := w.discount, all
	if all == 0 {
		part, of = came, max(1, quantity)
	}
	w.cost, w.vendor = boon.MulDiv(r.Cost, part, of), boon.MulDiv(r.Vendor, part, of)
	return w
}

// taken is what is taken back of a redemption.
type taken struct {
	lines                  []boon.LineDiscount
	discount, cost, vendor int64
}

func (w taken) less(was taken) taken {
	return taken{difference(w.lines, was.lines), w.discount - was.discount, w.cost - was.cost, w.vendor - was.vendor}
}

// all are the quantities of a redemption that is taken back whole.
func all(r boon.Redemption) []int64 { return returned(r, nil) }

// takeBack brings a redemption to the returned quantities and books the difference. When what stays of the order is less than the offer's minimum,
// an offer that claws back takes the rest of the discount as well.
func (d *Desk) takeBack(tx Tx, r boon.Redemption, lines []LineReturn, reason string, now time.Time) (boon.Reversal, error) {
	o, err := d.termsOf(tx, r)
	if err != nil {
		return boon.Reversal{}, err
	}
	before, units := back(r), returned(r, lines)
	basket, left := stays(r.Basket, lines)
	if r.Points > 0 && gone(basket) {
		units = all(r)
	}
	claw := o.Clawback && r.Basket != nil && left < o.Minimum && !slices.Equal(units, all(r))
	if slices.Equal(before, units) && !claw && slices.Equal(basket, r.Basket) {
		return boon.Reversal{}, boon.Refuse(boon.ReasonNotApplicable, "nothing of redemption %s is left to come back on these lines", r.ID)
	}
	back := reversal{before: before, redemption: r, offer: o, reason: reason, seed: progress(r, before), left: r.Cost - worth(r, before).cost}
	back.returned = worth(r, units).less(worth(r, before))
	if claw {
		back.clawed = worth(r, all(r)).less(worth(r, units))
		units = all(r)
	}
	back.redemption.Reversed, back.redemption.Basket = worth(r, units).lines, basket
	back.redemption.Rest, _ = stays(r.Rest, lines)
	back.whole = slices.Equal(units, all(r))
	return d.reverse(tx, back, now)
}

// termsOf finds the offer that a redemption used; one that is no longer configured promises nothing on a return.
func (d *Desk) termsOf(tx Tx, r boon.Redemption) (boon.Offer, error) {
	g, found, err := tx.Grant(r.Grant)
	if err != nil {
		return boon.Offer{}, err
	}
	if !found {
		return boon.Offer{}, boon.Refuse(boon.ReasonNotFound, "redemption %s names a grant that is gone", r.ID)
	}
	o, err := d.terms(g)
	return o, broken(err)
}

// stays counts what came back off the order's lines in scope, and what the rest of them comes to.
func stays(basket []boon.BasketLine, lines []LineReturn) (after []boon.BasketLine, left int64) {
	after = slices.Clone(basket)
	for i, b := range after {
		if lines == nil {
			after[i].Returned = b.Quantity
		}
		for _, l := range lines {
			if b.ID != l.ID || (l.ID == "" && b.SKU != l.SKU) {
				continue
			}
			n := b.Quantity
			if l.Quantity != nil {
				n = *l.Quantity
			}
			after[i].Returned = min(b.Quantity, after[i].Returned+n)
		}
		left += b.Minor - boon.MulDiv(b.Minor, after[i].Returned, b.Quantity)
	}
	return after, left
}

// gone is whether every line came back: points are no line's own, and come back with the last.
func gone(basket []boon.BasketLine) bool {
	return len(basket) > 0 && !slices.ContainsFunc(basket, func(b boon.BasketLine) bool { return b.Returned < b.Quantity })
}

// progress tells a redemption's reversals apart: none leaves it as it was.
func progress(r boon.Redemption, units []int64) string {
	var sum int64
	for _, n := range units {
		sum += n
	}
	for _, b := range r.Basket {
		sum += b.Returned
	}
	return strconv.FormatInt(sum, 10) + "/" + strconv.FormatInt(r.Discount, 10)
}

func difference(is, was []boon.LineDiscount) []boon.LineDiscount {
	var lines []boon.LineDiscount
	for i, l := range is {
		l.Minor -= was[i].Minor
		l.Quantity -= was[i].Quantity
		if l.Quantity > 0 && (l.ID != "" || l.SKU != "") {
			lines = append(lines, l)
		}
	}
	return lines
}

package redeem

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"boon"
	"boon/ledger"
)

// LineReturn is the quantity of one order line that comes back; without one, all that is left of it. SKU is used where the line has no id.
type LineReturn struct {
	ID       string `json:"id"`
	SKU      string `json:"sku,omitempty"`
	Quantity *int64 `json:"quantity,omitempty"`
}

// Reverse takes back a redemption: the named lines in proportion to their quantity, or, without lines, whatever is left of it. Lines that carried
// no discount have nothing to give back. The parts of a line that comes back piece by piece add up to the line.
func (d *Desk) Reverse(tx Tx, id string, lines []LineReturn, reason string, now time.Time) (boon.Reversal, error) {
	r, found, err := tx.Redemption(id)
	if err != nil {
		return boon.Reversal{}, err
	}
	if !found {
		return boon.Reversal{}, boon.Refuse(boon.ReasonNotFound, "there is no redemption %s", id)
	}
	if err := returnable(r, lines); err != nil {
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

// returnable refuses to take back more of a line than is left of it; the quantities of a line that is named twice add up.
func returnable(r boon.Redemption, lines []LineReturn) error {
	units := back(r)
	for i, l := range lines {
		if l.Quantity == nil {
			continue
		}
		if *l.Quantity <= 0 {
			return boon.Invalid("lines["+strconv.Itoa(i)+"].quantity", "%d is not a quantity: give one above zero, or none for the whole line", *l.Quantity)
		}
		at := partOf(r, l)
		if at < 0 {
			continue
		}
		if left := r.Lines[at].Quantity - units[at]; *l.Quantity > left {
			return boon.Refuse(boon.ReasonNotApplicable, "%d of line %s can still come back, not %d", left, cmp.Or(l.ID, l.SKU), *l.Quantity)
		}
		units[at] += *l.Quantity
	}
	return nil
}

// returned is the quantity of each part that has come back once these lines have; more than there is counts as all.
func returned(r boon.Redemption, lines []LineReturn) []int64 {
	units := back(r)
	for i, p := range parts(r) {
		if len(lines) == 0 {
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

// worth is what a redemption's returned quantities come to: by part, in all, and as charged to the budget. Everything is cumulative, so that
// rounding does not add up over many returns.
func worth(r boon.Redemption, units []int64) (lines []boon.LineDiscount, discount, cost int64) {
	var whole, quantity, came int64
	for i, p := range parts(r) {
		whole += p.Minor
		quantity += p.Quantity
		came += units[i]
		p.Minor, p.Quantity = boon.MulDiv(p.Minor, units[i], max(1, p.Quantity)), units[i]
		discount += p.Minor
		lines = append(lines, p)
	}
	if whole > 0 {
		return lines, discount, boon.MulDiv(r.Cost, discount, whole)
	}
	return lines, discount, boon.MulDiv(r.Cost, came, max(1, quantity))
}

// takeBack brings a redemption to the returned quantities and books the difference.
func (d *Desk) takeBack(tx Tx, r boon.Redemption, lines []LineReturn, reason string, now time.Time) (boon.Reversal, error) {
	before, units := back(r), returned(r, lines)
	if slices.Equal(before, units) {
		return boon.Reversal{}, boon.Refuse(boon.ReasonNotApplicable, "nothing of redemption %s is left to come back on these lines", r.ID)
	}
	was, wasDiscount, wasCost := worth(r, before)
	is, isDiscount, isCost := worth(r, units)
	r.Reversed = is
	v := boon.Reversal{
		ID:         boon.NewID(boon.PrefixReversal, now, r.ID, progress(before)),
		Redemption: r.ID, At: now, Reason: reason, Currency: r.Currency, Amount: isDiscount - wasDiscount, Lines: difference(is, was),
	}
	if err := d.bookReversal(tx, r, v, isCost-wasCost, now); err != nil {
		return v, err
	}
	if err := tx.ChangeRedemption(r); err != nil {
		return v, err
	}
	if err := tx.AddReversal(v); err != nil {
		return v, err
	}
	return v, d.noteReturn(tx, r, before, now)
}

func progress(units []int64) string {
	var sum int64
	for _, n := range units {
		sum += n
	}
	return strconv.FormatInt(sum, 10)
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

// bookReversal posts what comes back. The grant is reversed when its last use is and nothing of its discounts is left standing.
func (d *Desk) bookReversal(tx Tx, r boon.Redemption, v boon.Reversal, cost int64, now time.Time) error {
	g, found, err := tx.Grant(r.Grant)
	if err != nil {
		return err
	}
	if !found {
		return boon.Refuse(boon.ReasonNotFound, "redemption %s names a grant that is gone", r.ID)
	}
	by := ledger.Return
	whole := slices.Equal(back(r), returned(r, nil))
	if whole && g.State == boon.StateRedeemed && g.Reversed+v.Amount == g.Discount {
		by = ledger.Reverse
	}
	if g.State == boon.StateReversed { // a use without a discount came back before
		return nil
	}
	_, _, err = d.book(tx, g, change{by: by, spend: cost, order: r.OrderID, seed: v.ID, next: func(g *boon.Grant) {
		g.Reversed += v.Amount
	}}, now)
	return err
}

package redeem

import (
	"slices"
	"strings"

	"boon"
)

// An event names the lines of an order by its own ids, and where the shop sends none by ids made of the SKU and of their place. The call that redeemed
// may have named them otherwise, and the places move when a line is gone.

// slot is a line that a redemption knows, with the units of it that have not come back.
type slot struct {
	id, sku string
	price   boon.Micros // of a unit; 0: nobody said
	left    int64
	bare    bool // nothing was taken off it
}

// slots are the lines that a redemption takes something off, those of its basket, then the rest of its order.
func slots(r boon.Redemption) []slot {
	return append(touched(r), bare(r)...)
}

func touched(r boon.Redemption) (all []slot) {
	units := back(r)
	for i, l := range r.Lines {
		all = append(all, slot{id: l.ID, sku: l.SKU, price: l.Price, left: l.Quantity - units[i]})
	}
	for _, b := range r.Basket {
		if !slices.ContainsFunc(r.Lines, func(l boon.LineDiscount) bool { return l.ID == b.ID && l.SKU == b.SKU }) {
			all = append(all, slot{id: b.ID, sku: b.SKU, price: b.Price, left: b.Quantity - b.Returned})
		}
	}
	return all
}

func bare(r boon.Redemption) (all []slot) {
	for _, b := range r.Rest {
		all = append(all, slot{b.ID, b.SKU, b.Price, b.Quantity - b.Returned, true})
	}
	return all
}

// likenesses are how the line of an event is told to be one that a redemption knows, the surest first.
var likenesses = []func(slot, boon.Line) bool{
	func(s slot, l boon.Line) bool { return !placed(l) && s.id == l.ID },
	func(s slot, l boon.Line) bool { return samePrice(s, l) && s.left == l.Quantity && s.id == l.ID },
	func(s slot, l boon.Line) bool { return samePrice(s, l) && s.left == l.Quantity },
	samePrice,
	func(s slot, l boon.Line) bool { return sameSKU(s, l) && s.id == l.ID },
	sameSKU,
}

// placed tells that a line's id says no more than its SKU and its place do.
func placed(l boon.Line) bool {
	return l.ID == "" || l.ID == l.SKU || strings.HasPrefix(l.ID, l.SKU+"#")
}

func samePrice(s slot, l boon.Line) bool {
	return sameSKU(s, l) && s.price == l.Price && l.Price > 0
}

// sameSKU tells nothing of a line with an id of the shop's own. A line that says what its coupons took off is none that has nothing off.
func sameSKU(s slot, l boon.Line) bool {
	return placed(l) && s.sku == l.SKU && !(s.bare && l.Coupon > 0)
}

// lineReturns are an event's lines as a redemption names them; nil, for whatever is left, when it has none. A line of no units gives
// nothing back. Units that one line of the redemption has
// not left come from the next that is like it.
func lineReturns(order boon.Order, r boon.Redemption) []LineReturn {
	if len(order.Lines) == 0 {
		return nil
	}
	lines, of, want := make([]LineReturn, 0, len(order.Lines)), slots(r), make([]int64, len(order.Lines))
	for i, l := range order.Lines {
		want[i] = l.Quantity
	}
	for _, like := range likenesses {
		for i, l := range order.Lines {
			for j := range of {
				s := &of[j]
				if n := min(want[i], s.left); n > 0 && like(*s, l) {
					lines = append(lines, LineReturn{ID: s.id, SKU: s.sku, Quantity: &n})
					s.left, want[i] = s.left-n, want[i]-n
				}
			}
		}
	}
	return lines
}

// renamed gives the lines of an update the ids by which the order's redemptions know them. An id that nobody knows says no more than the SKU.
func renamed(lines []boon.Line, redeemed []boon.Redemption) []boon.Line {
	free, is, found := allSlots(redeemed), slices.Clone(lines), make([]bool, len(lines))
	asked, came := nameless(lines, free), map[string]string{} // by the id that a line got: the id that it came with
	for _, like := range likenesses {
		for i, l := range asked {
			if found[i] {
				continue
			}
			if at := slices.IndexFunc(free, func(s slot) bool { return like(s, l) }); at >= 0 {
				is[i].ID, found[i], came[free[at].id] = free[at].id, true, lines[i].ID
				free = slices.Delete(free, at, at+1)
			}
		}
	}
	for i := range is {
		if !found[i] {
			is[i].ID = spare(is[i].ID, came)
		}
	}
	return is
}

// nameless takes the ids that no slot has off lines.
func nameless(lines []boon.Line, of []slot) []boon.Line {
	known := make(map[string]bool, len(of))
	for _, s := range of {
		known[s.id] = true
	}
	lines = slices.Clone(lines)
	for i := range lines {
		if !known[lines[i].ID] {
			lines[i].ID = ""
		}
	}
	return lines
}

// spare is an id for a line that is none of the redemptions': its own, or, where another line got that, the one which the other gave up.
func spare(id string, came map[string]string) string {
	for range came {
		if gave, taken := came[id]; taken {
			id = gave
		}
	}
	return id
}

// allSlots are the lines that an order's redemptions know, each once. A line is bare where it is to all of them.
func allSlots(redeemed []boon.Redemption) (all []slot) {
	for _, of := range []func(boon.Redemption) []slot{touched, bare} {
		for _, r := range redeemed {
			for _, s := range of(r) {
				if !slices.ContainsFunc(all, func(x slot) bool { return x.id == s.id }) {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

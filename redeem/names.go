package redeem

import (
	"slices"
	"strings"

	"boon"
)

// An event names the lines of an order by its own ids, and where the shop sends none by ids made of the SKU. The call that redeemed may have named
// them otherwise.

// slot is a line that a redemption knows, with the units of it that have not come back.
type slot struct {
	id, sku string
	left    int64
}

// slots are the lines that a redemption takes something off, and those of its basket.
func slots(r boon.Redemption) (all []slot) {
	units := back(r)
	for i, l := range r.Lines {
		all = append(all, slot{l.ID, l.SKU, l.Quantity - units[i]})
	}
	for _, b := range r.Basket {
		if !slices.ContainsFunc(r.Lines, func(l boon.LineDiscount) bool { return l.ID == b.ID && l.SKU == b.SKU }) {
			all = append(all, slot{b.ID, b.SKU, b.Quantity - b.Returned})
		}
	}
	return all
}

// lineReturns are an event's lines as a redemption names them; nil, for whatever is left, when it has none.
func lineReturns(order boon.Order, r boon.Redemption) []LineReturn {
	if len(order.Lines) == 0 {
		return nil
	}
	lines, of := make([]LineReturn, 0, len(order.Lines)), slots(r)
	for _, l := range order.Lines {
		if l.Quantity <= 0 {
			lines = append(lines, LineReturn{ID: l.ID, SKU: l.SKU})
			continue
		}
		lines = append(lines, unitsOf(of, l)...)
	}
	return lines
}

// unitsOf takes the units of a line from the slot of its id. What that has not left comes from others of the SKU, in their order, where the id tells no
// more than the SKU does.
func unitsOf(of []slot, l boon.Line) (lines []LineReturn) {
	want := l.Quantity
	from := func(is func(slot) bool) {
		for i := range of {
			s := &of[i]
			if n := min(want, s.left); n > 0 && is(*s) {
				lines = append(lines, LineReturn{ID: s.id, SKU: s.sku, Quantity: &n})
				s.left, want = s.left-n, want-n
			}
		}
	}
	from(func(s slot) bool { return s.id == l.ID && (l.ID != "" || s.sku == l.SKU) })
	if l.ID == l.SKU || strings.HasPrefix(l.ID, l.SKU+"#") {
		from(func(s slot) bool { return s.sku == l.SKU })
	}
	return lines
}

// renamed gives the lines of an update the ids by which the order's redemptions know them: a line of an unknown id is the first of its SKU that the
// update does not name.
func renamed(lines []boon.Line, redeemed []boon.Redemption) []boon.Line {
	named := func(id string) bool { return slices.ContainsFunc(lines, func(l boon.Line) bool { return l.ID == id }) }
	known, free := map[string]bool{}, []slot{}
	for _, r := range redeemed {
		for _, s := range slots(r) {
			if !known[s.id] && !named(s.id) {
				free = append(free, s)
			}
			known[s.id] = true
		}
	}
	lines = slices.Clone(lines)
	for i, l := range lines {
		at := slices.IndexFunc(free, func(s slot) bool { return s.sku == l.SKU })
		if at >= 0 && !known[l.ID] {
			lines[i].ID = free[at].id
			free = slices.Delete(free, at, at+1)
		}
	}
	return lines
}

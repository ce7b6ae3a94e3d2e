package ingest

import (
	"slices"
	"strconv"
	"strings"

	"boon"
)

// lines reads products. A line's id is its line_id, else its SKU; a repeated one gets "#2", "#3" and so on.
func (n *normaliser) lines(products value, c boon.Currency) []boon.Line {
	if k := products.kind(); k != 0 && k != tapeArray {
		n.fail(products, "an array of products is wanted")
	}
	var lines []boon.Line
	for i := products.items(); i.next() && n.err == nil; {
		if i.value.kind() != tapeObject {
			n.fail(i.value, "a product is an object")
			return nil
		}
		if lines == nil {
			lines = slices.Grow(n.room.lines[:0], products.count())
		}
		line := n.line(i.value, c)
		line.ID = firstText(n.text(i.value, "line_id", "lineId"), line.SKU)
		lines = append(lines, line)
		n.room.lines = lines
	}
	nameApart(lines)
	return lines
}

// nameApart makes the lines' ids unique.
func nameApart(lines []boon.Line) {
	if len(lines) < 2 {
		return
	}
	used := make(map[string]int, len(lines))
	for i := range lines {
		for base := lines[i].ID; ; {
			if used[base]++; used[base] == 1 {
				break
			}
			if id := base + "#" + strconv.Itoa(used[base]); used[id] == 0 {
				used[id], lines[i].ID = 1, id
				break
			}
		}
	}
}

func (n *normaliser) line(p value, c boon.Currency) boon.Line {
	l := boon.Line{Quantity: 1}
	l.SKU = n.text(p, "sku", "product_id", "productId", "id")
	if l.SKU == "" && n.err == nil {
		n.err = boon.Invalid(p.path()+".sku", "a product needs a sku or a product_id")
	}
	l.Category = category(n.categoryText(p))
	l.Price = n.price(p, "price")
	l.ListPrice = n.price(p, "list_price", "listPrice", "original_price", "regular_price")
	l.Tax = n.minor(p, c, "tax")
	l.Coupon = n.minor(p, c, "coupon_discount")
	l.Saved = n.minor(p, c, "discount") + l.Coupon
	l.Discounts = n.names(nil, p.get("discounts"))
	l.Discounts = n.codes(l.Discounts, p.get("coupon"))
	n.quantity(p, &l)
	if l.Amount(c) > maxMinor || l.ListPrice.Times(l.Quantity, c) > maxMinor {
		n.fail(p, "the line's amount is out of range")
	}
	return l
}

// quantity is a whole number of units; goods sold by measure (0.734 kg) become one unit at the price of the whole.
func (n *normaliser) quantity(p value, l *boon.Line) {
	v := p.first("quantity", "qty")
	if !v.present() {
		return
	}
	q, err := boon.ParseMicros(strings.TrimSpace(v.text()))
	switch {
	case err != nil:
		n.fail(v, "a number is wanted")
	case q < 0:
		n.fail(v, "a quantity is not negative; write what comes back as %q with positive quantities", boon.OrderRefunded)
	case q/boon.Unit > maxQuantity:
		n.fail(v, "a quantity is at most %d", maxQuantity)
	case q%boon.Unit == 0:
		l.Quantity = int64(q / boon.Unit)
	default:
		l.Price = boon.Micros(boon.MulDiv(int64(l.Price), int64(q), int64(boon.Unit)))
		l.ListPrice = boon.Micros(boon.MulDiv(int64(l.ListPrice), int64(q), int64(boon.Unit)))
	}
}

func (n *normaliser) price(p value, keys ...string) boon.Micros {
	v := p.first(keys...)
	if !v.present() {
		return 0
	}
	price, err := boon.ParseMicros(strings.TrimSpace(v.text()))
	switch {
	case err != nil:
		n.fail(v, "a decimal number is wanted, such as 12.50")
	case price < 0:
		n.fail(v, "a price is not negative")
	}
	return price
}

func (n *normaliser) categoryText(p value) string {
	v := p.get("category")
	if v.kind() != tapeArray {
		return n.text(p, "category")
	}
	return strings.Join(n.names(nil, v), "/")
}

// category joins the levels by "/", also those of a feed's "A > B".
func category(text string) string {
	if strings.Contains(text, " > ") {
		return strings.ReplaceAll(text, " > ", "/")
	}
	return text
}

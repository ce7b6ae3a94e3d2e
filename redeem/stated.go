package redeem

import (
	"cmp"
	"slices"

	"boon"
	"boon/offer"
)

// stated reads what the shop says it took off: coupons by line, else the order's discount spread over the lines.
func stated(order boon.Order) (a offer.Applied, ok bool) {
	weights := make([]int64, len(order.Lines))
	for i, l := range order.Lines {
		if a.Total += l.Coupon; l.Coupon > 0 {
			a.Lines = append(a.Lines, boon.LineDiscount{ID: l.ID, SKU: l.SKU, Price: l.Price, Quantity: l.Quantity, Minor: l.Coupon})
		}
		weights[i] = l.Amount(order.Currency)
	}
	if a.Total > 0 || order.Discount <= 0 {
		return a, a.Total > 0
	}
	return onto(order, boon.Spread(order.Discount, weights), order.Discount), true
}

// onto puts an amount by line onto an order.
func onto(order boon.Order, minor []int64, total int64) offer.Applied {
	a := offer.Applied{Total: total}
	for i, l := range order.Lines {
		if minor[i] > 0 {
			a.Lines = append(a.Lines, boon.LineDiscount{ID: l.ID, SKU: l.SKU, Price: l.Price, Quantity: l.Quantity, Minor: minor[i]})
		}
	}
	return a
}

// tell gives the claims of a paid order what the order says it gave, where all of that is theirs. The others are left to compute.
func (d *Desk) tell(tx Tx, claims []claim, order boon.Order) error {
	if _, ok := stated(order); !ok || !divisible(claims) {
		return nil
	}
	if done, err := tx.OfOrder(order.ID); err != nil || len(done) > 0 {
		return err
	}
	for i, a := range share(order, d.eachAfter(claims)) {
		claims[i].applied, claims[i].told = a, true
		claims[i] = d.charged(claims[i])
	}
	return nil
}

// divisible tells whether claims can have what one discount says: a single one unless it takes nothing off, several that all take it off goods.
func divisible(claims []claim) bool {
	if len(claims) == 1 {
		t := claims[0].offer.Reward.Type
		return t != boon.RewardPoints && t != boon.RewardGift
	}
	return !slices.ContainsFunc(claims, func(c claim) bool { return !takesGoods(&c.offer) })
}

func takesGoods(o *boon.Offer) bool {
	return o != nil && (o.Reward.Type == boon.RewardPercentage || o.Reward.Type == boon.RewardFixed)
}

// eachAfter is what each claim computes on what the ones before it left.
func (d *Desk) eachAfter(claims []claim) []offer.Applied {
	own := make([]offer.Applied, len(claims))
	var before []boon.Redemption
	for i, c := range claims {
		own[i] = d.computed(c, before).applied
		before = append(before, boon.Redemption{Lines: own[i].Lines, Discount: own[i].Total})
	}
	return own
}

// restated is what an update says is left of the discount of each of an order's redemptions, by what they keep; nil where it does not say, or says it
// of others too.
func (d *Desk) restated(tx Tx, redeemed []boon.Redemption, a Amendment) ([]*offer.Applied, error) {
	told, order := make([]*offer.Applied, len(redeemed)), a.Order
	if a.Name != boon.OrderUpdated || len(redeemed) == 0 {
		return told, nil
	}
	if theirs, err := d.haveAll(tx, redeemed, order); err != nil || !theirs {
		return told, err
	}
	order.Currency = cmp.Or(order.Currency, redeemed[0].Currency)
	own := make([]offer.Applied, len(redeemed))
	for i, r := range redeemed {
		own[i].Lines = kept(r)
	}
	for i, a := range share(order, own) {
		told[i] = &a
	}
	return told, nil
}

// haveAll tells whether all that an update says was taken off is these redemptions' own: no code of it is another's.
func (d *Desk) haveAll(tx Tx, redeemed []boon.Redemption, order boon.Order) (bool, error) {
	for _, code := range order.Coupons {
		if known, err := d.carried(tx, order.ID, code); err != nil || !known {
			return false, err
		}
	}
	if len(redeemed) == 1 {
		return true, nil
	}
	if all, err := tx.OfOrder(order.ID); err != nil || len(all) > len(redeemed) {
		return false, err
	}
	stood, err := d.stood(tx, redeemed)
	return !slices.ContainsFunc(stood, func(s offer.Stood) bool { return !takesGoods(s.Offer) }), err
}

// share spreads what an order says it gave over the claims on it, by what each would take off of its own; nil when the order does not say.
// What it says by line is spread line by line; a discount that it says in all over the claims, each of which has it where it would have taken it.
func share(order boon.Order, own []offer.Applied) []offer.Applied {
	whole, ok := stated(order)
	if !ok {
		return nil
	}
	if len(own) == 1 {
		return []offer.Applied{whole}
	}
	rows, totals := make([][]int64, len(own)), make([]int64, len(own))
	for i, a := range own {
		rows[i] = byLine(order, a.Lines)
		totals[i] = sum(rows[i])
	}
	if slices.ContainsFunc(order.Lines, func(l boon.Line) bool { return l.Coupon > 0 }) {
		totals = shareLines(order, rows, totals)
	} else {
		totals = shareTotal(order, rows, totals)
	}
	shares := make([]offer.Applied, len(own))
	for i, row := range rows {
		shares[i] = onto(order, row, totals[i])
	}
	return shares
}

// shareLines spreads what each line says over the claims. A line that none of them takes anything off goes by what they take off in all.
func shareLines(order boon.Order, rows [][]int64, totals []int64) []int64 {
	column, shares := make([]int64, len(rows)), make([]int64, len(rows))
	for j, l := range order.Lines {
		for i := range rows {
			column[i] = rows[i][j]
		}
		for i, minor := range boon.Spread(max(0, l.Coupon), overClaims(column, totals)) {
			rows[i][j] = minor
			shares[i] += minor
		}
	}
	return shares
}

// shareTotal spreads the order's discount over the claims. What is more than a claim takes off goes where the lines have room.
func shareTotal(order boon.Order, rows [][]int64, totals []int64) []int64 {
	shares := boon.Spread(order.Discount, overClaims(totals))
	amounts := make([]int64, len(order.Lines))
	for j, l := range order.Lines {
		amounts[j] = l.Amount(order.Currency)
	}
	room := slices.Clone(amounts)
	for i := range rows {
		rows[i] = boon.Spread(min(shares[i], totals[i]), rows[i])
		for j, minor := range rows[i] {
			room[j] -= minor
		}
	}
	for i := range rows {
		for j, minor := range boon.Spread(shares[i]-sum(rows[i]), positive(room, amounts)) {
			rows[i][j] += minor
			room[j] -= minor
		}
	}
	return shares
}

// overClaims are the first weights that weigh anything; where none do, the claims have equal ones.
func overClaims(weights ...[]int64) []int64 {
	return positive(append(weights, slices.Repeat([]int64{1}, len(weights[0])))...)
}

// positive are the first weights that weigh anything, or the last.
func positive(weights ...[]int64) []int64 {
	for _, w := range weights {
		if slices.ContainsFunc(w, func(n int64) bool { return n > 0 }) {
			return w
		}
	}
	return weights[len(weights)-1]
}

// byLine is what a discount takes off each line of an order. Of lines that are told apart by nothing each has one part.
func byLine(order boon.Order, lines []boon.LineDiscount) []int64 {
	minor := make([]int64, len(order.Lines))
	for _, d := range lines {
		for j, l := range order.Lines {
			if minor[j] == 0 && sameLine(space{id: l.ID, sku: l.SKU}, d) {
				minor[j] = d.Minor
				break
			}
		}
	}
	return minor
}

func sum(parts []int64) (total int64) {
	for _, n := range parts {
		total += n
	}
	return total
}

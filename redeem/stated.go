package redeem

import (
	"cmp"
	"slices"

	"boon"
	"boon/offer"
)

// says tells whether an order says what was taken off it.
func says(order boon.Order) bool { return order.Discount > 0 || saysByLine(order) }

func saysByLine(order boon.Order) bool {
	return slices.ContainsFunc(order.Lines, func(l boon.Line) bool { return l.Coupon > 0 })
}

// stated reads what the shop says it took off: coupons by line, else the order's discount spread over the lines by weight.
func stated(order boon.Order, weights []int64) offer.Applied {
	if !saysByLine(order) {
		return onto(order, boon.Spread(order.Discount, weights), order.Discount)
	}
	coupons := make([]int64, len(order.Lines))
	for i, l := range order.Lines {
		coupons[i] = l.Coupon
	}
	return onto(order, coupons, sum(coupons))
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
	if !says(order) || !divisible(claims) {
		return nil
	}
	if done, err := tx.OfOrder(order.ID); err != nil || len(done) > 0 {
		return err
	}
	offers := make([]*boon.Offer, len(claims))
	for i := range claims {
		offers[i] = &claims[i].offer
	}
	for i, a := range share(order, d.eachAfter(claims), offers) {
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
	stood, err := d.stood(tx, redeemed)
	if err != nil {
		return nil, err
	}
	if theirs, err := d.haveAll(tx, stood, order); err != nil || !theirs {
		return told, err
	}
	order.Currency = cmp.Or(order.Currency, redeemed[0].Currency)
	own, offers := make([]offer.Applied, len(redeemed)), make([]*boon.Offer, len(redeemed))
	for i, r := range redeemed {
		own[i].Lines, offers[i] = kept(r), stood[i].Offer
	}
	for i, a := range share(order, own, offers) {
		told[i] = &a
	}
	return told, nil
}

// haveAll tells whether all that an update says was taken off is these redemptions' own: no code of it is another's.
func (d *Desk) haveAll(tx Tx, stood []offer.Stood, order boon.Order) (bool, error) {
	for _, code := range order.Coupons {
		if known, err := d.carried(tx, order.ID, code); err != nil || !known {
			return false, err
		}
	}
	if len(stood) == 1 {
		return true, nil
	}
	if all, err := tx.OfOrder(order.ID); err != nil || len(all) > len(stood) {
		return false, err
	}
	return !slices.ContainsFunc(stood, func(s offer.Stood) bool { return !takesGoods(s.Offer) }), nil
}

// share spreads what an order says it gave over the claims on it, by what each would take off of its own; nil when the order does not say.
// None has more than its goods are worth. What it says by line is spread line by line; a discount that it says in all over the claims, each of which
// has it where it would have taken it. rows are what each claim has by line: first what it would take, then what it gets.
func share(order boon.Order, own []offer.Applied, offers []*boon.Offer) []offer.Applied {
	worth := worthTo(order, offers)
	if len(offers) == 1 && freesShipping(offers[0]) {
		return offShipping(order, worth)
	}
	if order = worth.hold(order); !says(order) {
		return nil
	}
	if len(own) == 1 {
		return []offer.Applied{stated(order, worth.lines[0])}
	}
	rows, totals := make([][]int64, len(own)), make([]int64, len(own))
	for i, a := range own {
		rows[i] = byLine(order, a.Lines)
		totals[i] = sum(rows[i])
	}
	if saysByLine(order) {
		totals = shareLines(order, rows, totals, worth)
	} else {
		totals = shareTotal(order, rows, totals, worth)
	}
	shares := make([]offer.Applied, len(own))
	for i, row := range rows {
		shares[i] = onto(order, row, totals[i])
	}
	return shares
}

func freesShipping(o *boon.Offer) bool {
	return o != nil && o.Reward.Type == boon.RewardFreeShipping
}

// offShipping is what an order says in all of a code that frees shipping: no more than it charges for that, where it says so, else than its goods are worth.
// What it says by line is not that code's.
func offShipping(order boon.Order, worth goods) []offer.Applied {
	minor := min(order.Discount, cmp.Or(max(0, order.Shipping), worth.all))
	if minor <= 0 {
		return nil
	}
	return []offer.Applied{{Total: minor, FreeShipping: minor}}
}

// shareLines spreads what each line says over the claims, writes it into the rows and returns what each has in all. A line that none of them takes anything off goes by what they take off in all.
func shareLines(order boon.Order, rows [][]int64, totals []int64, worth goods) []int64 {
	column, shares, room := make([]int64, len(rows)), make([]int64, len(rows)), slices.Clone(worth.codes)
	for j, l := range order.Lines {
		for i := range rows {
			column[i] = rows[i][j]
		}
		for i, minor := range within(room, l.Coupon, overClaims(column, totals)) {
			rows[i][j] = minor
			shares[i] += minor
			room[i] -= minor
		}
	}
	return shares
}

// shareTotal spreads the order's discount over the claims, writes where it lies into the rows and returns what each has in all. What is more than a claim takes off goes where the lines have room.
func shareTotal(order boon.Order, rows [][]int64, totals []int64, worth goods) []int64 {
	shares := within(worth.codes, order.Discount, overClaims(totals))
	room := make([]int64, len(order.Lines))
	for j, l := range order.Lines {
		room[j] = max(0, l.Amount(order.Currency))
	}
	worth.place(shares, rows, room)
	return shares
}

// overClaims are the first weights that weigh anything; where none do, the claims have equal ones.
func overClaims(weights ...[]int64) []int64 {
	for _, w := range weights {
		if sum(w) > 0 {
			return w
		}
	}
	return slices.Repeat([]int64{1}, len(weights[0]))
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

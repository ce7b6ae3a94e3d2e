package offer

import "boon"

// Cost is what one use costs the shop, in minor units of the currency, net of the vendor's share: the discount, the shipping not charged,
// points at their value, or the gift at giftCost.
func Cost(o *boon.Offer, level boon.Micros, applied Applied, giftCost int64, currency boon.Currency) int64 {
	return net(&o.Reward, gross(o, level, applied, giftCost, currency))
}

func gross(o *boon.Offer, level boon.Micros, applied Applied, giftCost int64, currency boon.Currency) int64 {
	switch o.Reward.Type {
	case boon.RewardPoints:
		return o.Reward.PointValue.Times(Points(level), currency)
	case boon.RewardGift:
		return giftCost
	case boon.RewardNudge:
		return 0
	}
	return applied.Total
}

// Charge is Cost and, beside it, what the vendor owes. Where prices include VAT a discount lowers the tax as well, so that it costs the
// shop only what is left of it net of the tax that its lines say they carry; a line that says nothing costs all of it.
func Charge(o boon.Offer, level boon.Micros, applied Applied, giftCost int64, cart boon.Order, vat bool) (cost, vendor int64) {
	whole := gross(&o, level, applied, giftCost, cart.Currency)
	if vat {
		whole -= taxIn(applied.Lines, cart)
	}
	cost = net(&o.Reward, whole)
	return cost, whole - cost
}

// taxIn is the tax within a discount: of each line in proportion to its amount.
func taxIn(lines []boon.LineDiscount, cart boon.Order) (tax int64) {
	for _, d := range lines {
		for _, l := range cart.Lines {
			if l.ID == d.ID && l.SKU == d.SKU && l.Tax > 0 && l.Amount(cart.Currency) > 0 {
				tax += taxOf(l, d.Minor, cart.Currency)
				break
			}
		}
	}
	return tax
}

func taxOf(l boon.Line, minor int64, c boon.Currency) int64 {
	amount := l.Amount(c)
	if l.Tax <= 0 || amount <= 0 {
		return 0
	}
	return boon.MulDiv(min(minor, amount), min(l.Tax, amount), amount)
}

// GiftCost is what a product that is given away costs the shop: an unknown cost is at most the price.
func GiftCost(p *boon.Product) int64 {
	if p.Cost != nil {
		return *p.Cost
	}
	return p.Price
}

// WorstCase is the most that a grant at this level can cost over all its uses, in minor units net of the vendor's share, and whether
// there is such a bound. giftCost is the gift's cost; shipping is the highest charge for shipping, 0 when it is not known.
// A percentage is bounded by its maximum alone.
func WorstCase(o *boon.Offer, level boon.Micros, giftCost, shipping int64, currency boon.Currency) (int64, bool) {
	once, bounded := worstUse(&o.Reward, level, giftCost, shipping, currency)
	// net is monotone, so the net of the largest use bounds the net of any use
	return boon.MulDiv(net(&o.Reward, once), Uses(o), 1), bounded
}

func worstUse(r *boon.Reward, level boon.Micros, giftCost, shipping int64, currency boon.Currency) (int64, bool) {
	switch r.Type {
	case boon.RewardPercentage:
		return r.MaxDiscount, r.MaxDiscount > 0 || level <= 0
	case boon.RewardFixed:
		return capped(r, max(level.Minor(currency), 0)), true
	case boon.RewardFreeShipping:
		if r.MaxDiscount > 0 {
			return r.MaxDiscount, true
		}
		return shipping, shipping > 0
	case boon.RewardPoints:
		return r.PointValue.Times(Points(level), currency), true
	case boon.RewardGift:
		return giftCost, true
	}
	return 0, true
}

// Uses is how often a grant of the offer can be redeemed: at least once.
func Uses(o *boon.Offer) int64 { return max(o.Uses, 1) }

// Levels is the offer's menu of values; a reward without a menu (gift, free shipping, nudge) has the one level 0.
func Levels(o *boon.Offer) []boon.Micros {
	if len(o.Reward.Levels) == 0 {
		return withoutMenu
	}
	return o.Reward.Levels
}

// withoutMenu is never changed.
var withoutMenu = []boon.Micros{0}

func net(r *boon.Reward, cost int64) int64 { return cost - r.VendorShare.Of(cost) }

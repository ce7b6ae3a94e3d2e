package publish

import (
	"time"

	"boon"
)

var (
	channelWord = word("web", "app", "email", "sms", "push", "webhook", "store")
	rewardWord  = word(boon.RewardPercentage, boon.RewardFixed, boon.RewardPoints, boon.RewardGift, boon.RewardFreeShipping, boon.RewardNudge)
)

var offerFields = object[boon.Offer]{
	is("id", identifier("id"), func(o *boon.Offer) *string { return &o.ID }, idDoc).required(),
	is("campaign", identifier("Campaign id"), func(o *boon.Offer) *string { return &o.Campaign }, "Gives the offer its budget, its holdout and the window of its dates."),
	is("budget", identifier("Budget id"), func(o *boon.Offer) *string { return &o.Budget }, "Instead of the campaign's. Every offer but a nudge needs one of the two."),
	is("reward", nested(rewardFields), func(o *boon.Offer) *boon.Reward { return &o.Reward }, "What is given.").required(),
	is("scope", nested(scopeFields), func(o *boon.Offer) *boon.Scope { return &o.Scope }, "What it applies to.").otherwise("{}"),
	is("eligibility", expression, func(o *boon.Offer) *string { return &o.Eligibility }, "CEL; who may get it. Without it: everyone."),
	is("triggers", list(identifier("Trigger id")), func(o *boon.Offer) *[]string { return &o.Triggers }, "Any of these makes it a candidate. Without them it always is one."),
	is("placements", list(identifier("Placement id")), func(o *boon.Offer) *[]string { return &o.Placements }, "Where it can show. Only an offer with a public code or a pool can do without, and then it shows at every placement: name one that nobody asks for to keep its codes from decisions."),
	is("channels", list(channelWord), func(o *boon.Offer) *[]string { return &o.Channels }, "Only by these channels, and of those that are open to the shopper by the first; without them by those of its placements."),
	is("starts", instant, func(o *boon.Offer) *time.Time { return &o.Starts }, "Not before."),
	is("ends", instant, func(o *boon.Offer) *time.Time { return &o.Ends }, "Not at or after. Grants already given keep their life."),
	is("duration", duration, func(o *boon.Offer) *time.Duration { return &o.Duration }, "Life of a grant.").otherwise("14d"),
	is("caps", nested(capFields), func(o *boon.Offer) *boon.Caps { return &o.Caps }, "How often it can be acquired. A grant that dies unredeemed gives its place back."),
	is("frequency", listOf(nested(frequencyFields), true), func(o *boon.Offer) *[]boon.Frequency { return &o.Frequency }, "At most so many grants to one person in a window; for a nudge, showings. Each entry holds."),
	is("stacking", nested(stackingFields), func(o *boon.Offer) *boon.Stacking { return &o.Stacking }, "Whether an order may carry it beside others.").otherwise("{}"),
	is("uses", whole[int64](1, 1000), func(o *boon.Offer) *int64 { return &o.Uses }, "Redemptions that one grant is good for.").otherwise("1"),
	is("minimum", amount, func(o *boon.Offer) *int64 { return &o.Minimum }, "What the scope must hold in the cart, in money, for the offer to apply."),
	is("clawback", truth, func(o *boon.Offer) *bool { return &o.Clawback }, "A return that leaves less than `minimum` takes back the rest of the discount: the shop withholds it from the refund."),
	is("onReturn", word("reinstate"), func(o *boon.Offer) *string { return &o.OnReturn }, "`reinstate`: a use that comes back whole can be used again, while the grant's time is not over and its budget can promise it anew."),
	is("brandSensitive", truth, func(o *boon.Offer) *bool { return &o.BrandSensitive }, "Touches the brand: only such an offer may say `hold`."),
	is("hold", duration, func(o *boon.Offer) *time.Duration { return &o.Hold }, "What a decision would grant waits so long for a human to approve it, and is granted then (docs/overrides.md). Needs `brandSensitive`."),
	is("sensitive", truth, func(o *boon.Offer) *bool { return &o.Sensitive }, "May be about goods of the shop's sensitive categories."),
	is("pinned", truth, func(o *boon.Offer) *bool { return &o.Pinned }, "Wins over every offer that is not pinned, wherever it is allowed at all."),
	is("paused", truth, func(o *boon.Offer) *bool { return &o.Paused }, "Is offered to nobody; grants already given stay good."),
	is("message", nested(messageFields), func(o *boon.Offer) *boon.Message { return &o.Message }, "What the shopper reads."),
	is("codes", codes, func(o *boon.Offer) *boon.Codes { return &o.Codes }, "How a grant gets its code.").otherwise("{mode: auto}"),
}

var rewardFields = object[boon.Reward]{
	is("type", rewardWord, func(r *boon.Reward) *boon.RewardType { return &r.Type }, "What is given: per cent off, money off, points, a product, shipping, or no more than a message.").required(),
	rewardValues,
	rewardRange,
	is("maxDiscount", amount, func(r *boon.Reward) *int64 { return &r.MaxDiscount }, "The most that one redemption takes off: of a percentage, money or shipping. A percentage needs it when its budget commits the worst case."),
	is("pointValue", decimal("decimal", "0.000001", "1000"), func(r *boon.Reward) *boon.Micros { return &r.PointValue }, "What a point costs, in the shop's currency. Needed by points."),
	is("sku", sku, func(r *boon.Reward) *string { return &r.SKU }, "The product that a gift gives."),
	is("nudge", word("social_proof", "financing", "shipping_threshold", "payment_method"), func(r *boon.Reward) *string { return &r.Nudge }, "What kind of message a nudge is."),
	is("vendorShare", share, func(r *boon.Reward) *boon.Micros { return &r.VendorShare }, "Share of the cost that a vendor pays."),
	is("validFor", duration, func(r *boon.Reward) *time.Duration { return &r.ValidFor }, "Of points: what is not spent by then lapses. Without it they never do."),
}

var level = decimal("decimal", "0.000001", "1000000000")

// rewardValues are the levels as listed.
var rewardValues = is("values", list(level), func(r *boon.Reward) *[]boon.Micros { return &r.Levels },
	"The menu: per cent, money, or points, by type. Each value competes on its own.")

// menu reports whether rewards of a type come in several sizes.
func menu(t boon.RewardType) bool {
	return t == boon.RewardPercentage || t == boon.RewardFixed || t == boon.RewardPoints
}

// span is {from, to, step}, another way to write levels.
type span struct{ from, to, step boon.Micros }

var spanFields = object[span]{
	is("from", level, func(s *span) *boon.Micros { return &s.from }, "The smallest.").required(),
	is("to", level, func(s *span) *boon.Micros { return &s.to }, "None is larger.").required(),
	is("step", level, func(s *span) *boon.Micros { return &s.step }, "From one to the next.").required(),
}

// maxLevels bounds a menu: each level is a candidate of its own in every decision.
const maxLevels = 100

var rewardRange = field[boon.Reward]{
	row: row{name: "range", form: "mapping", doc: "The menu as evenly spaced values, instead of `values`.", rows: spanFields.rows()},
	read: func(v value, r *boon.Reward) {
		var s span
		if len(r.Levels) > 0 {
			v.problem("give values or a range, not both")
			return
		}
		spanFields.read(v, &s)
		switch {
		case s.from == 0 || s.to == 0 || s.step == 0: // complained of already
		case s.to < s.from:
			v.problem("the range goes down, from %s to %s", s.from, s.to)
		case (s.to-s.from)/s.step >= maxLevels:
			v.problem("the range has more than %d values", maxLevels)
		default:
			for x := s.from; x <= s.to; x += s.step {
				r.Levels = append(r.Levels, x)
			}
		}
	},
}

var scopeFields = object[boon.Scope]{
	is("kind", word("all", "category", "sku", "bundle"), func(s *boon.Scope) *string { return &s.Kind }, "The whole order, lines of some categories, lines of some SKUs, or a set of SKUs bought together.").otherwise("all"),
	is("categories", list(category), func(s *boon.Scope) *[]string { return &s.Categories }, "Category paths; what lies below them counts too."),
	is("skus", list(sku), func(s *boon.Scope) *[]string { return &s.SKUs }, "The SKUs of a sku or bundle scope."),
	is("each", whole[int64](1, 1000), func(s *boon.Scope) *int64 { return &s.Each }, "Units of each SKU that make one bundle; 1 unless said."),
}

var capFields = object[boon.Caps]{
	is("total", whole[int64](1, 1e12), func(c *boon.Caps) *int64 { return &c.Total }, "By everyone together."),
	is("perProfile", whole[int64](1, 1e6), func(c *boon.Caps) *int64 { return &c.PerProfile }, "By one person."),
	is("perIdentifier", whole[int64](1, 1e6), func(c *boon.Caps) *int64 { return &c.PerIdentifier }, "By one account, e-mail, phone or device: all that are known of the one who asks take a place, so that ten accounts on one device are one."),
	is("perDay", whole[int64](1, 1e12), func(c *boon.Caps) *int64 { return &c.PerDay }, "By everyone together in a day of the shop's time zone."),
	is("perWeek", whole[int64](1, 1e12), func(c *boon.Caps) *int64 { return &c.PerWeek }, "In a week, which begins on Monday."),
	is("perMonth", whole[int64](1, 1e12), func(c *boon.Caps) *int64 { return &c.PerMonth }, "In a month."),
}

var messageFields = object[boon.Message]{
	is("title", template, func(m *boon.Message) *string { return &m.Title }, "One line, with tokens."),
	is("body", template, func(m *boon.Message) *string { return &m.Body }, "The rest, with tokens."),
	is("why", template, func(m *boon.Message) *string { return &m.Why }, "Why this shopper gets it, with tokens. Without it, a sentence is made of what the condition reads."),
}

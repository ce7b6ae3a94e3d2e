package publish

import (
	"strings"
	"time"
	_ "time/tzdata" // so that a time zone is known or unknown whatever the machine

	"boon"

	"go.yaml.in/yaml/v3"
)

var idDoc = "Its name in references, reports and records."

var shopFields = object[boon.Shop]{
	is("id", identifier("id"), func(s *boon.Shop) *string { return &s.ID }, "The shop's name in records.").required(),
	shopCurrency,
	is("timezone", zone, func(s *boon.Shop) *string { return &s.Timezone }, "IANA time zone in which days, weeks and months of budgets and reports turn.").required(),
	is("pricesInclude", word("none", "vat"), func(s *boon.Shop) *string { return &s.PricesInclude }, "Whether prices in events include VAT, which is then no revenue.").otherwise("none"),
	is("regime", regimes, func(s *boon.Shop) *map[string]string { return &s.Regime }, "Country (ISO 3166-1 alpha-2) or `default` to `opt-in` or `opt-out`: what no recorded consent choice means there."),
	is("margins", named("mapping of category to share 0..1", categoryKey, share), func(s *boon.Shop) *map[string]boon.Micros { return &s.Margins }, "Margin as a share of price, by category path or `default`, where a product has no cost. The longest path that matches counts."),
	is("cost", nested(costFields), func(s *boon.Shop) *boon.ShopCost { return &s.Cost }, "What an order costs besides its goods."),
	is("targetDays", decimal("decimal", "0.1", "3650"), func(s *boon.Shop) *boon.Micros { return &s.TargetDays }, "Days of cover aimed at: stock pressure is 0 there, -1 at none, +1 at twice as many.").otherwise("28"),
	is("candidates", whole[int](1, 1_000_000), func(s *boon.Shop) *int { return &s.Candidates }, "How many offers a decision values for one placement at most. Beyond it the least promising are left out, and the answer says so (docs/offers.md).").otherwise("1000"),
	is("priceDrop", share, func(s *boon.Shop) *boon.Micros { return &s.PriceDrop }, "By what share a price must fall for a `price_drop` trigger to hear of it; 0.05 unless said."),
	is("competitorAge", duration, func(s *boon.Shop) *time.Duration { return &s.CompetitorAge }, "How long a competitor's price counts after it was seen; 48h unless said."),
	is("horizon", duration, func(s *boon.Shop) *time.Duration { return &s.Horizon }, "How long an offer's effect on net contribution is counted.").otherwise("7d"),
	is("origins", list(textual), func(s *boon.Shop) *[]string { return &s.Origins }, "Web origins whose pages may call the API (CORS)."),
	is("identity", nested(identityFields), func(s *boon.Shop) *boon.IdentityRules { return &s.Identity }, "Bounds of what may be linked into one profile.").otherwise("{}"),
	is("approvals", nested(approvalFields), func(s *boon.Shop) *boon.Approvals { return &s.Approvals }, "Whether who proposes a change may publish it. Without it, nothing needs an approval."),
	is("priors", named("mapping of name to decimal", priorKey, decimal("decimal", "-1000000", "1000000")), func(s *boon.Shop) *map[string]boon.Micros { return &s.Priors }, "What scoring believes before it has learned (`order`, `elasticity`, `redeem`, `nudge`, and the `weight` of that belief in observations), and how much it explores (`explore`, as a share of the basket's contribution)."),
	is("sensitive", list(category), func(s *boon.Shop) *[]string { return &s.Sensitive }, "Categories, such as health, that offers leave alone unless they say `sensitive`, and of which no interest is read (docs/overrides.md)."),
	is("disclosures", named("mapping of region, country or default to text", placeKey, textual), func(s *boon.Shop) *map[string]string { return &s.Disclosures }, "What a personalised offer has to say by law: by region (ISO 3166-2), else country, else `default`."),
	is("alarms", nested(alarmFields), func(s *boon.Shop) *boon.Alarms { return &s.Alarms }, "Where alarms are told."),
}

var approvalFields = object[boon.Approvals]{
	is("required", word("none", "budgets", "all"), func(a *boon.Approvals) *string { return &a.Required }, "What one person cannot publish alone: nothing, changes of a Budget and of this rule, or any change. It is proposed (`boon propose`), and somebody else approves it (`boon approve`).").required(),
}

var costFields = object[boon.ShopCost]{
	is("paymentFee", share, func(c *boon.ShopCost) *boon.Micros { return &c.PaymentFee }, "Share of what is paid."),
	is("shipping", amount, func(c *boon.ShopCost) *int64 { return &c.Shipping }, "Of an order that ships."),
	is("returnRate", share, func(c *boon.ShopCost) *boon.Micros { return &c.ReturnRate }, "Share of revenue that comes back."),
}

var identityFields = object[boon.IdentityRules]{
	is("maxUsersPerIdentifier", whole[int](1, 1000), func(r *boon.IdentityRules) *int { return &r.MaxUsersPerIdentifier }, "An identifier shared by more accounts than this links nobody.").otherwise("5"),
	is("blocked", list(textual), func(r *boon.IdentityRules) *[]string { return &r.Blocked }, "Raw values that never identify anyone, besides the built-in ones."),
}

// shopCurrency is read before every amount of the shop, since it says what they mean.
var shopCurrency = func() field[boon.Shop] {
	f := is("currency", currency, func(s *boon.Shop) *boon.Currency { return &s.Currency }, "ISO 4217 code of every amount that names no other.").required()
	read := f.read
	f.read = func(v value, s *boon.Shop) {
		read(v, s)
		v.currency = s.Currency
	}
	return f
}()

var zone = func() form[string] {
	f := textForm[string]("time zone", "an IANA time zone such as America/New_York", 100)
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if _, err := time.LoadLocation(s); ok && (err != nil || s == "Local") {
			return "", v.problem("%q is no IANA time zone; write one such as America/New_York, Europe/Berlin or UTC", shorten(s))
		}
		return s, ok
	}
	return f
}()

var regimes = named("mapping of country to opt-in / opt-out", countryKey, word("opt-in", "opt-out"))

func countryKey(key value, name string) bool {
	if name == "default" || (len(name) == 2 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z') {
		return true
	}
	return key.problem("%q is neither default nor a country of two capital letters, such as DE", shorten(name))
}

func placeKey(key value, name string) bool {
	country, region, split := strings.Cut(name, "-")
	if !split || region == "" || len(region) > 3 {
		return countryKey(key, name)
	}
	return countryKey(key, country)
}

func categoryKey(key value, name string) bool {
	if name != "" && len(name) <= 300 {
		return true
	}
	return key.problem("expected default or a category path of at most 300 bytes")
}

// priorNames are those that scoring reads (see model and decide).
var priorNames = []string{"order", "elasticity", "redeem", "nudge", "weight", "explore"}

func priorKey(key value, name string) bool {
	for _, known := range priorNames {
		if name == known {
			return true
		}
	}
	return key.problem("unknown prior %q%s", shorten(name), suggestion(name, priorNames))
}

var budgetFields = object[boon.Budget]{
	is("id", identifier("id"), func(b *boon.Budget) *string { return &b.ID }, idDoc).required(),
	budgetCurrency,
	budgetAmount,
	is("period", word(boon.PeriodTotal, boon.PeriodDay, boon.PeriodWeek, boon.PeriodMonth), func(b *boon.Budget) *boon.Period { return &b.Period }, "After which it is filled anew, in the shop's time zone.").otherwise("total"),
	is("quantile", decimal("share 0.5..0.999", "0.5", "0.999"), func(b *boon.Budget) *boon.Micros { return &b.Quantile }, "Of an expected commitment: so much is held in reserve that with this probability the promises made cost no more than there is."),
	is("covers", optional(nested(coverFields)), func(b *boon.Budget) **boon.Covers { return &b.Covers }, "Makes it a ceiling: it funds nothing, and bounds what the grants it covers commit and cost in its period."),
	is("measure", word("spend", "liability"), func(b *boon.Budget) *string { return &b.Measure }, "What counts under a ceiling: `spend` (unless said), what is committed and what was redeemed, less what came back; or `liability`, what is committed and still open."),
	is("commitment", word("worst_case", "expected"), func(b *boon.Budget) *string { return &b.Commitment }, "What a grant holds back until it is redeemed or dies: the most that it can cost, so that the budget is never passed, or what it is expected to cost, so that an excess stands in overrun.").otherwise("worst_case"),
}

var coverFields = object[boon.Covers]{
	is("kind", word("shop", "campaign", "offer", "category"), func(c *boon.Covers) *string { return &c.Kind }, "Everything, or what the ids name.").required(),
	is("ids", list(textual), func(c *boon.Covers) *[]string { return &c.IDs }, "Campaigns, offers, or category paths with what lies below them; none for the shop."),
}

var budgetCurrency = func() field[boon.Budget] {
	f := is("currency", currency, func(b *boon.Budget) *boon.Currency { return &b.Currency }, "ISO 4217 code; by default the shop's. Offers are funded by budgets in the shop's currency.")
	write := f.write
	f.write = func(b *boon.Budget, shop boon.Currency) *yaml.Node {
		if b.Currency == shop {
			return nil
		}
		return write(b, shop)
	}
	return f
}()

var budgetAmount = field[boon.Budget]{
	row: row{name: "amount", form: "money", doc: "How much there is in a period.", must: true},
	read: func(v value, b *boon.Budget) {
		if b.Currency == "" {
			b.Currency = v.currency
		}
		m, ok := v.money(b.Currency)
		switch {
		case b.Currency == "": // complained of already
		case ok && m.Minor == 0:
			v.problem("a budget needs an amount above 0")
		case ok && m.Currency != b.Currency:
			v.problem("the amount is in %s, but the budget's currency is %s", m.Currency, b.Currency)
		}
		b.Amount = m.Minor
	},
	write: func(b *boon.Budget, _ boon.Currency) *yaml.Node { return moneyNode(b.Amount, b.Currency) },
}

package feature

import (
	"slices"
	"strings"
)

const never = 9999 // days since what never happened

var profileTable = []Definition{
	integer("profile.recency_days", "days", "since the last order (UTC days); 9999 without one", func(r *Reading) int64 { return r.recency() }),
	integer("profile.orders", "orders", "completed, ever", func(r *Reading) int64 { return r.Counts[Orders] }),
	integer("profile.orders_7d", "orders", "completed in the last 7 days, today included", func(r *Reading) int64 { return r.d7.orders }),
	integer("profile.orders_30d", "orders", "completed in the last 30 days", func(r *Reading) int64 { return r.d30.orders }),
	integer("profile.orders_90d", "orders", "completed in the last 90 days", func(r *Reading) int64 { return r.d90.orders }),
	integer("profile.orders_365d", "orders", "completed in the last 365 days", func(r *Reading) int64 { return r.d365.orders }),
	double("profile.revenue", "major units of the shop's currency", "of all orders, net of discounts and refunds, before shipping and tax", func(r *Reading) float64 { return float64(r.Revenue-r.Refunded) / r.scale }),
	double("profile.revenue_30d", "major units of the shop's currency", "of orders in the last 30 days, less refunds booked in them", func(r *Reading) float64 { return float64(r.d30.revenue-r.d30.refunded) / r.scale }),
	double("profile.revenue_90d", "major units of the shop's currency", "of orders in the last 90 days, less refunds booked in them", func(r *Reading) float64 { return float64(r.d90.revenue-r.d90.refunded) / r.scale }),
	double("profile.revenue_365d", "major units of the shop's currency", "of orders in the last 365 days, less refunds booked in them", func(r *Reading) float64 { return float64(r.d365.revenue-r.d365.refunded) / r.scale }),
	double("profile.aov", "major units of the shop's currency", "average revenue of an order, over all orders in the shop's currency; 0 without one", func(r *Reading) float64 { return share(r.Revenue, r.Counts[Orders]-r.Counts[ForeignOrders]) / r.scale }),
	double("profile.units_per_order", "units", "average over all orders; 0 without one", func(r *Reading) float64 { return share(r.Units, r.Counts[Orders]) }),
	integer("profile.foreign_orders", "orders", "in another currency than the shop's: counted, their money left out", func(r *Reading) int64 { return r.Counts[ForeignOrders] }),
	integer("profile.rfm_recency", "1..5", "quintile of the last order's day among all who ordered, 5 the latest; 0 without an order", func(r *Reading) int64 { return r.score(r.cuts.Recency, r.LastOrderDay) }),
	integer("profile.rfm_frequency", "1..5", "quintile of the number of orders, 5 the most; 0 without an order", func(r *Reading) int64 { return r.score(r.cuts.Frequency, r.Counts[Orders]) }),
	integer("profile.rfm_monetary", "1..5", "quintile of gross revenue, 5 the most; 0 without an order", func(r *Reading) int64 { return r.score(r.cuts.Monetary, r.State.Revenue) }),
	text("profile.rfm", "", "the three scores in one, such as \"543\"; \"\" without an order", func(r *Reading) string { return r.rfm() }),
	double("profile.cycle_days", "days", "median gap between order days; the population's median with fewer than three order days, 30 while that is not known", func(r *Reading) float64 { return r.cycleDays }),
	double("profile.cycle_ratio", "", "recency_days / cycle_days: 1 when the next order is due; 0 without an order", func(r *Reading) float64 { return r.cycleRatio() }),
	text("profile.cohort", "", "new (no order, or one within 1.5 cycles), active (within 1.5 cycles), lapsing (within 3), lapsed", func(r *Reading) string { return r.cohort() }),
	integer("profile.sessions", "sessions", "runs of active half-hours in the last 730 days", func(r *Reading) int64 { return r.sessions }),
	integer("profile.active_days", "days", "with an event in the last 730 days", func(r *Reading) int64 { return r.activeDays }),
	integer("profile.first_seen_days", "days", "since the first event; 0 for someone new", func(r *Reading) int64 { return r.since(r.First, 0) }),
	integer("profile.last_seen_days", "days", "since the last event; 9999 for someone never seen", func(r *Reading) int64 { return r.since(r.Last, never) }),
	integer("profile.events", "events", "of any kind, ever", func(r *Reading) int64 { return r.Counts[Events] }),
	integer("profile.product_views", "events", "ever", func(r *Reading) int64 { return r.Counts[Views] }),
	integer("profile.adds_to_cart", "events", "ever", func(r *Reading) int64 { return r.Counts[Adds] }),
	integer("profile.checkouts", "events", "checkouts started, ever", func(r *Reading) int64 { return r.Counts[Checkouts] }),
	integer("profile.searches", "events", "ever", func(r *Reading) int64 { return r.Counts[Searches] }),
	double("profile.discount_share", "share", "discount / (revenue + discount), over all orders", func(r *Reading) float64 { return share(r.Discount, r.State.Revenue+r.Discount) }),
	double("profile.coupon_affinity", "share", "(orders with a coupon + 1) / (orders + 2), Laplace's rule of succession; 0.5 without an order", func(r *Reading) float64 { return share(r.Counts[CouponOrders]+1, r.Counts[Orders]+2) }),
	integer("profile.coupon_orders", "orders", "with a coupon, ever", func(r *Reading) int64 { return r.Counts[CouponOrders] }),
	integer("profile.coupons_denied", "events", "ever", func(r *Reading) int64 { return r.Counts[CouponsDenied] }),
	integer("profile.price_comparisons", "events", "ever", func(r *Reading) int64 { return r.Counts[PriceComparisons] }),
	text("profile.top_category", "", "of the greatest interest: views 1, adds 3, purchases 5, half-life 90 days; \"\" for none", func(r *Reading) string { return r.top }),
	double("profile.category_interest", "share", "of the interest that falls in the category looked at and below it", func(r *Reading) float64 { return share(r.interestHere, r.interestAll) }),
	boolean("profile.bought_product", "among the last 64 (day, SKU) bought is the product looked at", func(r *Reading) bool { last, _ := r.bought(r.product().SKU); return last >= 0 }),
	integer("profile.product_recency_days", "days", "since the product looked at was bought; 9999 when it was not, of late", func(r *Reading) int64 { return r.productRecency(r.product().SKU) }),
	integer("profile.product_purchases", "days", "on which the product looked at was bought, of late", func(r *Reading) int64 { _, days := r.bought(r.product().SKU); return days }),
	double("profile.product_cycle_days", "days", "median gap between the days on which the product looked at was bought; profile.cycle_days when it was bought on one day or none", func(r *Reading) float64 { return r.productCycle(r.product().SKU) }),
	double("profile.product_due", "", "product_recency_days / product_cycle_days: 1 when it is time to buy the product again; 0 when it was not bought of late", func(r *Reading) float64 { return r.productDue(r.product().SKU) }),
	double("profile.usual_shipping", "major units of the shop's currency", "median of what the last 16 orders paid for shipping; the shop's median without an order; 0 while no order of the shop told of shipping", func(r *Reading) float64 { return float64(r.usual) / r.scale }),
	double("profile.cart_total", "major units of the shop's currency", "merchandise in the last cart, of whatever age, that no order has emptied: as it was seen whole, with what was put in and taken out since; what lay there 30 days before the last touch no longer counts", func(r *Reading) float64 { return float64(r.basket.Total) / r.scale }),
	integer("profile.cart_lines", "lines", "of the last cart that no order has emptied", func(r *Reading) int64 { return r.basket.Lines }),
	boolean("profile.return_open", "a return was requested in the last 60 days and is not completed", func(r *Reading) bool { return r.returnOpen() }),
	integer("profile.returns", "events", "returns completed, ever", func(r *Reading) int64 { return r.Counts[ReturnsCompleted] }),
	integer("profile.refunds", "events", "ever", func(r *Reading) int64 { return r.Counts[Refunds] }),
	boolean("profile.fraud_flag", "the trait fraud_flag; anyone may raise it, only a server may clear it", func(r *Reading) bool { return r.Fraud.Value == "true" }),
	integer("profile.promotions_viewed", "events", "ever", func(r *Reading) int64 { return r.Counts[PromotionsViewed] }),
	integer("profile.promotions_clicked", "events", "ever", func(r *Reading) int64 { return r.Counts[PromotionsClicked] }),
	integer("profile.promotions_dismissed", "events", "ever", func(r *Reading) int64 { return r.Counts[PromotionsDismissed] }),
	integer("profile.promotions_saved", "events", "ever", func(r *Reading) int64 { return r.Counts[PromotionsSaved] }),
	text("profile.country", "ISO 3166-1", "last told by an event", func(r *Reading) string { return r.Country.Value }),
	text("profile.region", "ISO 3166-2", "last told by an event", func(r *Reading) string { return r.Region.Value }),
	text("profile.channel", "", "last told by an event", func(r *Reading) string { return r.Channel.Value }),
	text("profile.device", "", "last told by an event", func(r *Reading) string { return r.Device.Value }),
	text("profile.store", "", "last told by an event", func(r *Reading) string { return r.Store.Value }),
	dictionary("profile.traits", "traits that are not personal fields, as text; the 64 told last", func(r *Reading) Map { return r.traits() }),
	texts("profile.tags", "the trait tags, split at commas, sorted", func(r *Reading) []string { return r.tags() }),
}

func (r *Reading) recency() int64 {
	if r.LastOrderDay == 0 {
		return never
	}
	return max(r.today-r.LastOrderDay, 0)
}

func (r *Reading) since(ms, otherwise int64) int64 {
	if ms == 0 {
		return otherwise
	}
	return max(r.today-day(ms), 0)
}

func (r *Reading) score(q Quintiles, v int64) int64 {
	if r.Counts[Orders] == 0 || r.cuts.Profiles == 0 {
		return 0
	}
	return q.Score(v)
}

func (r *Reading) rfm() string {
	if r.Counts[Orders] == 0 || r.cuts.Profiles == 0 {
		return ""
	}
	digits := [3]byte{
		'0' + byte(r.cuts.Recency.Score(r.LastOrderDay)),
		'0' + byte(r.cuts.Frequency.Score(r.Counts[Orders])),
		'0' + byte(r.cuts.Monetary.Score(r.State.Revenue)),
	}
	return string(digits[:])
}

func (r *Reading) cycleRatio() float64 {
	if r.LastOrderDay == 0 {
		return 0
	}
	return float64(r.recency()) / r.cycleDays
}

func (r *Reading) cohort() string {
	ratio := r.cycleRatio()
	switch {
	case r.Counts[Orders] == 0 || (r.Counts[Orders] == 1 && ratio <= 1.5):
		return "new"
	case ratio <= 1.5:
		return "active"
	case ratio <= 3:
		return "lapsing"
	}
	return "lapsed"
}

func (r *Reading) returnOpen() bool {
	for i := range r.Returns {
		if r.Returns[i].Value == "open" && r.now-r.Returns[i].At < 60*dayMillis {
			return true
		}
	}
	return false
}

func (r *Reading) traits() Map {
	if len(r.Traits) == 0 {
		return nil
	}
	m := make(Map, len(r.Traits))
	for i := range r.Traits {
		m[i] = Entry{r.Traits[i].Name, r.Traits[i].Value}
	}
	return m
}

func (r *Reading) tags() []string {
	var tags []string
	for tag := range strings.SplitSeq(r.Tags.Value, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

package feature

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"boon"
)

func ago(days int) time.Time { return noon.AddDate(0, 0, -days) }

// story is one shopper: five orders at a pace of 20 days, and a session today in which the payment fails twice.
func story() []boon.Event {
	events := []boon.Event{
		{Kind: boon.KindIdentify, Time: ago(100), Traits: map[string]string{"plan": "gold", "tags": "vip, press,vip"},
			Context: boon.Context{Channel: "app", Device: "mobile", Country: "US", Region: "US-CA", Timezone: "America/Los_Angeles", Store: "sf"}},
		order(ago(100), "1", 10000),
		order(ago(80), "2", 5000, "SAVE5"),
		order(ago(60), "3", 2550),
		order(ago(40), "4", 2450),
		order(ago(20), "5", 5000, "SAVE5"),
	}
	refund := track(boon.OrderRefunded, ago(10))
	refund.Order = &boon.Order{ID: "5", Currency: "USD", Total: 1000}
	view := track(boon.ProductViewed, noon.Add(-25*time.Minute))
	view.Category = "SHOES"
	cart := track(boon.CartViewed, noon.Add(-10*time.Minute))
	cart.Order = &boon.Order{Currency: "USD", Lines: []boon.Line{
		{SKU: "a", Category: "SHOES", Quantity: 1, Price: 30 * boon.Unit}, {SKU: "b", Category: "SOCKS", Quantity: 2, Price: 5 * boon.Unit}}}
	quote := track(boon.ShippingQuoted, noon.Add(-9*time.Minute))
	shipping := int64(990)
	quote.Shipping = &shipping
	events = append(events, refund, track(boon.ProductViewed, noon.Add(-70*time.Minute)), view, cart, quote)
	for i := range 2 {
		step := track(boon.CheckoutStepViewed, noon.Add(time.Duration(i-8)*time.Minute))
		step.Rest = []byte(`{"properties":{"step":2}}`)
		events = append(events, step, track(boon.PaymentFailed, step.Time))
	}
	return events
}

func shopAndInput() *Input {
	return &Input{
		Now:     noon,
		Shop:    &boon.Shop{Currency: "USD", Timezone: "Europe/Berlin", Margins: map[string]boon.Micros{"SHOES": 300000}},
		Context: boon.Context{Channel: "web", Device: "desktop", Country: "US", Timezone: "America/New_York"},
		Cart: boon.Order{Currency: "USD", Shipping: 495, Coupons: []string{"Z", "A"}, Lines: []boon.Line{
			{SKU: "a", Category: "SHOES", Quantity: 1, Price: 30 * boon.Unit, ListPrice: 40 * boon.Unit},
			{SKU: "b", Category: "SHOES", Quantity: 2, Price: 5 * boon.Unit}}},
		Product: &boon.Product{SKU: "sku-5", Category: "HOME/LAMPS", Brand: "Lux", Price: 2500, SalePrice: 1999,
			Attributes: map[string]string{"colour": "red", "base": "E27"}, Stock: &boon.Stock{OnHand: 3}},
		Cover: boon.Cover{Known: true, OnHand: 42, Demand: 2 * boon.Unit, Days: 21 * boon.Unit, Target: 28 * boon.Unit, Pressure: -250_000},
	}
}

func TestFeaturesOfAShopper(t *testing.T) {
	s := folded(story()...)
	cuts := Cuts{Profiles: 10, Recency: Quintiles{1, 2, 3, 99999}, Frequency: Quintiles{1, 2, 4, 6}, Monetary: Quintiles{1, 2, 3, 4}, CycleDays: 99}
	check(t, Compute(&s, cuts, shopAndInput()), map[string]any{
		"profile.recency_days": int64(20), "profile.orders": int64(5), "profile.orders_7d": int64(0), "profile.orders_30d": int64(1),
		"profile.orders_90d": int64(4), "profile.orders_365d": int64(5), "profile.revenue": 240.0, "profile.revenue_30d": 40.0,
		"profile.revenue_90d": 140.0, "profile.aov": 50.0, "profile.units_per_order": 2.0,
		"profile.rfm_recency": int64(4), "profile.rfm_frequency": int64(4), "profile.rfm_monetary": int64(5), "profile.rfm": "445",
		"profile.cycle_days": 20.0, "profile.cycle_ratio": 1.0, "profile.cohort": "active",
		"profile.sessions": int64(8), "profile.active_days": int64(7), "profile.first_seen_days": int64(100), "profile.last_seen_days": int64(0),
		"profile.discount_share": 0.0, "profile.coupon_affinity": 3.0 / 7, "profile.top_category": "HOME/LAMPS",
		"profile.bought_product": true, "profile.product_recency_days": int64(20), "profile.product_purchases": int64(1),
		"profile.return_open": false, "profile.fraud_flag": false, "profile.channel": "app", "profile.store": "sf",
		"session.duration_minutes": 18.0, "session.events": int64(7), "session.product_views": int64(1), "session.payment_failures": int64(2),
		"session.steps_repeated": int64(1), "session.shipping_quoted": 9.9, "session.cart_total": 40.0, "session.cart_lines": int64(2),
		"session.cart_category": "SHOES", "session.friction": 0.95, "session.shipping_shock": 990.0 / 4000,
		"context.channel": "web", "context.timezone": "America/New_York", "context.hour": int64(7), "context.weekday": int64(1),
		"cart.total": 40.0, "cart.items": int64(3), "cart.lines": int64(2), "cart.shipping": 4.95, "cart.discount_share": 0.2, "cart.max_price": 30.0,
		"product.sku": "sku-5", "product.category": "HOME/LAMPS", "product.price": 19.99, "product.on_sale": true, "product.in_stock": true,
		"product.pressure": -0.25, "product.margin_known": false, "now": noon,
	})
}

// Without consent the person is the zero state: what is left is the request's own.
func TestFeaturesOfNobody(t *testing.T) {
	check(t, Compute(&State{}, Cuts{Profiles: 10}, shopAndInput()), map[string]any{
		"profile.recency_days": int64(9999), "profile.orders": int64(0), "profile.rfm": "", "profile.rfm_recency": int64(0), "profile.cycle_days": 30.0,
		"profile.cycle_ratio": 0.0, "profile.cohort": "new", "profile.last_seen_days": int64(9999), "profile.aov": 0.0, "profile.coupon_affinity": 0.5,
		"profile.top_category": "", "profile.category_interest": 0.0, "profile.return_open": false, "profile.product_recency_days": int64(9999),
		"session.events": int64(0), "session.cart_total": 0.0, "session.friction": 0.0,
		"cart.total": 40.0, "context.device": "desktop", "product.price": 19.99,
	})
}

func check(t *testing.T, v Vector, want map[string]any) {
	t.Helper()
	for name, value := range want {
		d, ok := Lookup(name)
		if !ok {
			t.Errorf("%s is not defined", name)
			continue
		}
		if got := v.Value(d); got != value {
			t.Errorf("%s is %v, want %v", name, got, value)
		}
	}
}

func TestTextsAndMaps(t *testing.T) {
	s := folded(story()...)
	v := Compute(&s, Cuts{}, shopAndInput())
	list := func(name string) []string { d, _ := Lookup(name); return v.Lists[d.Slot] }
	lookup := func(name, key string) string {
		d, _ := Lookup(name)
		text, _ := v.Maps[d.Slot].Get(key)
		return text
	}
	if got := list("profile.tags"); len(got) != 2 || got[0] != "press" || got[1] != "vip" {
		t.Errorf("tags %q", got)
	}
	if got := list("cart.categories"); len(got) != 1 || got[0] != "SHOES" {
		t.Errorf("categories %q", got)
	}
	if got := list("cart.coupons"); len(got) != 2 || got[0] != "A" {
		t.Errorf("coupons %q", got)
	}
	if lookup("profile.traits", "plan") != "gold" || lookup("product.attributes", "base") != "E27" || lookup("product.attributes", "none") != "" {
		t.Error("a map lost a key or found one")
	}
}

func TestCohorts(t *testing.T) {
	for _, c := range []struct {
		orders []int // days ago
		want   string
	}{
		{nil, "new"}, {[]int{3}, "new"}, {[]int{60}, "lapsing"}, {[]int{200}, "lapsed"},
		{[]int{50, 40, 30, 20, 10}, "active"}, {[]int{60, 50, 40, 30, 20}, "lapsing"}, {[]int{90, 80, 70, 60, 50}, "lapsed"},
	} {
		var s State
		for _, days := range c.orders {
			Fold(&s, order(ago(days), "x", 100), "USD")
		}
		check(t, Compute(&s, Cuts{}, shopAndInput()), map[string]any{"profile.cohort": c.want})
	}
}

// The pace comes from order days: the median gap, the population's median before there are three days, 30 before anyone has.
func TestCycle(t *testing.T) {
	two := folded(order(ago(9), "1", 1), order(ago(2), "2", 1))
	check(t, Compute(&two, Cuts{CycleDays: 12}, shopAndInput()), map[string]any{"profile.cycle_days": 12.0})
	check(t, Compute(&two, Cuts{}, shopAndInput()), map[string]any{"profile.cycle_days": 30.0})
	four := folded(order(ago(40), "1", 1), order(ago(9), "2", 1), order(ago(2), "3", 1), order(ago(2), "4", 1))
	check(t, Compute(&four, Cuts{CycleDays: 12}, shopAndInput()), map[string]any{"profile.cycle_days": 7.0})
}

// A window of n days is today and the n-1 days before it.
func TestWindows(t *testing.T) {
	var s State
	for _, days := range []int{0, 6, 7, 29, 30, 89, 90, 364, 365} {
		Fold(&s, order(ago(days), fmt.Sprint(days), 100), "USD")
	}
	check(t, Compute(&s, Cuts{}, shopAndInput()), map[string]any{
		"profile.orders_7d": int64(2), "profile.orders_30d": int64(4), "profile.orders_90d": int64(6), "profile.orders_365d": int64(8), "profile.orders": int64(9),
		"profile.revenue_30d": 4.0, "profile.revenue_90d": 6.0, "profile.revenue_365d": 8.0,
	})
}

func TestReturnIsOpenUntilDoneOrForgotten(t *testing.T) {
	requested := func(days int, id string) boon.Event {
		e := track(boon.ReturnRequested, ago(days))
		e.Order = &boon.Order{ID: id}
		return e
	}
	completed := track(boon.ReturnCompleted, ago(1))
	completed.Order = &boon.Order{ID: "1"}
	for _, c := range []struct {
		story  string
		events []boon.Event
		want   bool
	}{
		{"just requested", []boon.Event{requested(2, "1")}, true},
		{"completed since", []boon.Event{requested(2, "1"), completed}, false},
		{"another order's is completed", []boon.Event{requested(2, "2"), completed}, true},
		{"requested without an order id", []boon.Event{track(boon.ReturnRequested, ago(1))}, true},
		{"never heard of again", []boon.Event{requested(61, "1")}, false},
	} {
		t.Run(c.story, func(t *testing.T) {
			s := folded(c.events...)
			check(t, Compute(&s, Cuts{}, shopAndInput()), map[string]any{"profile.return_open": c.want})
		})
	}
}

// Signing in half-way changes the identifier that earns the events, not the session.
func TestSessionSurvivesSigningIn(t *testing.T) {
	before := folded(track(boon.ProductViewed, noon.Add(-40*time.Minute)), track(boon.ProductViewed, noon.Add(-20*time.Minute)))
	after := folded(track(boon.PaymentFailed, noon.Add(-time.Minute)))
	s := Merge(before, after)
	got := s.Session(noon)
	if got.Events != 3 || got.ProductViews != 2 || got.PaymentFailures != 1 || got.Last-got.Start != 39*60000 {
		t.Errorf("%+v", got)
	}
	if over := s.Session(noon.Add(29 * time.Minute)); over != (Session{}) {
		t.Errorf("30 minutes of silence end a session: %+v", over)
	}
}

func TestMission(t *testing.T) {
	var views []boon.Event
	for i := range 3 {
		views = append(views, track(boon.ProductViewed, noon.Add(-time.Duration(i)*time.Minute)))
	}
	views = slices.Clip(views)
	lamp := []boon.Line{{SKU: "sku-1", Quantity: 1}}
	moved := func(name string, minutes int) boon.Event {
		e := track(name, noon.Add(-time.Duration(minutes)*time.Minute))
		e.SKU, e.Order = "sku-1", &boon.Order{Currency: "USD", Lines: lamp}
		return e
	}
	monthAgo := order(ago(30), "1", 100)
	for _, c := range []struct {
		story   string
		events  []boon.Event
		cart    []boon.Line
		product string
		want    string
	}{
		{"nobody, nothing", nil, nil, "", ""},
		{"looking around", views, nil, "other", "explore"},
		{"two views are not looking around", views[:2], nil, "", ""},
		{"looking around with a cart", views, lamp, "", ""},
		{"what was bought a month ago, in the cart", []boon.Event{monthAgo}, lamp, "", "replenish"},
		{"what was bought a month ago, looked at", append(views, monthAgo), nil, "sku-1", "replenish"},
		{"looking around with something in the session's cart", append(views, moved(boon.ProductAdded, 2)), nil, "", ""},
		{"looking around, what was in the cart being out again", append(views, moved(boon.ProductAdded, 2), moved(boon.ProductRemoved, 1)), nil, "", "explore"},
		{"what was bought a month ago, viewed in this session", []boon.Event{monthAgo, moved(boon.ProductViewed, 5)}, nil, "", "replenish"},
		{"what was bought a month ago, viewed before this session", []boon.Event{monthAgo, moved(boon.ProductViewed, 50), track(boon.ProductViewed, noon)}, nil, "", ""},
		{"what was bought a month ago, viewed before another", []boon.Event{monthAgo, moved(boon.ProductViewed, 5)}, nil, "other", ""},
		{"what was bought a month ago, put into the session's cart", []boon.Event{monthAgo, moved(boon.ProductAdded, 5)}, nil, "", "replenish"},
		{"what was bought a month ago, in and out of the session's cart", []boon.Event{monthAgo, moved(boon.ProductAdded, 5), moved(boon.ProductRemoved, 4)}, nil, "", ""},
		{"what was bought last week is not due", append(views, order(ago(7), "1", 100)), nil, "sku-1", "explore"},
		{"what is bought every week was bought last week", []boon.Event{order(ago(21), "1", 100), order(ago(14), "1", 100), order(ago(7), "1", 100)}, lamp, "", "replenish"},
		{"what is bought every week was bought yesterday", []boon.Event{order(ago(15), "1", 100), order(ago(8), "1", 100), order(ago(1), "1", 100)}, lamp, "", ""},
	} {
		t.Run(c.story, func(t *testing.T) {
			s := folded(c.events...)
			in := &Input{Now: noon, Shop: &boon.Shop{Currency: "USD"}, Cart: boon.Order{Currency: "USD", Lines: c.cart}, Product: &boon.Product{SKU: c.product}}
			check(t, Compute(&s, Cuts{}, in), map[string]any{"session.mission": c.want})
		})
	}
}

func TestInterestDecays(t *testing.T) {
	view := func(category string, days int) boon.Event {
		e := track(boon.ProductViewed, ago(days))
		e.Category = category
		return e
	}
	s := folded(view("OLD", 400), view("OLD", 400), view("OLD", 400), view("NEW", 1))
	got := s.Affinities(day(noon.UnixMilli()))
	if len(got) != 2 || got[0].Category != "NEW" {
		t.Errorf("one view of yesterday outweighs three of last year: %v", got)
	}
	half := s.Affinities(day(ago(-90).UnixMilli()))[0].Weight
	if ratio := float64(half) / float64(got[0].Weight); ratio < 0.4 || ratio > 0.6 {
		t.Errorf("after a half-life %v of the weight is left", ratio)
	}
}

// A product's own cycle says when it is due; without one the shopper's does.
func TestProductCycle(t *testing.T) {
	lamp := func(days int) boon.Event { return order(ago(days), "1", 100) }
	other := func(days int) boon.Event { return order(ago(days), "2", 100) }
	for name, c := range map[string]struct {
		events []boon.Event
		cycle  float64
		due    float64
	}{
		"never bought":                      {[]boon.Event{other(9)}, 30, 0},
		"bought once, the shop's own cycle": {[]boon.Event{lamp(9)}, 30, 0.3},
		"bought once, the shopper's cycle":  {[]boon.Event{other(24), lamp(18), other(12)}, 6, 3},
		"bought twice":                      {[]boon.Event{lamp(30), other(28), lamp(10)}, 20, 0.5},
		"the median of three gaps":          {[]boon.Event{lamp(60), lamp(50), lamp(30), lamp(25)}, 10, 2.5},
	} {
		s := folded(c.events...)
		in := &Input{Now: noon, Shop: &boon.Shop{Currency: "USD"}, Product: &boon.Product{SKU: "sku-1"}}
		t.Run(name, func(t *testing.T) {
			check(t, Compute(&s, Cuts{}, in), map[string]any{"profile.product_cycle_days": c.cycle, "profile.product_due": c.due})
		})
	}
}

// What is usual for shipping is the shopper's own median, else the shop's; a shop that never tells of shipping has nothing usual.
func TestShippingOverUsual(t *testing.T) {
	paid := func(minor ...int64) (events []boon.Event) {
		for i, n := range minor {
			e := order(ago(10+i), fmt.Sprint(i), 5000)
			e.Order.Shipping = n
			events = append(events, e)
		}
		return events
	}
	told := Cuts{Orders: OrderCuts{Count: 50, Shipped: 40, Shipping: 495}}
	for name, c := range map[string]struct {
		events      []boon.Event
		cuts        Cuts
		usual, over float64
	}{
		"the shopper's median":                  {paid(495, 990, 495), told, 4.95, 4.95},
		"the lower of two middle ones":          {paid(0, 990), told, 0, 9.9},
		"who never paid":                        {paid(0, 0, 0), told, 0, 9.9},
		"who pays more than is quoted":          {paid(1500), told, 15, 0},
		"a newcomer":                            {nil, told, 4.95, 4.95},
		"a newcomer to a shop without orders":   {nil, Cuts{}, 0, 0},
		"a shop that does not tell of shipping": {paid(0, 0), Cuts{Orders: OrderCuts{Count: 50}}, 0, 0},
	} {
		quote := track(boon.ShippingQuoted, noon.Add(-time.Minute))
		quote.Shipping = new(int64(990))
		s := folded(append(c.events, quote)...)
		t.Run(name, func(t *testing.T) {
			check(t, Compute(&s, c.cuts, shopAndInput()), map[string]any{"profile.usual_shipping": c.usual, "session.shipping_over_usual": c.over})
		})
	}
}

// A cart is held against the orders of the shop, each shopper's latest sixteen.
func TestCartPercentile(t *testing.T) {
	p := NewPopulation()
	for shopper := range 5 {
		var s State
		for i := range 20 {
			Fold(&s, order(noon.AddDate(0, 0, i-30).Add(time.Duration(shopper)*time.Second), "1", int64(1000*(i+1))), "USD")
		}
		p.Replace(Summary{}, s.Summary()) // 50.00 to 200.00, since four of each have gone
	}
	for minor, want := range map[int64]int64{49_99: 0, 50_00: 0, 50_50: 6, 125_00: 50, 200_00: 93, 500_00: 99} {
		in := shopAndInput()
		in.Cart = boon.Order{Currency: "USD", Total: minor}
		check(t, Compute(&State{}, p.Cuts(), in), map[string]any{"cart.percentile": want, "session.cart_percentile": int64(0)})
		in.Cart.Currency = "EUR"
		check(t, Compute(&State{}, p.Cuts(), in), map[string]any{"cart.percentile": int64(0)})
	}
	cart := track(boon.CartViewed, noon)
	cart.Order = &boon.Order{Currency: "USD", Total: 300_00}
	s := folded(cart)
	check(t, Compute(&s, p.Cuts(), shopAndInput()), map[string]any{"session.cart_percentile": int64(99), "profile.cart_total": 300.0})
	few := NewPopulation()
	few.Replace(Summary{}, new(folded(order(noon, "1", 100))).Summary())
	check(t, Compute(&s, few.Cuts(), shopAndInput()), map[string]any{"session.cart_percentile": int64(0)})
}

func TestMode(t *testing.T) {
	for name, c := range map[string]struct {
		device  string
		minutes []int // of product views, ago
		want    string
	}{
		"a phone, just now":         {"mobile", []int{3, 0}, "on_the_go"},
		"a phone, for a while":      {"mobile", []int{8, 0}, ""},
		"a desk, just now":          {"desktop", []int{3, 0}, ""},
		"a desk, for a while":       {"desktop", []int{12, 0}, "deep_dive"},
		"a desk, many products":     {"desktop", []int{3, 2, 2, 1, 1, 0}, "deep_dive"},
		"a phone without a session": {"mobile", nil, ""},
	} {
		var s State
		for _, m := range c.minutes {
			Fold(&s, track(boon.ProductViewed, noon.Add(-time.Duration(m)*time.Minute)), "USD")
		}
		in := shopAndInput()
		in.Context.Device = c.device
		t.Run(name, func(t *testing.T) { check(t, Compute(&s, Cuts{}, in), map[string]any{"session.mode": c.want}) })
	}
}

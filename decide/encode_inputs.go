package decide

import (
	"strconv"

	"boon"
)

func (m *members) inputs(in *Inputs) {
	m.begin("inputs", '{')
	m.request(&in.Request)
	m.text("profileId", in.ProfileID)
	m.identifiers("members", in.Members)
	if len(in.Vouched) > 0 {
		m.identifiers("vouched", in.Vouched)
	}
	m.flag("personal", in.Personal)
	m.consent(in.Consent)
	m.products(in.Products)
	m.held(in.Held)
	m.shown(in.Shown)
	m.dismissed(in.Dismissed)
	m.textIf("timezone", in.Timezone)
	m.standing(&in.Standing)
	m.libraryIf(len(in.Refused) > 0, "refused", in.Refused)
	m.text("releaseId", in.ReleaseID)
	m.text("ratesId", in.RatesID)
	m.name("seed")
	m.b = append(strconv.AppendUint(m.b, in.Seed, 10), ',')
	m.end('}')
}

func (m *members) consent(list []Gate) {
	if len(list) == 0 {
		return
	}
	m.begin("consent", '[')
	for i := range list {
		m.b = append(m.b, '{')
		m.text("purpose", list[i].Purpose.String())
		m.text("detail", list[i].Detail)
		m.end('}')
	}
	m.end(']')
}

func (m *members) shown(list []boon.Shown) {
	if len(list) == 0 {
		return
	}
	m.begin("shown", '[')
	for i := range list {
		m.b = append(m.b, '{')
		m.text("offer", list[i].Offer)
		m.textIf("channel", list[i].Channel)
		m.time("at", list[i].At)
		m.end('}')
	}
	m.end(']')
}

func (m *members) dismissed(list []boon.Dismissal) {
	if len(list) == 0 {
		return
	}
	m.begin("dismissed", '[')
	for i := range list {
		m.b = append(m.b, '{')
		m.text("offer", list[i].Offer)
		m.textIf("decision", list[i].Decision)
		m.time("at", list[i].At)
		m.end('}')
	}
	m.end(']')
}

func (m *members) request(r *boon.Request) {
	m.begin("request", '{')
	m.text("id", r.ID)
	m.time("at", r.At)
	m.identifiers("identifiers", r.Identifiers)
	m.flag("trusted", r.Trusted)
	m.texts("placements", r.Placements)
	m.textIf("trigger", r.Trigger)
	m.context(&r.Context)
	m.order(&r.Cart)
	m.textIf("sku", r.SKU)
	m.flagIf("dryRun", r.DryRun)
	if !r.Deferred.IsZero() {
		m.time("deferred", r.Deferred)
	}
	m.end('}')
}

func (m *members) context(c *boon.Context) {
	m.begin("context", '{')
	m.textIf("channel", c.Channel)
	m.textIf("device", c.Device)
	m.textIf("country", c.Country)
	m.textIf("region", c.Region)
	m.textIf("timezone", c.Timezone)
	m.textIf("locale", c.Locale)
	m.textIf("store", c.Store)
	m.flagIf("gpc", c.GPC)
	m.end('}')
}

func (m *members) order(o *boon.Order) {
	m.begin("cart", '{')
	m.textIf("id", o.ID)
	m.text("currency", string(o.Currency))
	if len(o.Lines) > 0 {
		m.begin("lines", '[')
		for i := range o.Lines {
			m.line(&o.Lines[i])
		}
		m.end(']')
	}
	m.numberIf("total", o.Total)
	m.numberIf("revenue", o.Revenue)
	m.numberIf("shipping", o.Shipping)
	m.numberIf("tax", o.Tax)
	m.numberIf("discount", o.Discount)
	m.textsIf("coupons", o.Coupons)
	m.end('}')
}

func (m *members) line(l *boon.Line) {
	m.b = append(m.b, '{')
	m.textIf("id", l.ID)
	m.text("sku", l.SKU)
	m.textIf("category", l.Category)
	m.number("quantity", l.Quantity)
	m.micros("price", l.Price)
	m.microsIf("listPrice", l.ListPrice)
	m.textsIf("discounts", l.Discounts)
	m.numberIf("tax", l.Tax)
	m.numberIf("saved", l.Saved)
	m.numberIf("coupon", l.Coupon)
	m.end('}')
}

func (m *members) products(list []boon.Product) {
	if len(list) == 0 {
		return
	}
	m.begin("products", '[')
	for i := range list {
		m.product(&list[i])
	}
	m.end(']')
}

func (m *members) product(p *boon.Product) {
	m.b = append(m.b, '{')
	m.text("sku", p.SKU)
	m.textIf("title", p.Title)
	m.textIf("brand", p.Brand)
	m.textIf("category", p.Category)
	m.textIf("currency", string(p.Currency))
	m.numberIf("price", p.Price)
	m.numberIf("salePrice", p.SalePrice)
	if p.Cost != nil {
		m.number("cost", *p.Cost)
	}
	m.textIf("availability", p.Availability)
	m.libraryIf(len(p.Attributes) > 0, "attributes", p.Attributes)
	if p.Stock != nil {
		m.stock(p.Stock)
	}
	m.libraryIf(len(p.Competitors) > 0, "competitors", p.Competitors)
	m.end('}')
}

func (m *members) stock(s *boon.Stock) {
	m.begin("stock", '{')
	m.number("onHand", s.OnHand)
	m.micros("dailyDemand", s.DailyDemand)
	m.micros("targetDays", s.TargetDays)
	m.time("at", s.At)
	m.textIf("demandFrom", s.DemandFrom)
	m.end('}')
}

func (m *members) held(list []Held) {
	if len(list) == 0 {
		return
	}
	m.begin("held", '[')
	for i := range list {
		h := &list[i]
		m.b = append(m.b, '{')
		m.text("id", h.ID)
		m.text("offer", h.Offer)
		m.microsIf("level", h.Level)
		m.text("state", string(h.State))
		m.identifier("owner", h.Owner)
		m.textIf("channel", h.Channel)
		m.flagIf("used", h.Used)
		m.time("issuedAt", h.IssuedAt)
		m.time("expiresAt", h.ExpiresAt)
		m.end('}')
	}
	m.end(']')
}

func (m *members) standing(s *Standing) {
	m.begin("standing", '{')
	m.textsIf("offers", s.Offers)
	m.numbersIf("used", s.Used)
	m.textsIf("budgets", s.Budgets)
	m.numbersIf("available", s.Available)
	m.libraryIf(len(s.Paused) > 0, "paused", s.Paused)
	m.libraryIf(len(s.Overrides) > 0, "overrides", s.Overrides)
	m.end('}')
}

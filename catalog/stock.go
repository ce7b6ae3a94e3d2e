package catalog

import (
	"io"
	"strings"
	"time"

	"boon"
)

// ReadInventory reads an inventory feed: sku (or id), on_hand (or quantity), and optionally daily_demand and target_days. Every stock is dated at. A
// row without daily_demand leaves it unknown; one that says 0 means it.
func ReadInventory(r io.Reader, format Format, at time.Time, load func(line int, sku string, s boon.Stock) error) (Report, error) {
	return each(r, format, func(row *record) error {
		sku, err := row.sku()
		if err != nil {
			return err
		}
		s := boon.Stock{At: at}
		hand, err := row.number(true, "on_hand", "quantity")
		if err != nil {
			return err
		}
		if s.OnHand = int64(hand / boon.Unit); boon.Micros(s.OnHand)*boon.Unit != hand {
			return refused(row.line, "on_hand", "%s is not a whole number of units", hand)
		}
		if s.DailyDemand, err = row.number(false, "daily_demand"); err != nil {
			return err
		}
		if text, _ := row.get("daily_demand"); text == "" {
			s.DemandFrom = boon.DemandUnknown
		}
		if s.TargetDays, err = row.number(false, "target_days"); err != nil {
			return err
		}
		return load(row.line, sku, s)
	})
}

// number reads a decimal that is not negative.
func (r *record) number(required bool, names ...string) (boon.Micros, error) {
	text, name := r.get(names...)
	if text == "" {
		if required {
			return 0, refused(r.line, name, "the row has no %s", strings.Join(names, " or "))
		}
		return 0, nil
	}
	m, err := boon.ParseMicros(text)
	if err != nil {
		return 0, refused(r.line, name, "%q is not a number", text)
	}
	if m < 0 {
		return 0, refused(r.line, name, "%q is negative", text)
	}
	return m, nil
}

// CoverOf is how far a stock reaches, in integers, so that a guardrail and the sentence about it compare the same figures:
// pressure = clamp((days of cover - target) / target, -1, +1) (domain: what can be offered). Nothing on hand is -1; no demand for what is on hand is
// +1; it is 0 when there is no stock record, no target, or nobody knows the demand. targetDays is the shop's, used when the stock has none.
func CoverOf(stock *boon.Stock, targetDays boon.Micros) boon.Cover {
	if stock == nil {
		return boon.Cover{}
	}
	c := boon.Cover{Known: true, OnHand: max(stock.OnHand, 0), Demand: stock.DailyDemand, Sold: stock.DemandFrom == boon.DemandOrders,
		Days: boon.MaxCover, Target: stock.TargetDays}
	if c.Target <= 0 {
		c.Target = targetDays
	}
	switch {
	case c.OnHand == 0:
		c.Days = 0
	case stock.DailyDemand > 0:
		perUnit := int64(boon.Unit) * int64(boon.Unit)
		c.Days = min(boon.Micros(boon.MulDiv(c.OnHand, perUnit, int64(stock.DailyDemand))), boon.MaxCover)
	}
	c.Pressure = pressure(c, stock.DemandFrom != boon.DemandUnknown)
	return c
}

func pressure(c boon.Cover, demandKnown bool) boon.Micros {
	switch {
	case c.OnHand == 0:
		return -boon.Unit
	case !demandKnown:
		return 0
	case c.Demand <= 0:
		return boon.Unit
	case c.Target <= 0:
		return 0
	}
	return min(boon.Micros(boon.MulDiv(int64(c.Days-c.Target), int64(boon.Unit), int64(c.Target))), boon.Unit)
}

// Cost is what goods sold at price cost, in minor units: the product's own cost of a unit, known, or price less the margin of its
// category (the longest that matches, else "default"), not known.
func Cost(p boon.Product, price int64, shop boon.Shop) (cost int64, known bool) {
	if p.Cost != nil {
		return *p.Cost, true
	}
	return price - Margin(p.Category, shop).Of(price), false
}

// Margin is the shop's margin share of a category: the longest configured path that holds it, else "default".
func Margin(category string, shop boon.Shop) boon.Micros {
	for path := category; path != ""; {
		if m, ok := shop.Margins[path]; ok && path != "default" {
			return m
		}
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return shop.Margins["default"]
}

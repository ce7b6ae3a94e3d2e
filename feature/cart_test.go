package feature

import (
	"slices"
	"testing"
	"time"

	"boon"
)

// touch is what happens to a cart so many minutes before noon: lines of SKU, units and price of a unit, in whole units of currency.
type touch struct {
	ago   int
	event string
	lines []boon.Line
}

func cartLine(sku string, units, price int64) boon.Line {
	return boon.Line{SKU: sku, Category: "C/" + sku, Quantity: units, Price: boon.Micros(price) * boon.Unit}
}

// A cart is what was seen whole last, with what was put in and taken out since.
func TestCartGrowsAndShrinks(t *testing.T) {
	lamp, tea, sofa := cartLine("lamp", 1, 40), cartLine("tea", 2, 5), cartLine("sofa", 1, 500)
	free := cartLine("lamp", 1, 0)
	added := func(ago int, l boon.Line) touch { return touch{ago, boon.ProductAdded, []boon.Line{l}} }
	removed := func(ago int, l boon.Line) touch { return touch{ago, boon.ProductRemoved, []boon.Line{l}} }
	whole := func(ago int, lines ...boon.Line) touch { return touch{ago, boon.CartViewed, lines} }
	const old = 40 * 24 * 60
	for name, c := range map[string]struct {
		steps    []touch
		total    float64
		lines    int64
		category string
	}{
		"one product":                       {[]touch{added(9, lamp)}, 40, 1, "C/lamp"},
		"two products":                      {[]touch{added(9, lamp), added(8, tea)}, 50, 2, "C/lamp"},
		"the dearest last":                  {[]touch{added(9, tea), added(8, lamp)}, 50, 2, "C/lamp"},
		"the same once more":                {[]touch{added(9, tea), added(8, tea)}, 20, 1, "C/tea"},
		"the same at the same instant":      {[]touch{added(9, tea), added(9, tea)}, 20, 1, "C/tea"},
		"one taken out":                     {[]touch{added(9, lamp), added(8, tea), removed(7, lamp)}, 10, 1, "C/tea"},
		"one unit of two taken out":         {[]touch{added(9, tea), removed(7, cartLine("tea", 1, 5))}, 5, 1, "C/tea"},
		"taken out without a price":         {[]touch{added(9, lamp), added(8, tea), removed(7, free)}, 10, 1, "C/tea"},
		"all taken out":                     {[]touch{added(9, lamp), removed(7, lamp)}, 0, 0, ""},
		"taken out twice":                   {[]touch{added(9, lamp), removed(7, lamp), removed(6, lamp)}, 0, 0, ""},
		"put in after it was seen":          {[]touch{whole(9, lamp, tea), added(8, sofa)}, 550, 3, "C/sofa"},
		"a little put in after it was seen": {[]touch{whole(9, lamp, sofa), added(8, tea)}, 550, 3, "C/sofa"},
		"seen after it was put in":          {[]touch{added(9, sofa), whole(8, lamp, tea)}, 50, 2, "C/lamp"},
		"taken out of what was seen":        {[]touch{whole(9, lamp, tea), removed(8, lamp)}, 10, 1, "C/lamp"},
		"all taken out of what was seen":    {[]touch{whole(9, lamp), removed(8, free)}, 0, 0, ""},
		"seen with nothing in it":           {[]touch{whole(9, tea), added(8, lamp), whole(7)}, 0, 0, ""},
		"put in after it was seen empty":    {[]touch{whole(9, sofa), whole(8), added(7, tea)}, 10, 1, "C/tea"},
		"a checkout that names nothing":     {[]touch{added(9, lamp), {8, boon.CheckoutStarted, nil}}, 40, 1, "C/lamp"},
		"put in after an order":             {[]touch{added(9, sofa), {8, boon.OrderCompleted, []boon.Line{sofa}}, added(7, tea)}, 10, 1, "C/tea"},
		"put in before an order":            {[]touch{added(9, sofa), {8, boon.OrderCompleted, []boon.Line{sofa}}}, 0, 0, ""},
		"put in long ago":                   {[]touch{added(old, sofa), added(8, tea)}, 10, 1, "C/tea"},
		"seen long ago":                     {[]touch{whole(old, sofa), added(8, tea)}, 10, 1, "C/tea"},
	} {
		events := []boon.Event{track(boon.ProductViewed, noon.Add(-5*time.Minute))} // the session is open
		for _, s := range c.steps {
			e := track(s.event, noon.Add(-time.Duration(s.ago)*time.Minute))
			e.Order = &boon.Order{Currency: "USD", Lines: s.lines}
			events = append(events, e)
		}
		late := slices.Clone(events)
		slices.Reverse(late)
		for _, told := range [][]boon.Event{events, late} {
			s := folded(told...)
			check(t, Compute(&s, Cuts{}, shopAndInput()), map[string]any{"profile.cart_total": c.total, "profile.cart_lines": c.lines,
				"session.cart_total": c.total, "session.cart_category": c.category})
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// What is put in on one device and on another is in one cart; another currency than the shop's is not added.
func TestCartOfTwoDevices(t *testing.T) {
	on := func(minutes int, currency boon.Currency, l boon.Line) State {
		e := track(boon.ProductAdded, noon.Add(-time.Duration(minutes)*time.Minute))
		e.Order = &boon.Order{Currency: currency, Lines: []boon.Line{l}}
		return folded(e)
	}
	s := Merge(on(9, "USD", cartLine("lamp", 1, 40)), Merge(on(8, "", cartLine("tea", 2, 5)), on(7, "EUR", cartLine("sofa", 1, 500))))
	check(t, Compute(&s, Cuts{}, shopAndInput()), map[string]any{"session.cart_total": 50.0, "session.cart_lines": int64(3)})
}

package trigger

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"boon"
)

// Ready is a pattern that comes with Boon.
type Ready struct {
	Use      boon.ReadyMade
	Doc      string
	Defaults boon.Parameters // those that it has; the others are zero
	Besides  []string        // parameters that it has without a default
	Cooldown time.Duration
	when     func(boon.Parameters) boon.Pattern
}

const day = 24 * time.Hour

var readyMade = []Ready{
	{
		Use: boon.UseExitIntent, Cooldown: day, Defaults: boon.Parameters{Percentile: 80},
		Doc: "leaves with a cart that is worth more than `percentile` per cent of the shop's recent orders",
		when: func(p boon.Parameters) boon.Pattern {
			return boon.Pattern{Event: boon.ExitIntent, Where: fmt.Sprintf("cart.percentile >= %d || session.cart_percentile >= %d", p.Percentile, p.Percentile)}
		},
	},
	{
		Use: boon.UsePriceCheck, Cooldown: day, Defaults: boon.Parameters{Count: 1, Within: day, Apart: time.Minute}, Besides: []string{"above"},
		Doc: "compares the price of a product with others', `count` times within `within`, a comparison within `apart` of another being the same; with `above`, of a product that costs more here than at a competitor, by more than that share of its price",
		when: func(p boon.Parameters) boon.Pattern {
			where := `product.sku != ""`
			if p.Above > 0 {
				where = "has(product.price_gap) && product.price_gap > " + decimal(p.Above)
			}
			return often(p, boon.Pattern{Event: boon.PriceCompared, Where: where, By: "product.sku"})
		},
	},
	{
		Use: boon.UseSecondVisit, Cooldown: 2 * day, Defaults: boon.Parameters{Count: 2, Within: 2 * day, Apart: 30 * time.Minute},
		Doc: "comes to products or lists of one category for the `count`th time within `within`, a visit lasting while each of these is less than `apart` after the one before",
		when: func(p boon.Parameters) boon.Pattern {
			return often(p, boon.Pattern{Any: []boon.Step{{Event: boon.ProductViewed}, {Event: boon.ProductListViewed}}, By: "product.category"})
		},
	},
	{
		Use: boon.UseShippingShock, Cooldown: day, Defaults: boon.Parameters{Above: boon.Unit / 4},
		Doc: "is asked for more shipping at the checkout than this shopper usually pays, by more than the share `above` of it",
		when: func(p boon.Parameters) boon.Pattern {
			shock := fmt.Sprintf("session.shipping_over_usual > %s * profile.usual_shipping", decimal(p.Above))
			return boon.Pattern{Any: []boon.Step{{Event: boon.ShippingQuoted, Where: shock}, {Event: boon.CheckoutStarted, Where: shock}, {Event: boon.CheckoutStepViewed, Where: shock}}}
		},
	},
	{
		Use: boon.UsePaymentTrouble, Cooldown: day, Defaults: boon.Parameters{Count: 2, Within: 30 * time.Minute},
		Doc:  "has a payment fail for the `count`th time within `within`; answer with another way to pay (`nudge: payment_method`), which goes before all that is not pinned while payments fail; no discount but a pinned one is made then",
		when: func(p boon.Parameters) boon.Pattern { return often(p, boon.Pattern{Event: boon.PaymentFailed}) },
	},
	{
		Use: boon.UseCartAbandoned, Cooldown: day, Defaults: boon.Parameters{For: 45 * time.Minute},
		Doc: "has done nothing more about a cart, nor ordered, nor emptied it, `for` so long",
		when: func(p boon.Parameters) boon.Pattern {
			return boon.Pattern{
				Any: []boon.Step{{Event: boon.ProductAdded}, {Event: boon.ProductRemoved, Where: "profile.cart_lines > 0"},
					{Event: boon.CartViewed, Where: "cart.lines > 0"}, {Event: boon.CheckoutStarted}, {Event: boon.CheckoutStepViewed}},
				Absent: &boon.Absence{Any: []boon.Step{{Event: boon.OrderCompleted}, {Event: boon.ProductRemoved, Where: "profile.cart_lines == 0"},
					{Event: boon.CartViewed, Where: "cart.lines == 0 && profile.cart_lines == 0"}}, For: p.For},
			}
		},
	},
	{
		Use: boon.UseLapsing, Defaults: boon.Parameters{Cycles: boon.Unit * 3 / 2},
		Doc: "has not ordered for more than `cycles` of the shopper's own purchase cycles (`profile.cycle_days`), which is when `profile.cohort` turns to lapsing",
		when: func(p boon.Parameters) boon.Pattern {
			return boon.Pattern{Event: boon.OrderCompleted, Absent: &boon.Absence{Event: boon.OrderCompleted, Cycles: p.Cycles}}
		},
	},
	{
		Use:  boon.UseBackInStock,
		Doc:  "waits for a product that can be had again",
		when: func(boon.Parameters) boon.Pattern { return boon.Pattern{Event: boon.ProductBackInStock} },
	},
	{
		Use:  boon.UsePriceDrop,
		Doc:  "waits for a product that costs less now",
		when: func(boon.Parameters) boon.Pattern { return boon.Pattern{Event: boon.ProductPriceDropped} },
	},
}

// ReadyMade lists the patterns that come with Boon.
func ReadyMade() []Ready { return slices.Clone(readyMade) }

// often gives a pattern its count, unless once is enough.
func often(p boon.Parameters, w boon.Pattern) boon.Pattern {
	if p.Count > 1 {
		w.Count, w.Within, w.Apart = p.Count, p.Within, p.Apart
	} else {
		w.By = ""
	}
	return w
}

// decimal writes a share as the language wants a number of the type double.
func decimal(m boon.Micros) string {
	text := m.String()
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func ready(use boon.ReadyMade) (Ready, bool) {
	i := slices.IndexFunc(readyMade, func(r Ready) bool { return r.Use == use })
	if i < 0 {
		return Ready{}, false
	}
	return readyMade[i], true
}

// Expand writes a ready-made pattern out; any other trigger stays as it is. The trigger has passed Check.
func Expand(t boon.Trigger) boon.Trigger {
	r, ok := ready(t.Use)
	if !ok {
		return t
	}
	t.When = r.when(over(t.With, r.Defaults))
	t.Cooldown = cmp.Or(t.Cooldown, r.Cooldown)
	t.Use, t.With = "", boon.Parameters{}
	return t
}

// over is p with defaults for what it leaves out.
func over(p, defaults boon.Parameters) boon.Parameters {
	return boon.Parameters{
		Percentile: cmp.Or(p.Percentile, defaults.Percentile), Above: cmp.Or(p.Above, defaults.Above),
		Count: cmp.Or(p.Count, defaults.Count), Within: cmp.Or(p.Within, defaults.Within), Apart: cmp.Or(p.Apart, defaults.Apart),
		For: cmp.Or(p.For, defaults.For), Cycles: cmp.Or(p.Cycles, defaults.Cycles),
	}
}

// given lists the parameters that are not zero.
func given(p boon.Parameters) (names []string) {
	add := func(name string, is bool) {
		if is {
			names = append(names, name)
		}
	}
	add("percentile", p.Percentile != 0)
	add("above", p.Above != 0)
	add("count", p.Count != 0)
	add("within", p.Within != 0)
	add("apart", p.Apart != 0)
	add("for", p.For != 0)
	add("cycles", p.Cycles != 0)
	return names
}

// checkReady refuses a pattern that does not come with Boon, one that is given besides, and parameters that it does not have or cannot meet.
func checkReady(t boon.Trigger) error {
	r, known := ready(t.Use)
	switch {
	case !known:
		return boon.Invalid("use", "no pattern %q comes with Boon", t.Use)
	case !reflect.ValueOf(t.When).IsZero():
		return boon.Invalid("when", "the pattern comes from use: give when or use")
	}
	has := append(given(r.Defaults), r.Besides...)
	for _, name := range given(t.With) {
		if !slices.Contains(has, name) {
			return boon.Invalid("with."+name, "%s has no %s%s", t.Use, name, theirs(has))
		}
	}
	return inWith(checkPattern(Expand(t).When))
}

func theirs(has []string) string {
	if len(has) == 0 {
		return "; it has no parameters"
	}
	return "; its parameters are " + strings.Join(has, ", ")
}

// inWith says of a written-out pattern's fault which parameter it came from.
func inWith(err error) error {
	refusal, ok := err.(*boon.Error)
	if !ok {
		return err
	}
	named := *refusal
	named.Field = strings.Replace(named.Field, "when.", "with.", 1)
	return &named
}

package publish

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"boon"

	"go.yaml.in/yaml/v3"
)

var (
	offerID     = identifier("Offer id")
	placementID = identifier("Placement id")
	reasonWord  = reasonForm()
	purposeWord = named("purpose: true / false", isPurpose, truth)
)

// anyKey takes every name: what it names is looked at when the whole scenario is known.
func anyKey(value, string) bool { return true }

var scenarioFields = object[Scenario]{
	is("name", textual, func(s *Scenario) *string { return &s.Name }, "What must hold, in a sentence.").required(),
	is("now", instant, func(s *Scenario) *time.Time { return &s.Now }, "When it begins.").required(),
	is("given", nested(givenFields), func(s *Scenario) *Given { return &s.Given }, "What happened before."),
	is("steps", records(nested(scenarioStepFields)), func(s *Scenario) *[]Step { return &s.Steps }, "What happens, one after the other, each with `after`, `when` and `expect`. A scenario of one step has these three itself."),
}

var givenFields = object[Given]{
	is("shopper", nested(shopperFields), func(g *Given) *Shopper { return &g.Shopper }, "Who it is about. Without a word on it: nobody known, outside every holdout, and of each experiment in the first arm that is given everything."),
	is("orders", records(nested(pastOrderFields)), func(g *Given) *[]PastOrder { return &g.Orders }, "What was bought."),
	is("events", records(nested(pastEventFields)), func(g *Given) *[]PastEvent { return &g.Events }, "What else happened. It goes the way of every event: a trigger that it completes decides."),
	is("contacts", records(nested(pastContactFields)), func(g *Given) *[]PastContact { return &g.Contacts }, "What decisions gave the shopper, or showed, each at its time: an offer goes into the wallet, and all of it counts for the contact policy."),
	is("stock", stockForm, func(g *Given) *map[string]Stock { return &g.Shelf.Stock }, "By SKU, as the inventory feed says it."),
	is("prices", pricesForm, func(g *Given) *map[string]int64 { return &g.Shelf.Prices }, "By SKU, instead of the catalogue's."),
	is("competitors", competitorsForm, func(g *Given) *map[string]map[string]int64 { return &g.Shelf.Competitors }, "By SKU, what competitors asked all along, seen last at `now`."),
	is("taken", named("Offer id: whole number", anyKey, whole[int64](1, 100000)), func(g *Given) *map[string]int64 { return &g.Taken }, "Grants of an offer that other people have already."),
	is("budgets", named("Budget id: money", anyKey, amount), func(g *Given) *map[string]int64 { return &g.Budgets }, "What is left in a budget."),
	is("paused", list(identifier("Offer or Campaign id")), func(g *Given) *[]string { return &g.Paused }, "What somebody has stopped."),
}

var shopperFields = object[Shopper]{
	is("email", textual, func(s *Shopper) *string { return &s.Email }, "An address, so that a message can be sent."),
	is("traits", named("name: text", anyKey, traitForm), func(s *Shopper) *map[string]string { return &s.Traits }, "As an identify call gives them."),
	is("consent", purposeWord, func(s *Shopper) *map[string]bool { return &s.Consent }, "What the shopper chose, by purpose: `email: true`."),
	is("channel", channelWord, func(s *Shopper) *string { return &s.Context.Channel }, "Where the shopper is."),
	is("device", word("mobile", "tablet", "desktop", "other"), func(s *Shopper) *string { return &s.Context.Device }, "On what."),
	is("country", textForm[string]("country code", "a country code such as DE", 2), func(s *Shopper) *string { return &s.Context.Country }, "ISO 3166-1, two letters."),
	is("timezone", zone, func(s *Shopper) *string { return &s.Context.Timezone }, "IANA, such as Europe/Berlin."),
	is("holdout", identifier("universal or Campaign id"), func(s *Shopper) *string { return &s.Holdout }, "Somebody who is held out: of everything, or of one campaign."),
	is("arms", named("Experiment id: arm", anyKey, identifier("arm")), func(s *Shopper) *map[string]string { return &s.Arms }, "The arm of an experiment that the shopper is in."),
}

var pastOrderFields = object[PastOrder]{
	is("ago", duration, func(o *PastOrder) *time.Duration { return &o.Ago }, "How long before `now`.").required(),
	is("count", whole[int64](1, 1000), func(o *PastOrder) *int64 { return &o.Count }, "So many orders, the last of them `ago`.").otherwise("1"),
	is("by", word("shopper", "others"), func(o *PastOrder) *string { return &o.By }, "`others`: each by somebody else, so that the shop has orders to hold a cart against.").otherwise("shopper"),
	is("every", duration, func(o *PastOrder) *time.Duration { return &o.Every }, "Time between two of them.").otherwise("7d"),
	is("total", amount, func(o *PastOrder) *int64 { return &o.Total }, "What was paid, where the lines do not matter."),
	is("lines", records(nested(cartLineFields)), func(o *PastOrder) *[]CartLine { return &o.Cart.Lines }, "What was bought."),
}

var pastEventFields = append(object[PastEvent]{
	is("ago", duration, func(e *PastEvent) *time.Duration { return &e.Ago }, "How long before `now`.").required(),
}, eventFields(func(e *PastEvent) *Event { return &e.Event })...)

var pastContactFields = object[PastContact]{
	is("ago", duration, func(c *PastContact) *time.Duration { return &c.Ago }, "How long before `now`.").required(),
	is("offer", offerID, func(c *PastContact) *string { return &c.Offer }, "What was given, at its highest value. One that is in the wallet already is told again.").required(),
	is("placement", placementID, func(c *PastContact) *string { return &c.Placement }, "Where, which says by which channel.").required(),
}

// eventFields are the fields of an event that is part of a T.
func eventFields[T any](at func(*T) *Event) object[T] {
	return object[T]{
		is("event", textual, func(x *T) *string { return &at(x).Name }, "Name of a Segment track call, such as `Checkout Started`."),
		is("order", textual, func(x *T) *string { return &at(x).Order }, "The order that the event is of."),
		is("properties", anything, func(x *T) *map[string]any { return &at(x).Properties }, "Further properties of the event, as Segment writes them."),
		is("sku", sku, func(x *T) *string { return &at(x).SKU }, "The product that it is about; price and category are the catalogue's."),
		is("cart", nested(cartFields), func(x *T) *Cart { return &at(x).Cart }, "The cart that it is about."),
	}
}

var cartFields = object[Cart]{
	is("lines", records(nested(cartLineFields)), func(c *Cart) *[]CartLine { return &c.Lines }, "What is in it.").required(),
	is("shipping", amount, func(c *Cart) *int64 { return &c.Shipping }, "Charged to the shopper."),
	is("coupons", list(textual), func(c *Cart) *[]string { return &c.Coupons }, "Codes entered."),
}

var cartLineFields = object[CartLine]{
	is("sku", sku, func(l *CartLine) *string { return &l.SKU }, "The product.").required(),
	is("quantity", whole[int64](1, 1000000), func(l *CartLine) *int64 { return &l.Quantity }, "Units.").otherwise("1"),
	is("price", unitPrice, func(l *CartLine) *boon.Micros { return &l.Price }, "Of a unit, now. Without it the catalogue's."),
	is("listPrice", unitPrice, func(l *CartLine) *boon.Micros { return &l.ListPrice }, "Of a unit, before discounts."),
	is("category", category, func(l *CartLine) *string { return &l.Category }, "Of a product of which the catalogue tells none."),
	is("discounts", list(textual), func(l *CartLine) *[]string { return &l.Discounts }, "Promotions that are in the price already."),
}

var unitPrice = decimal("money", "0", "1000000000")

var stockFields = object[Stock]{
	is("onHand", whole[int64](0, 1000000000), func(s *Stock) *int64 { return &s.OnHand }, "Units that can be sold.").required(),
	is("dailyDemand", optional(decimal("decimal", "0", "1000000000")), func(s *Stock) **boon.Micros { return &s.DailyDemand }, "Units sold in a day. On hand over this makes the days of cover. Without it, it is what the orders of the last weeks come to."),
}

var (
	stockForm  = withRows(named("SKU: mapping", anyKey, nested(stockFields)), "*.", stockFields.rows())
	pricesForm = named("SKU: money", anyKey, amount)

	competitorsForm = named("SKU: {competitor: money}", anyKey, named("competitor: money", anyKey, amount))
)

var scenarioStepFields = append(object[Step]{
	is("after", duration, func(s *Step) *time.Duration { return &s.After }, "Time that passes before it. Timers that run out fire, grants that are due expire."),
	is("when", nested(whenFields), func(s *Step) *When { return &s.When }, "What happens. Nothing: only time passes."),
}, field[Step]{
	row:  row{name: "expect", form: "mapping", doc: "What must come of it: by placement, and as below.", rows: append(expectFields.rows(), under("PLACEMENT", expectedFields.rows()))},
	read: func(v value, s *Step) { readExpect(v, &s.Expect) },
})

// whenFields has the event's fields but for sku and cart, which it shares with the request.
var whenFields = append(object[When]{
	is("placements", list(placementID), func(w *When) *[]string { return &w.Placements }, "A decision is asked for these."),
	is("trigger", identifier("Trigger id"), func(w *When) *string { return &w.Trigger }, "The trigger that the decision is asked for."),
	is("cart", nested(cartFields), func(w *When) *Cart { return &w.Cart }, "The cart of the event, the decision or the code."),
	is("sku", sku, func(w *When) *string { return &w.SKU }, "The product being looked at."),
	is("code", textual, func(w *When) *string { return &w.Code }, "A code is held against the cart. `OFFER:` and the id of an offer is the code that the shopper was given for it."),
	is("codes", list(textual), func(w *When) *[]string { return &w.Codes }, "Several codes at once, instead of `code`: they are planned together (docs/stacking.md)."),
	is("redeem", textual, func(w *When) *string { return &w.Redeem }, "The code is not only held against it, but redeemed on the order of this id; of several all or none."),
	is("stock", stockForm, func(w *When) *map[string]Stock { return &w.Shelf.Stock }, "The inventory feed says so first."),
	is("prices", pricesForm, func(w *When) *map[string]int64 { return &w.Shelf.Prices }, "The price feed says so first."),
	is("competitors", competitorsForm, func(w *When) *map[string]map[string]int64 { return &w.Shelf.Competitors }, "The price feed says so of competitors first, as seen just now."),
	is("consent", purposeWord, func(w *When) *map[string]bool { return &w.Consent }, "The shopper chooses so first."),
}, eventFields(func(w *When) *Event { return &w.Event })[:3]...)

var expectFields = object[Expect]{
	is("triggers", optional(list(identifier("Trigger id"))), func(e *Expect) **[]string { return &e.Triggers }, "Exactly these fire, in any order; `[]`: none does."),
	is("code", optional(nested(expectedCodeFields)), func(e *Expect) **ExpectedCode { return &e.Code }, "What the code comes to; of several what all that apply come to together."),
	is("codes", expectedCodesForm, func(e *Expect) *map[string]ExpectedCode { return &e.Codes }, "Of several codes what each comes to, by the code as `when` has it."),
	is("features", anything, func(e *Expect) *map[string]any { return &e.Features }, "Features as the last decision of the step saw them: `profile.orders_90d: 3`."),
}

var expectedFields = object[Expected]{
	is("outcome", word(boon.OutcomeOffer, boon.OutcomeNudge, boon.OutcomeNone, boon.OutcomeHoldout), func(e *Expected) *boon.Outcome { return &e.Outcome }, "Of the first place."),
	is("offer", offerID, func(e *Expected) *string { return &e.Offer }, "Is shown, on one of the places."),
	is("offers", optional(list(offerID)), func(e *Expected) **[]string { return &e.Offers }, "Exactly these are shown, in any order; `[]`: none is."),
	is("value", optional(level), func(e *Expected) **boon.Micros { return &e.Value }, "Per cent, money or points of `offer`, else of the first place."),
	is("reason", reasonWord, func(e *Expected) *string { return &e.Reason }, "Why `offer`, or the first place, came out so: `won`, `pinned`, `live_grant`, `all_refused`, `unprofitable`, ..."),
	is("title", optional(textual), func(e *Expected) **string { return &e.Title }, "Of the message."),
	is("body", optional(textual), func(e *Expected) **string { return &e.Body }, "Of the message."),
	is("live", optional(truth), func(e *Expected) **bool { return &e.Live }, "It was in the wallet already."),
	is("discount", optional(amount), func(e *Expected) **int64 { return &e.Discount }, "What the grant takes off the step's cart."),
	is("lines", named("SKU: money", anyKey, amount), func(e *Expected) *map[string]int64 { return &e.Lines }, "What it takes off each line; lines left out: nothing."),
	is("eligible", optional(list(offerID)), func(e *Expected) **[]string { return &e.Eligible }, "Exactly these offers stand, whichever of them wins."),
	is("refused", named("Offer id: reason", anyKey, reasonWord), func(e *Expected) *map[string]string { return &e.Refused }, "These fall, and why."),
	is("trigger", identifier("Trigger id"), func(e *Expected) *string { return &e.Trigger }, "Where several triggers of the step decide for the placement: the one that is meant."),
}

var expectedCodeFields = object[ExpectedCode]{
	is("valid", optional(truth), func(e *ExpectedCode) **bool { return &e.Valid }, "Whether it applies."),
	is("reason", reasonWord, func(e *ExpectedCode) *string { return &e.Reason }, "Why it does not."),
	is("discount", optional(amount), func(e *ExpectedCode) **int64 { return &e.Discount }, "What it takes off."),
	is("lines", named("SKU: money", anyKey, amount), func(e *ExpectedCode) *map[string]int64 { return &e.Lines }, "What it takes off each line; lines left out: nothing."),
	is("points", optional(whole[int64](0, 1000000000)), func(e *ExpectedCode) **int64 { return &e.Points }, "What it credits."),
	is("gift", sku, func(e *ExpectedCode) *string { return &e.Gift }, "What it gives."),
}

var expectedCodesForm = withRows(named("code: mapping", anyKey, nested(expectedCodeFields)), "*.", expectedCodeFields.rows())

// readExpect takes every name that is no field for a placement; whether there is such a one is asked when the bundle is at hand.
func readExpect(v value, into *Expect) {
	entries, ok := v.entries(dotted)
	if !ok {
		return
	}
	one := nested(expectedFields)
	own := v
	own.node = &yaml.Node{Kind: yaml.MappingNode, Line: v.node.Line, Column: v.node.Column}
	for i, e := range entries {
		if strings.Contains(" triggers code codes features ", " "+e.name+" ") {
			own.node.Content = append(own.node.Content, v.node.Content[2*i], v.node.Content[2*i+1])
			continue
		}
		if x, ok := one.read(e.value); ok {
			if into.Placements == nil {
				into.Placements = map[string]Expected{}
			}
			into.Placements[e.name] = x
		}
	}
	expectFields.read(own, into)
}

// isPurpose takes the purposes of consent; a choice about anything else would change nothing, and nobody would see it.
func isPurpose(v value, name string) bool {
	if _, err := boon.ParsePurpose(name); err == nil {
		return true
	}
	known := ids(boon.Purposes(), boon.Purpose.String)
	return v.problem("%q is no purpose%s", shorten(name), cmp.Or(suggestion(name, known), "; one of "+strings.Join(known, ", ")))
}

// reasonForm takes the words that Boon publishes; a word that it never says could not be met.
func reasonForm() form[string] {
	f := textForm[string]("reason", "a reason such as not_eligible", 200)
	known := ids(boon.Reasons(), func(r boon.Reason) string { return string(r) })
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if ok && !slices.Contains(known, s) {
			return "", v.problem("%q is no reason%s", shorten(s), cmp.Or(suggestion(s, known), "; docs/problems.md lists them"))
		}
		return s, ok
	}
	return f
}

// traitForm is a trait's text; a truth value and a number are written as their text.
var traitForm = form[string]{
	name: "text",
	read: func(v value) (string, bool) {
		if v.node.Kind != yaml.ScalarNode || v.node.Tag == "!!null" {
			return "", v.problem("expected a text, found %s", describe(v.node))
		}
		return v.node.Value, true
	},
}

// anything is a mapping that is passed on as it is.
var anything = form[map[string]any]{
	name: "mapping",
	read: func(v value) (map[string]any, bool) {
		entries, ok := v.entries(quoted)
		if !ok {
			return nil, false
		}
		all := make(map[string]any, len(entries))
		for _, e := range entries {
			var x any
			if err := e.node.Decode(&x); err != nil {
				return nil, e.problem("not a value: %s", err)
			}
			all[e.name] = x
		}
		return all, true
	},
}

func withRows[V any](f form[V], prefix string, rows []row) form[V] {
	for _, r := range rows {
		r.name = prefix + r.name
		f.rows = append(f.rows, r)
	}
	return f
}

// under is the row of a mapping that has fields of its own.
func under(name string, rows []row) row {
	return row{name: name, form: "mapping", doc: "What the placement must show.", rows: rows}
}

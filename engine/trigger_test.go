package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A shop with every ready-made trigger as it comes, one of them adapted too, and something to say when one fires.
const watchfulShop = `
kind: Shop
id: watchful
currency: USD
timezone: UTC
regime: {default: opt-out}
---
kind: Placement
id: drawer
channel: web
---
kind: Offer
id: say-something
reward: {type: nudge, nudge: social_proof}
triggers: [exit, prices, prices-twice, again, shipping, cart, lapsing, back, drop]
placements: [drawer]
pinned: true
message: {title: 'Still here'}
---
kind: Offer
id: other-ways-to-pay
reward: {type: nudge, nudge: payment_method}
triggers: [payment]
placements: [drawer]
message: {title: 'Pay another way'}
---
kind: Budget
id: money
amount: "1000.00"
---
kind: Offer
id: five-off
budget: money
reward: {type: fixed, values: ["5.00"]}
triggers: [payment]
placements: [drawer]
---
{kind: Trigger, id: exit, use: exit_intent}
---
{kind: Trigger, id: prices, use: price_check}
---
{kind: Trigger, id: prices-twice, use: price_check, with: {count: 2}}
---
{kind: Trigger, id: again, use: second_visit}
---
{kind: Trigger, id: shipping, use: shipping_shock}
---
{kind: Trigger, id: payment, use: payment_trouble}
---
{kind: Trigger, id: cart, use: cart_abandoned}
---
{kind: Trigger, id: lapsing, use: lapsing_customer}
---
{kind: Trigger, id: back, use: back_in_stock}
---
{kind: Trigger, id: drop, use: price_drop}
`

const (
	bigCart   = `{"currency":"USD","products":[{"sku":"s","price":300,"quantity":1}]}`
	smallCart = `{"currency":"USD","products":[{"sku":"s","price":20,"quantity":1}]}`
	tea       = `{"sku":"t1","category":"TEA","price":5}`
	lamp      = `{"sku":"l1","category":"HOME","price":40,"quantity":1}`
	rug       = `{"sku":"r1","category":"HOME","price":35,"quantity":1}`
	coffee    = `{"sku":"c1","category":"COFFEE","price":5}`
	bought    = `{"order_id":"%s","currency":"USD","total":50,"shipping":4.90,"products":[{"sku":"s","price":50,"quantity":1}]}`
	boughtFar = `{"order_id":"%s","currency":"USD","total":50,"shipping":9.90,"products":[{"sku":"s","price":50,"quantity":1}]}`
	noCart    = `{}`
)

// happening is one track call: how long ago, its event and properties. A name after "as " is another identifier of the same shopper, and "again" sends
// the call before once more, with the same messageId.
type happening struct{ ago, event, properties string }

// Each ready-made trigger fires on the real thing, once, and on none of its near misses.
func TestReadyMadeTriggers(t *testing.T) {
	s := openText(t, watchfulShop)
	s.happen("first", []happening{{"0s", "Product Viewed", tea}}) // the shop is open when its past is loaded
	s.haveOrders(25)
	stories := []struct {
		name, trigger string
		events        []happening
		fires         int
	}{
		{"leaves with a great cart", "exit", []happening{{"10m", "Cart Viewed", bigCart}, {"9m", "Exit Intent", noCart}}, 1},
		{"leaves with a great cart that the event tells", "exit", []happening{{"9m", "Exit Intent", bigCart}}, 1},
		{"leaves with a cart put together piece by piece", "exit", []happening{{"12m", "Product Added", lamp}, {"11m", "Product Added", rug}, {"9m", "Exit Intent", noCart}}, 1},
		{"leaves with what is left of a great cart", "exit", []happening{{"12m", "Product Added", lamp}, {"11m", "Product Added", rug}, {"10m", "Product Removed", lamp}, {"9m", "Exit Intent", noCart}}, 0},
		{"leaves with a small cart", "exit", []happening{{"10m", "Cart Viewed", smallCart}, {"9m", "Exit Intent", noCart}}, 0},
		{"leaves without a cart", "exit", []happening{{"9m", "Exit Intent", noCart}}, 0},
		{"leaves with the cart of an earlier session", "exit", []happening{{"3h", "Cart Viewed", bigCart}, {"9m", "Exit Intent", noCart}}, 0},
		{"stays with a great cart", "exit", []happening{{"10m", "Cart Viewed", bigCart}}, 0},
		{"leaves twice within the cooldown", "exit", []happening{{"2h", "Exit Intent", bigCart}, {"9m", "Exit Intent", bigCart}}, 1},
		{"leaves again after the cooldown", "exit", []happening{{"25h", "Exit Intent", bigCart}, {"9m", "Exit Intent", bigCart}}, 2},

		{"compares a product", "prices", []happening{{"9m", "Price Compared", tea}}, 1},
		{"compares no product", "prices", []happening{{"9m", "Price Compared", `{"category":"TEA"}`}}, 0},
		{"compares within the cooldown", "prices", []happening{{"9m", "Price Compared", tea}, {"5m", "Price Compared", coffee}}, 1},
		{"compares a product twice", "prices-twice", []happening{{"9m", "Price Compared", tea}, {"5m", "Price Compared", tea}}, 1},
		{"compares a product once", "prices-twice", []happening{{"9m", "Price Compared", tea}}, 0},
		{"compares two products", "prices-twice", []happening{{"9m", "Price Compared", tea}, {"5m", "Price Compared", coffee}}, 0},
		{"compares a product twice at once", "prices-twice", []happening{{"9m", "Price Compared", tea}, {"9m", "Price Compared", tea}}, 0},
		{"compares a product again two days later", "prices-twice", []happening{{"47h", "Price Compared", tea}, {"5m", "Price Compared", tea}}, 0},

		{"comes back the next day", "again", []happening{{"25h", "Product Viewed", tea}, {"5m", "Product Viewed", tea}}, 1},
		{"comes back to the list", "again", []happening{{"25h", "Product List Viewed", `{"category":"TEA"}`}, {"5m", "Product Viewed", tea}}, 1},
		{"comes back to another category", "again", []happening{{"25h", "Product Viewed", tea}, {"5m", "Product Viewed", coffee}}, 0},
		{"comes back on the third day", "again", []happening{{"49h", "Product Viewed", tea}, {"5m", "Product Viewed", tea}}, 0},
		{"looks on for half an hour", "again", []happening{{"34m", "Product Viewed", tea}, {"20m", "Product Viewed", tea}, {"5m", "Product Viewed", tea}}, 0},
		{"comes once", "again", []happening{{"5m", "Product Viewed", tea}}, 0},
		{"comes once, told twice", "again", []happening{{"5m", "Product Viewed", tea}, {"", "again", ""}}, 0},
		{"comes back and back", "again", []happening{{"25h", "Product Viewed", tea}, {"20h", "Product Viewed", tea}, {"10h", "Product Viewed", tea}, {"5m", "Product Viewed", tea}}, 1},
		{"comes back signed in", "again", []happening{{"25h", "Product Viewed", tea}, {"5m", "as account Product Viewed", tea}}, 1},

		{"is asked for twice the usual", "shipping", []happening{{"9m", "Shipping Quoted", `{"shipping":9.90}`}}, 1},
		{"is asked for it at the checkout", "shipping", []happening{{"9m", "Checkout Started", `{"order_id":"x","currency":"USD","shipping":9.90,"products":[{"sku":"s","price":50,"quantity":1}]}`}}, 1},
		{"is asked for a little more", "shipping", []happening{{"9m", "Shipping Quoted", `{"shipping":5.90}`}}, 0},
		{"is asked for what this shopper always pays", "shipping", []happening{{"45h", "Order Completed", boughtFar}, {"9m", "Shipping Quoted", `{"shipping":9.90}`}}, 0},
		{"is asked once more within the cooldown", "shipping", []happening{{"9m", "Shipping Quoted", `{"shipping":9.90}`}, {"8m", "Shipping Quoted", `{"shipping":12.90}`}}, 1},

		{"cannot pay twice", "payment", []happening{{"9m", "Payment Failed", bigCart}, {"5m", "Payment Failed", bigCart}}, 1},
		{"cannot pay once", "payment", []happening{{"9m", "Payment Failed", bigCart}}, 0},
		{"cannot pay once, told twice", "payment", []happening{{"9m", "Payment Failed", bigCart}, {"", "again", ""}}, 0},
		{"cannot pay again an hour later", "payment", []happening{{"65m", "Payment Failed", bigCart}, {"5m", "Payment Failed", bigCart}}, 0},
		{"cannot pay four times", "payment", []happening{{"9m", "Payment Failed", bigCart}, {"8m", "Payment Failed", bigCart}, {"7m", "Payment Failed", bigCart}, {"6m", "Payment Failed", bigCart}}, 1},

		{"leaves a cart", "cart", []happening{{"60m", "Product Added", tea}}, 1},
		{"leaves a cart, told twice", "cart", []happening{{"60m", "Product Added", tea}, {"", "again", ""}}, 1},
		{"leaves a cart that grew", "cart", []happening{{"70m", "Product Added", tea}, {"60m", "Product Added", coffee}, {"50m", "Cart Viewed", bigCart}}, 1},
		{"leaves a cart for not so long yet", "cart", []happening{{"40m", "Product Added", tea}}, 0},
		{"goes on with the cart", "cart", []happening{{"60m", "Product Added", tea}, {"20m", "Checkout Started", bigCart}}, 0},
		{"orders", "cart", []happening{{"60m", "Product Added", tea}, {"30m", "Order Completed", bought}}, 0},
		{"orders signed in", "cart", []happening{{"60m", "Product Added", tea}, {"30m", "as account Order Completed", bought}}, 0},
		{"empties the cart", "cart", []happening{{"70m", "Product Added", tea}, {"60m", "Product Removed", tea}}, 0},
		{"leaves what is left of a cart", "cart", []happening{{"80m", "Product Added", tea}, {"70m", "Product Added", coffee}, {"60m", "Product Removed", tea}}, 1},
		{"goes on by taking something out", "cart", []happening{{"60m", "Product Added", tea}, {"59m", "Product Added", coffee}, {"20m", "Product Removed", tea}}, 0},
		{"empties the cart and looks into it", "cart", []happening{{"70m", "Product Added", tea}, {"60m", "Cart Viewed", `{"products":[]}`}}, 0},
		{"looks into the cart, of which nothing is told", "cart", []happening{{"70m", "Product Added", tea}, {"60m", "Cart Viewed", `{"cart_id":"c1"}`}}, 1},
		{"orders, told before the cart", "cart", []happening{{"30m", "Order Completed", bought}, {"60m", "Product Added", tea}}, 0},
		{"looks into an empty cart", "cart", []happening{{"60m", "Cart Viewed", `{"products":[]}`}}, 0},

		{"has not ordered for seven weeks", "lapsing", []happening{{"1200h", "Order Completed", bought}}, 1},
		{"has not ordered for six weeks", "lapsing", []happening{{"1000h", "Order Completed", bought}}, 0},
		{"has ordered again", "lapsing", []happening{{"1200h", "Order Completed", bought}, {"48h", "Order Completed", bought}}, 0},
		{"has ordered again, told before the first order", "lapsing", []happening{{"48h", "Order Completed", bought}, {"1200h", "Order Completed", bought}}, 0},
		{"keeps the shopper's own pace, told newest first", "lapsing", []happening{{"260h", "Order Completed", bought}, {"500h", "Order Completed", bought}, {"740h", "Order Completed", bought}}, 0},
		{"keeps a slow pace", "lapsing", []happening{{"4080h", "Order Completed", bought}, {"2640h", "Order Completed", bought}, {"1200h", "Order Completed", bought}}, 0},
		{"keeps a slow pace, told newest first", "lapsing", []happening{{"1200h", "Order Completed", bought}, {"2640h", "Order Completed", bought}, {"4080h", "Order Completed", bought}}, 0},
		{"keeps a slow pace, told newest first and signed in", "lapsing", []happening{{"1200h", "Order Completed", bought}, {"2640h", "as account Order Completed", bought}, {"4080h", "as account Order Completed", bought}}, 0},
		{"is late by the shopper's own pace, told newest first", "lapsing", []happening{{"420h", "Order Completed", bought}, {"660h", "Order Completed", bought}, {"900h", "Order Completed", bought}}, 1},
		{"is late by the shopper's own pace", "lapsing", []happening{{"900h", "Order Completed", bought}, {"660h", "Order Completed", bought}, {"420h", "Order Completed", bought}}, 1},
		{"is not late by the shopper's own pace", "lapsing", []happening{{"740h", "Order Completed", bought}, {"500h", "Order Completed", bought}, {"260h", "Order Completed", bought}}, 0},

		{"can have it again", "back", []happening{{"5m", "Product Back In Stock", `{"sku":"t1"}`}}, 1},
		{"can have it again, told twice", "back", []happening{{"5m", "Product Back In Stock", `{"sku":"t1"}`}, {"", "again", ""}}, 1},
		{"can have it for less", "drop", []happening{{"5m", "Product Price Dropped", `{"sku":"t1"}`}}, 1},
		{"can have it for less, and not again", "back", []happening{{"5m", "Product Price Dropped", `{"sku":"t1"}`}}, 0},
	}
	for i, story := range stories {
		s.happen(fmt.Sprint("shopper-", i), story.events)
	}
	s.happen("sentinel", []happening{{"46m", "Product Added", tea}}) // whatever else ran out did so before
	s.untilFired("sentinel")
	for i, story := range stories {
		who := fmt.Sprint("shopper-", i)
		fired := s.want(200, serverKey, "GET", "/v1/profiles/anonymous:"+who+"/decisions?trigger="+story.trigger, "")
		if n := len(fired.at("decisions").([]any)); n != story.fires {
			t.Errorf("%s: %s fired %d times, want %d: %s", story.name, story.trigger, n, story.fires, fired.raw)
			continue
		}
		if offer := fired.text("decisions.0.placements.0.offer"); story.fires > 0 && offer != sayings[story.trigger] {
			t.Errorf("%s: answered with %q: %s", story.name, offer, fired.raw)
		}
	}
}

// sayings are what a trigger answers with.
var sayings = map[string]string{"exit": "say-something", "prices": "say-something", "prices-twice": "say-something", "again": "say-something",
	"shipping": "say-something", "cart": "say-something", "lapsing": "say-something", "back": "say-something", "drop": "say-something", "payment": "other-ways-to-pay"}

// Where payments fail a discount is refused, and another way to pay is offered.
func TestPaymentTroubleIsNotAnsweredWithADiscount(t *testing.T) {
	s := openText(t, watchfulShop)
	s.happen("unlucky", []happening{{"9m", "Payment Failed", bigCart}, {"5m", "Payment Failed", bigCart}})
	fired := s.want(200, serverKey, "GET", "/v1/profiles/anonymous:unlucky/decisions", "")
	record := s.want(200, serverKey, "GET", "/v1/decisions/"+fired.text("decisions.0.decisionId"), "")
	for _, c := range record.at("candidates").([]any) {
		offer, reason := c.(map[string]any)["offer"], c.(map[string]any)["reason"]
		if offer == "five-off" && reason == "suppressed" {
			return
		}
	}
	t.Errorf("the discount was not refused: %s", record.raw)
}

// haveOrders gives the shop a past: three days ago n shoppers bought for 41.00 to 40.00 + n, and paid 4.90 for shipping.
func (s *shop) haveOrders(n int) {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"type":"track","userId":"past-%d","event":"Order Completed","timestamp":%q,"properties":{"order_id":"past-%d","currency":"USD","total":%d,"shipping":4.90}}`,
			i, time.Now().Add(-72*time.Hour).Format(time.RFC3339Nano), i, 41+i))
	}
	s.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+strings.Join(all, ",")+`]}`)
}

// happen sends what a shopper does, in one call.
func (s *shop) happen(who string, events []happening) {
	s.t.Helper()
	var all []string
	for i, h := range events {
		if h.event == "again" {
			all = append(all, all[len(all)-1])
			continue
		}
		ago, err := time.ParseDuration(h.ago)
		if err != nil {
			s.t.Fatal(err)
		}
		ids, event := map[string]any{"anonymousId": who}, h.event
		if rest, ok := strings.CutPrefix(event, "as account "); ok {
			ids["userId"], event = "account-of-"+who, rest
		}
		properties := strings.ReplaceAll(h.properties, "%s", fmt.Sprint(who, "-", i))
		call := map[string]any{"type": "track", "event": event, "messageId": fmt.Sprint(who, "-", i), "timestamp": time.Now().Add(-ago), "properties": json.RawMessage(properties)}
		for name, id := range ids {
			call[name] = id
		}
		body, err := json.Marshal(call)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, string(body))
	}
	s.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+strings.Join(all, ",")+`]}`)
}

// untilFired waits for a trigger to decide for somebody.
func (s *shop) untilFired(who string) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(5 * time.Millisecond) {
		fired := s.want(200, serverKey, "GET", "/v1/profiles/anonymous:"+who+"/decisions", "")
		if len(fired.at("decisions").([]any)) > 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("nothing fired for %s", who)
		}
	}
}

package bench

import (
	"fmt"
	"io"
	"strings"
)

// Placements of the synthetic shop.
const Placements = 5

// Products of the synthetic shop.
const Products = 500

// categories are those that the shop's margins and offers name; the grocer example knows most of them too.
var categories = []string{"GROCERY/SOFT DRINKS", "GROCERY/CHEESE", "PRODUCE/APPLES", "MEAT/BEEF", "DELI/SALADS", "DRUG GM/CANDY", "PASTRY/CAKES", "NUTRITION/CEREAL"}

func category(product int) string { return categories[product%len(categories)] }

// price of a product, in cents.
func price(product int) int { return 150 + product*37%2900 }

func sku(product int) string { return fmt.Sprintf("B%04d", product) }

func decimal(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

// Bundle writes a shop of so many offers, spread evenly over the placements, with every reward type, conditions, caps and frequencies;
// codes adds that many offers with a public code each (CODE0, CODE1 …) and a budget of its own.
func Bundle(w io.Writer, offers, codes int) error {
	var b strings.Builder
	b.WriteString(shop)
	for i := range Placements {
		fmt.Fprintf(&b, "---\nkind: Placement\nid: place-%d\nchannel: web\ncapacity: 1\n", i)
	}
	for i := range offers {
		writeOffer(&b, i)
	}
	for i := range codes {
		fmt.Fprintf(&b, "---\nkind: Budget\nid: code-%d\namount: \"100000000.00\"\ncommitment: worst_case\n", i)
		fmt.Fprintf(&b, "---\nkind: Offer\nid: code-%d\nbudget: code-%d\nreward: {type: percentage, values: [\"10\"], maxDiscount: \"10.00\"}\n", i, i)
		fmt.Fprintf(&b, "placements: [codes]\nduration: 30d\ncodes: {public: {code: CODE%d}}\nmessage: {title: Ten off}\n", i)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const shop = `kind: Shop
id: bench
currency: USD
timezone: UTC
pricesInclude: none
regime: {default: opt-out}
margins: {default: "0.45"}
cost: {paymentFee: "0.02", shipping: "4.00", returnRate: "0.02"}
---
kind: Budget
id: all
amount: "100000000.00"
commitment: worst_case
---
kind: Campaign
id: all
budget: all
---
kind: Placement
id: codes
channel: web
capacity: 1
---
kind: Trigger
id: checkout-started
when: {event: Checkout Started, where: cart.total > 0.0}
cooldown: 24h
---
kind: Trigger
id: second-view
when: {event: Product Viewed, count: 2, within: 48h, by: product.category, apart: 10m}
cooldown: 24h
placements: [place-0]
---
kind: Guardrail
id: depth
maxDepth: "0.50"
---
kind: Guardrail
id: margin
minMargin: "0.05"
---
kind: Holdout
id: universal
share: "0.05"
`

// rewards and conditions take turns over the offers.
var rewards = []string{
	`{type: percentage, values: ["5", "10", "15"], maxDiscount: "20.00"}`,
	`{type: fixed, values: ["2.00", "3.00", "5.00"]}`,
	`{type: points, values: ["100", "200"], pointValue: "0.01"}`,
	`{type: free_shipping, maxDiscount: "4.00"}`,
	`{type: nudge, nudge: social_proof}`,
}

var conditions = []string{
	`cart.total >= 10.0 && !profile.return_open`,
	`cart.total >= 20.0 && profile.orders_90d >= 0`,
	`cart.category("GROCERY") || cart.total > 30.0`,
	`context.channel == "web" && cart.lines >= 2`,
	`profile.recency_days < 400 && cart.max_price > 1.0`,
	`session.product_views >= 0 && cart.total < 100000.0`,
	`cart.shipping > 0.0`,
}

func writeOffer(b *strings.Builder, i int) {
	fmt.Fprintf(b, "---\nkind: Offer\nid: offer-%03d\ncampaign: all\nreward: %s\n", i, rewards[i/Placements%len(rewards)])
	if i%4 == 3 {
		fmt.Fprintf(b, "scope: {kind: category, categories: [%q, %q]}\n", category(i), category(i+1))
	}
	fmt.Fprintf(b, "eligibility: '%s'\nplacements: [place-%d]\nduration: 7d\n", conditions[i%len(conditions)], i%Placements)
	fmt.Fprintf(b, "caps: {perProfile: %d}\nfrequency: [{max: 1, per: 7d}]\nmessage: {title: 'Offer %d: {{.Value}}'}\n", 2+i%3, i)
}

// ProductFile writes the products as CSV.
func ProductFile(w io.Writer) error {
	var b strings.Builder
	b.WriteString("id,title,brand,product_type,price\n")
	for i := range Products {
		fmt.Fprintf(&b, "%s,Product %d,Bench,%s,%s USD\n", sku(i), i, strings.ReplaceAll(category(i), "/", " > "), decimal(price(i)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Lines writes the lines of a basket of n products, as the money path and decisions take them.
func Lines(first, n int) string {
	lines := make([]string, n)
	for i := range lines {
		p := (first*7 + i*11) % Products
		lines[i] = fmt.Sprintf(`{"id":"l%d","sku":%q,"category":%q,"quantity":%d,"price":%q}`, i+1, sku(p), category(p), 1+i%2, decimal(price(p)))
	}
	return `"currency":"USD","lines":[` + strings.Join(lines, ",") + `],"shipping":"4.00"`
}

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

// Shop is a synthetic shop. Of its Offers, Matching are for every shopper at place-0, with every reward type, conditions, caps and frequencies; each of
// the others is kept from the shoppers by one part of its condition, its schedule, trigger or placement. Codes adds that many offers with a public code
// each (CODE0, CODE1 …) and a budget of its own.
type Shop struct{ Offers, Matching, Codes int }

// Write writes the shop's bundle.
func (s Shop) Write(w io.Writer) error {
	var b strings.Builder
	b.WriteString(shop)
	for i := range Placements {
		fmt.Fprintf(&b, "---\nkind: Placement\nid: place-%d\nchannel: web\ncapacity: 1\n", i)
	}
	for i := range s.Offers {
		writeOffer(&b, i, i < s.Matching)
	}
	for i := range s.Codes {
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
	`cart.total >= 4.0 && !profile.return_open`,
	`cart.total >= 5.0 && profile.orders_90d >= 0`,
	`cart.category("GROCERY") || cart.total > 3.0`,
	`context.channel == "web" && cart.lines >= 2`,
	`profile.recency_days < 10000 && cart.max_price > 1.0`,
	`session.product_views >= 0 && cart.total < 100000.0`,
	`cart.shipping > 0.0`,
}

// barrier keeps the measured shoppers (mobile, in the US, at a checkout) from offer i: a part of its condition, or a field of its document.
func barrier(i int) (condition, field string) {
	switch n := i / 8; i % 8 {
	case 0:
		return fmt.Sprintf(`context.country in ["DE", "FR", "C%d"]`, n%40), ""
	case 1:
		return fmt.Sprintf(`cart.total >= %d.0`, 2000+n), ""
	case 2:
		return fmt.Sprintf(`cart.category("TOYS/%d") || cart.category("BOOKS/%d")`, n%300, n%70), ""
	case 3:
		return `context.device == "desktop"`, ""
	case 4:
		return fmt.Sprintf(`"club-%d" in profile.tags`, n%50), ""
	case 5:
		return fmt.Sprintf(`profile.orders >= %d`, 1000+n%100), ""
	case 6:
		return "", fmt.Sprintf("ends: 2016-%02d-%02dT00:00:00Z\n", 1+n%12, 1+n%28)
	}
	return "", "triggers: [second-view]\n"
}

func writeOffer(b *strings.Builder, i int, matches bool) {
	condition, placement, field := conditions[i%len(conditions)], 0, ""
	if !matches {
		var part string
		if part, field = barrier(i); part != "" {
			condition = "(" + condition + ") && (" + part + ")"
		}
		placement = i / 8 % Placements
	}
	fmt.Fprintf(b, "---\nkind: Offer\nid: offer-%05d\ncampaign: all\nreward: %s\n", i, rewards[i%len(rewards)])
	if i%4 == 3 && !matches {
		fmt.Fprintf(b, "scope: {kind: category, categories: [%q, %q]}\n", category(i), category(i+1))
	}
	fmt.Fprintf(b, "eligibility: '%s'\nplacements: [place-%d]\nduration: 7d\n", condition, placement)
	fmt.Fprintf(b, "caps: {perProfile: %d}\nfrequency: [{max: 1, per: 7d}]\nmessage: {title: 'Offer %d: {{.Value}}'}\n%s", 2+i%3, i, field)
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

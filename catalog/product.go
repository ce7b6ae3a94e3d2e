package catalog

import (
	"io"
	"strings"

	"boon"
)

// known lists the columns of a product feed that have a place of their own in boon.Product; all others are attributes.
var known = map[string]bool{
	"id": true, "sku": true, "title": true, "brand": true, "product_type": true, "category": true,
	"price": true, "sale_price": true, "cost_of_goods_sold": true, "cost": true, "availability": true,
}

// Read reads a product feed with Google Merchant Center's columns (id, title, brand, product_type, google_product_category, price, sale_price,
// cost_of_goods_sold, availability, ...) and hands every good row to load with its line. Amounts are "1.09 USD", or "1.09" in currency.
// A sale_price above the price of its row and a price finer than the currency are refused; a cost is rounded. An empty format is sniffed. The error is not nil when the feed as a whole cannot be read or load fails.
func Read(r io.Reader, format Format, currency boon.Currency, load func(line int, p boon.Product) error) (Report, error) {
	return each(r, format, func(row *record) error {
		p, err := product(row, currency)
		if err != nil {
			return err
		}
		return load(row.line, p)
	})
}

func product(row *record, currency boon.Currency) (boon.Product, error) {
	p := boon.Product{Currency: currency}
	var err error
	if p.SKU, err = row.sku(); err != nil {
		return p, err
	}
	p.Title, _ = row.get("title")
	p.Brand, _ = row.get("brand")
	p.Availability, _ = row.get("availability")
	category, _ := row.get("product_type", "category", "google_product_category")
	p.Category = Category(category)
	price, sale, err := row.prices(currency)
	if err != nil {
		return p, err
	}
	if price != nil {
		p.Price = *price
	}
	if sale != nil {
		p.SalePrice = *sale
	}
	cost, found, err := row.amount(currency, "cost_of_goods_sold", "cost")
	if err != nil {
		return p, err
	}
	if found {
		p.Cost = &cost
	}
	p.Attributes = row.attributes()
	return p, nil
}

func (r *record) sku() (string, error) {
	sku, name := r.get("id", "sku")
	if sku == "" {
		return "", refused(r.line, name, "the row has no id")
	}
	return sku, nil
}

func (r *record) attributes() map[string]string {
	var attributes map[string]string
	for i, name := range r.names {
		if known[name] || name == "" || r.values[i] == "" {
			continue
		}
		if attributes == nil {
			attributes = make(map[string]string)
		}
		attributes[name] = r.values[i]
	}
	return attributes
}

// amount reads the first of the columns that is there as an amount, in minor units.
func (r *record) amount(currency boon.Currency, names ...string) (minor int64, found bool, err error) {
	text, name := r.get(names...)
	if text == "" {
		return 0, false, nil
	}
	number, code, _ := strings.Cut(text, " ")
	if code = strings.TrimSpace(code); code != "" && boon.Currency(code) != currency {
		return 0, false, refused(r.line, name, "%q is not in %s", text, currency)
	}
	money, err := boon.ParseMoney(number, currency)
	if err != nil {
		return 0, false, refused(r.line, name, "%q is not an amount such as \"1.09 %s\"", text, currency)
	}
	if money.Minor < 0 {
		return 0, false, refused(r.line, name, "%q is negative", text)
	}
	return money.Minor, true, nil
}

// Category reads a path written "A > B > C" as "A/B/C"; levels are trimmed, empty ones dropped. A "/" within a level stays, as part of the path:
// Boon's own paths are read back as they are.
func Category(text string) string {
	var levels []string
	for level := range strings.SplitSeq(text, ">") {
		if level = strings.TrimSpace(level); level != "" {
			levels = append(levels, level)
		}
	}
	return strings.Join(levels, "/")
}

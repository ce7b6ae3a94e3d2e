package catalog

import (
	"io"
	"strings"
	"time"

	"boon"
)

// Price is one row of a price feed, in minor units. What is nil was not in the row and stays as it is.
type Price struct {
	SKU        string
	Price      *int64
	SalePrice  *int64
	Competitor *boon.CompetitorPrice
}

// ReadPrices reads a price feed: sku (or id), and price, sale_price or competitor_price, of which one must be there. Beside competitor_price,
// competitor (or source) says whose it is, and seen_at when it was seen; else that is now. A sale_price above the price of its row and an amount
// finer than the currency are refused.
func ReadPrices(r io.Reader, format Format, currency boon.Currency, now time.Time, load func(line int, p Price) error) (Report, error) {
	return each(r, format, func(row *record) error {
		p, err := price(row, currency, now)
		if err != nil {
			return err
		}
		return load(row.line, p)
	})
}

func price(row *record, currency boon.Currency, now time.Time) (p Price, err error) {
	if p.SKU, err = row.sku(); err != nil {
		return p, err
	}
	if p.Price, p.SalePrice, err = row.prices(currency); err != nil {
		return p, err
	}
	if p.Competitor, err = row.competitor(currency, now); err != nil {
		return p, err
	}
	if p.Price == nil && p.SalePrice == nil && p.Competitor == nil {
		return p, refused(row.line, "price", "the row has no price")
	}
	return p, nil
}

// prices are what a shop asks for a product, without and with its own reduction; nil where the row does not say.
func (r *record) prices(currency boon.Currency) (price, sale *int64, err error) {
	for _, column := range []struct {
		name string
		to   **int64
	}{{"price", &price}, {"sale_price", &sale}} {
		minor, found, err := r.exact(currency, column.name)
		if err != nil {
			return nil, nil, err
		}
		if found {
			*column.to = &minor
		}
	}
	if price != nil && sale != nil && *sale > *price {
		money := func(minor int64) boon.Money { return boon.Money{Minor: minor, Currency: currency} }
		return nil, nil, refused(r.line, "sale_price", "it is above the price: %s, not %s", money(*sale), money(*price))
	}
	return price, sale, nil
}

// exact is amount, for prices that a shop asks: what the currency cannot say is refused, not rounded.
func (r *record) exact(currency boon.Currency, name string) (minor int64, found bool, err error) {
	minor, found, err = r.amount(currency, name)
	text, _ := r.get(name)
	number, _, _ := strings.Cut(text, " ")
	_, decimals, _ := strings.Cut(number, ".")
	if most := currency.Exponent(); err == nil && len(strings.TrimRight(decimals, "0")) > most {
		err = refused(r.line, name, "%q has more decimals than the %d of %s", text, most, currency)
	}
	return minor, found, err
}

package catalog

import (
	"io"
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
// competitor (or source) says whose it is, and seen_at when it was seen; else that is now.
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
	for _, column := range []struct {
		name string
		to   **int64
	}{{"price", &p.Price}, {"sale_price", &p.SalePrice}} {
		minor, found, err := row.amount(currency, column.name)
		if err != nil {
			return p, err
		}
		if found {
			*column.to = &minor
		}
	}
	if p.Competitor, err = row.competitor(currency, now); err != nil {
		return p, err
	}
	if p.Price == nil && p.SalePrice == nil && p.Competitor == nil {
		return p, refused(row.line, "price", "the row has no price")
	}
	return p, nil
}

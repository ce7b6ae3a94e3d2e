package scenario

import (
	"fmt"
	"os"
	"path/filepath"

	"boon"
	"boon/catalog"
	"boon/publish"
)

// goods are what products cost, for carts that do not say.
type goods map[string]boon.Product

// beside finds the catalogue that lies beside a bundle.
func beside(paths []string) (files []string) {
	for _, p := range paths {
		file := filepath.Join(p, "products.csv")
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			files = append(files, file)
		}
	}
	return files
}

func readGoods(files []string, currency boon.Currency) (goods, error) {
	all := goods{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read products: %w", err)
		}
		_, err = catalog.Read(f, catalog.Sniff(filepath.Base(file), nil), currency, func(_ int, p boon.Product) error {
			all[p.SKU] = p
			return nil
		})
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// priced is a line with the catalogue's price and category where it says none; prices, in minor units, go before the catalogue's.
func (g goods) priced(l publish.CartLine, prices map[string]int64, currency boon.Currency) (publish.CartLine, error) {
	p, known := g[l.SKU]
	if l.Category == "" {
		l.Category = p.Category
	}
	if l.Price > 0 {
		return l, nil
	}
	price := p.Price
	if p.SalePrice > 0 {
		price = p.SalePrice
	}
	if said, ok := prices[l.SKU]; ok {
		price, known = said, true
	}
	if !known {
		return l, boon.Invalid("sku", "%s is in no catalogue: give its price", l.SKU)
	}
	l.Price = unitOf(price, currency)
	if l.ListPrice == 0 && p.Price > price {
		l.ListPrice = unitOf(p.Price, currency)
	}
	return l, nil
}

// unitOf is an amount in minor units as the price of a unit.
func unitOf(minor int64, currency boon.Currency) boon.Micros {
	price, err := boon.ParseMicros(boon.Money{Minor: minor, Currency: currency}.Text())
	if err != nil {
		return 0 // no amount of a catalogue is so large
	}
	return price
}

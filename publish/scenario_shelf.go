package publish

import (
	"fmt"
	"maps"
	"slices"
)

// shelves complains of feeds about a product that there is not, which would change nothing. A scenario may have products of its own: what it
// says is bought, looked at or put into a cart.
func (n names) shelves(s *Scenario) {
	if len(n.skus) == 0 {
		return
	}
	n.skus = append(slices.Clip(n.skus), s.skus()...)
	n.shelf("given.", &s.Given.Shelf)
	for i := range s.Steps {
		n.shelf(s.Steps[i].Path+"when.", &s.Steps[i].When.Shelf)
	}
}

func (n names) shelf(at string, s *Shelf) {
	n.stocked(at+"stock", slices.Sorted(maps.Keys(s.Stock)))
	n.stocked(at+"prices", slices.Sorted(maps.Keys(s.Prices)))
	n.stocked(at+"competitors", slices.Sorted(maps.Keys(s.Competitors)))
}

func (n names) stocked(at string, skus []string) {
	for _, sku := range skus {
		if !slices.Contains(n.skus, sku) {
			n.lack(at+quoted(sku), fmt.Sprintf("the catalogue has no product %q%s", shorten(sku), suggestion(sku, n.skus)))
		}
	}
}

// skus are the products that the scenario has to do with beside what feeds say.
func (s *Scenario) skus() (list []string) {
	cart := func(c *Cart) {
		list = append(list, ids(c.Lines, func(l CartLine) string { return l.SKU })...)
	}
	event := func(e *Event) {
		list = append(list, e.SKU)
		cart(&e.Cart)
	}
	for i := range s.Given.Orders {
		cart(&s.Given.Orders[i].Cart)
	}
	for i := range s.Given.Events {
		event(&s.Given.Events[i].Event)
	}
	for i := range s.Steps {
		w := &s.Steps[i].When
		list = append(list, w.SKU)
		cart(&w.Cart)
		event(&w.Event)
	}
	return list
}

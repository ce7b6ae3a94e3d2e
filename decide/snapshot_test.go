package decide_test

import (
	"context"
	"testing"

	"boon"
	"boon/decide"
)

// places are offers of several placements; one asks what the cart lies in, another gives away what may be in it.
const places = menu + `---
kind: Offer
id: grocery
campaign: spring
eligibility: 'cart.category("GROCERY")'
reward: {type: fixed, values: ["2.00"]}
placements: [wall, email]
duration: 7d
---
kind: Offer
id: tin
campaign: spring
reward: {type: gift, sku: tea}
placements: [wall]
duration: 7d
`

// late is a shelf that a product comes onto between two readings.
type late struct {
	*world
	read map[string]bool
}

func (l *late) Product(_ context.Context, sku string) (boon.Product, bool, error) {
	again := l.read[sku]
	l.read[sku] = true
	return boon.Product{SKU: sku, Category: "GARDEN", Price: 100, Currency: "USD"}, again, nil
}

// Offers are matched once, before limits and gifts are read: what was found for each place is what the record finds again.
func TestOffersMatchedForADecisionAreThoseOfItsRecord(t *testing.T) {
	p := compile(t, parse(t, base(t)+places))
	w := &late{&world{}, map[string]bool{}}
	ports := w.ports()
	ports.Shelf = w
	var body []byte
	_, err := decide.Decide(t.Context(), decide.Situation{Policy: p, Rates: rates(), Seed: 1}, ports, request("wall", "nowhere", "checkout", "email", "wall"),
		func(r decide.Record) (err error) {
			body, err = r.Encode()
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	record, err := decide.DecodeRecord(body)
	if err != nil {
		t.Fatal(err)
	}
	offers := map[string]bool{}
	for _, k := range record.Candidates {
		offers[k.Placement+" "+k.Offer] = true
	}
	if !offers["wall grocery"] || !offers["wall tin"] || !offers["email grocery"] || !offers["checkout best"] || offers["wall best"] {
		t.Errorf("candidates by place: %v", offers)
	}
	if differences, err := decide.Replay(body, p, rates()); err != nil || differences != nil {
		t.Errorf("the record does not compute again: %v %v", differences, err)
	}
}

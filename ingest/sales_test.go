package ingest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"boon"
	"boon/catalog"
	"boon/internal/pack"

	"github.com/google/go-cmp/cmp"
)

const dayMinutes = 24 * 60

// An order counts once, on its own day, with each of its lines; what comes from the future counts on the day that it came.
func TestOrdersMakeTheDemand(t *testing.T) {
	r := newRig(t, true)
	two := order(-3*dayMinutes, ann, "o1")
	two.Order.Lines = []boon.Line{{SKU: "tea", Quantity: 2}, {SKU: "milk", Quantity: 1}, {SKU: "tea", Quantity: 3}, {Quantity: 9}, {SKU: "milk", Quantity: -4}}
	again := order(-2*dayMinutes, bob, "o1")
	refund := order(-2*dayMinutes, bob, "o3")
	refund.Name = boon.OrderRefunded
	r.send(t, two, again, refund, order(5*dayMinutes, bob, "o2"))
	r.mustDrain(t, 2)
	today := catalog.Day(receipt)
	for sku, want := range map[string]catalog.Sales{
		"tea":  {First: today - 3, Days: []catalog.Sold{{Day: today - 3, Units: 5}, {Day: today, Units: 1}}},
		"milk": {First: today - 3, Days: []catalog.Sold{{Day: today - 3, Units: 1}}},
		"":     {},
	} {
		got, err := loadSales(t.Context(), r.disk, sku)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got)\n%s", sku, err, diff)
		}
	}
}

type oneProduct boon.Product

func (p oneProduct) Product(context.Context, string) (boon.Product, bool, error) {
	return boon.Product(p), true, nil
}

// What a trigger decides on is priced by its event, else by the catalogue; a product whose price nobody knows is no cart.
func TestATriggersProductIsPriced(t *testing.T) {
	for name, c := range map[string]struct {
		event boon.Micros
		shelf boon.Product
		want  int64
	}{
		"by the event":     {7 * boon.Unit, boon.Product{SKU: "tea", Currency: "USD", Price: 500}, 700},
		"by the catalogue": {0, boon.Product{SKU: "tea", Currency: "USD", Price: 500, SalePrice: 450}, 450},
		"by nobody":        {0, boon.Product{SKU: "tea"}, 0},
	} {
		r := newRig(t, true)
		r.Shelf = oneProduct(c.shelf)
		for minute := range 2 {
			e := at(minute, ann, boon.ProductViewed)
			e.Order = &boon.Order{Lines: []boon.Line{{ID: "tea", SKU: "tea", Quantity: 1, Price: c.event}}}
			r.send(t, e)
		}
		r.mustDrain(t, 10)
		var k kept
		for key, body := range r.disk.now {
			if key[0] == keyRecord {
				body, err := pack.Unpack(body)
				if err == nil {
					err = json.Unmarshal(body, &k)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := k.Request.Cart.Merchandise(); r.till.decided() != 1 || got != c.want || len(k.Request.Cart.Lines) != int(min(c.want, 1)) {
			t.Errorf("%s: %d decisions, on %+v, want %d", name, r.till.decided(), k.Request.Cart, c.want)
		}
	}
}

// Inside a batch a decision sees what the batch has sold so far; beside it, what is committed.
func TestTheDemandOfABatchIsSeenInIt(t *testing.T) {
	r := newRig(t, true)
	for day := range 9 {
		r.send(t, order((day-9)*dayMinutes, ann, string(rune('a'+day))))
	}
	r.disk.fail = func(_ []boon.Write, durable bool) bool { return !durable } // the state is never committed
	_ = r.drain(100)
	tea := boon.Product{SKU: "tea", Stock: &boon.Stock{OnHand: 5, DemandFrom: boon.DemandUnknown}}
	inside, err := r.View().WithDemand(t.Context(), tea, receipt)
	if err != nil || inside.Stock.DailyDemand != boon.Unit || inside.Stock.DemandFrom != boon.DemandOrders {
		t.Errorf("inside: %+v, %v", inside.Stock, err)
	}
	r.Shelf = oneProduct(tea)
	view := at(0, ann, boon.ProductViewed)
	seen, err := r.product(t.Context(), &view)
	if err != nil || seen.Stock.DailyDemand != boon.Unit {
		t.Errorf("by a trigger's condition: %+v, %v", seen.Stock, err)
	}
	beside, err := Committed(r.disk, nil, nil).WithDemand(t.Context(), tea, receipt)
	if err != nil || beside.Stock.DemandFrom != boon.DemandUnknown || tea.Stock.DemandFrom != boon.DemandUnknown {
		t.Errorf("beside: %+v, %v", beside.Stock, err)
	}
	fed, err := r.View().WithDemand(t.Context(), boon.Product{SKU: "tea", Stock: &boon.Stock{OnHand: 5, At: receipt.Add(-time.Hour)}}, receipt)
	if err != nil || fed.Stock.DemandFrom != "" {
		t.Errorf("the feed said none: %+v, %v", fed.Stock, err)
	}
}

package feature

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func track(name string, at time.Time) boon.Event {
	return boon.Event{Kind: boon.KindTrack, Name: name, Time: at, Received: at}
}

func order(at time.Time, id string, minor int64, coupons ...string) boon.Event {
	e := track(boon.OrderCompleted, at)
	e.Order = &boon.Order{ID: id, Currency: "USD", Revenue: minor, Coupons: coupons, Lines: []boon.Line{
		{SKU: "sku-" + id, Category: "HOME/LAMPS", Quantity: 2, Price: boon.Micros(minor * 5000)}}}
	return e
}

func folded(events ...boon.Event) State {
	var s State
	for _, e := range events {
		Fold(&s, e, "USD")
	}
	return s
}

var names = []string{
	boon.ProductViewed, boon.ProductAdded, boon.ProductRemoved, boon.ProductListViewed, boon.ProductsSearched, boon.CartViewed, boon.CheckoutStepViewed,
	boon.OrderCompleted, boon.OrderRefunded, boon.OrderCancelled, boon.ReturnRequested, boon.ReturnCompleted, boon.CouponDenied,
	boon.PaymentFailed, boon.ShippingQuoted, boon.PromotionDismissed, ErrorShown, FormRetried, "Something Else",
}

// anyEvent spreads over three years, so that everything bounded is bounded, and over few keys, so that everything collides.
var anyEvent = rapid.Custom(func(t *rapid.T) boon.Event {
	e := track(rapid.SampledFrom(names).Draw(t, "name"), noon)
	e.Kind = rapid.SampledFrom([]boon.Kind{boon.KindTrack, boon.KindTrack, boon.KindIdentify}).Draw(t, "kind")
	e.Time = noon.Add(-time.Duration(rapid.OneOf(rapid.IntRange(0, 600), rapid.IntRange(0, 3*365*24*60)).Draw(t, "minutes ago")) * time.Minute)
	e.Category = rapid.SampledFrom([]string{"", "A", "A/B", "C"}).Draw(t, "category")
	e.SKU = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "sku")
	e.Verified = rapid.Bool().Draw(t, "verified")
	e.Context.Device = rapid.SampledFrom([]string{"", "mobile", "desktop"}).Draw(t, "device")
	e.Traits = rapid.MapOfN(rapid.SampledFrom([]string{"fraud_flag", "tags", "size", "plan"}), rapid.SampledFrom([]string{"", "true", "false", "x"}), 0, 2).Draw(t, "traits")
	e.Rest = []byte(fmt.Sprintf(`{"properties":{"step":%d}}`, rapid.IntRange(1, 3).Draw(t, "step")))
	quote := rapid.Int64Range(0, 999).Draw(t, "shipping")
	e.Shipping = &quote
	if rapid.Bool().Draw(t, "has order") {
		e.Order = anyOrder.Draw(t, "order")
	}
	return e
})

var anyOrder = rapid.Custom(func(t *rapid.T) *boon.Order {
	return &boon.Order{
		ID:       fmt.Sprint("o", rapid.IntRange(0, 40).Draw(t, "id")),
		Currency: rapid.SampledFrom([]boon.Currency{"USD", "EUR"}).Draw(t, "currency"),
		Revenue:  rapid.Int64Range(0, 100000).Draw(t, "revenue"),
		Discount: rapid.Int64Range(0, 1000).Draw(t, "discount"),
		Shipping: rapid.Int64Range(0, 3).Draw(t, "paid for shipping"),
		Coupons:  rapid.SliceOfN(rapid.Just("SAVE"), 0, 1).Draw(t, "coupons"),
		Lines: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) boon.Line {
			return boon.Line{
				SKU:      fmt.Sprint("s", rapid.IntRange(0, 99).Draw(t, "sku")),
				Category: rapid.SampledFrom([]string{"A", "A/B", "C"}).Draw(t, "line category"),
				Quantity: rapid.Int64Range(1, 3).Draw(t, "quantity"), Price: boon.Micros(rapid.IntRange(0, 9).Draw(t, "price")) * boon.Unit,
			}
		}), 0, 12).Draw(t, "lines"),
	}
})

var manyEvents = rapid.SliceOfN(anyEvent, 0, 30)

func same(t *rapid.T, what string, a, b State) {
	if !bytes.Equal(a.Encode(), b.Encode()) {
		t.Fatalf("%s:\n%s", what, cmp.Diff(a, b))
	}
}

func TestFoldIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := manyEvents.Draw(t, "events")
		same(t, "the order of events shows", folded(events...), folded(rapid.Permutation(events).Draw(t, "shuffled")...))
	})
}

func TestMergeIsACommutativeMonoid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := folded(manyEvents.Draw(t, "a")...), folded(manyEvents.Draw(t, "b")...), folded(manyEvents.Draw(t, "c")...)
		same(t, "merge does not commute", Merge(a, b), Merge(b, a))
		same(t, "merge does not associate", Merge(Merge(a, b), c), Merge(a, Merge(b, c)))
		same(t, "the zero state is not the unit", Merge(a, State{}), a)
		same(t, "the zero state is not the unit", Merge(State{}, a), a)
	})
}

func TestFoldAllIsSnapshotAndTail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := manyEvents.Draw(t, "events")
		at := rapid.IntRange(0, len(events)).Draw(t, "snapshot at")
		whole := folded(events...)
		snapshot, err := Decode(new(folded(events[:at]...)).Encode())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "fold(all) is not merge(fold(head), fold(tail))", whole, Merge(snapshot, folded(events[at:]...)))
		for _, e := range events[at:] {
			Fold(&snapshot, e, "USD")
		}
		same(t, "fold(all) is not fold(snapshot, tail)", whole, snapshot)
	})
}

func TestMergeSharesNothing(t *testing.T) {
	a, b := folded(order(noon, "1", 1000)), folded(order(noon, "2", 2000))
	before := a.Encode()
	m := Merge(a, b)
	Fold(&m, order(noon.Add(-time.Hour), "3", 5), "USD")
	if !bytes.Equal(a.Encode(), before) {
		t.Error("folding into a merge changed what was merged")
	}
}

// More keys than are kept: whatever the order, the newest stay, and their sums are whole.
func TestBoundsKeepTheNewest(t *testing.T) {
	var events []boon.Event
	for i := range 800 {
		e := order(noon.AddDate(0, 0, -i), fmt.Sprint(i), 100)
		e.Traits = map[string]string{fmt.Sprintf("trait%03d", i): "x"}
		e.Order.Lines[0].Category = fmt.Sprintf("category %d", i%300)
		events = append(events, e, track(boon.ReturnRequested, e.Time))
		events[len(events)-1].Order = &boon.Order{ID: fmt.Sprint(i)}
	}
	forward := folded(events...)
	slices.Reverse(events)
	backward := folded(events...)
	if !bytes.Equal(forward.Encode(), backward.Encode()) {
		t.Fatalf("order shows at the bounds:\n%s", cmp.Diff(forward, backward))
	}
	if len(forward.Days) != keepDays || len(forward.Interests) != keepInterests || len(forward.Purchases) != keepPurchases ||
		len(forward.Traits) != keepTraits || len(forward.Returns) != keepReturns {
		t.Errorf("kept %d days, %d interests, %d purchases, %d traits, %d returns", len(forward.Days), len(forward.Interests), len(forward.Purchases), len(forward.Traits), len(forward.Returns))
	}
	if forward.Counts[Orders] != 800 || forward.Revenue != 80000 {
		t.Errorf("lifetime sums lost what fell out: %d orders, %d", forward.Counts[Orders], forward.Revenue)
	}
	if _, ok := value(forward.Traits, "trait000"); !ok {
		t.Error("the trait told last is gone")
	}
}

// Bounds by key are exact: what stays are the newest keys of all, whatever the order, ties included.
func TestBoundsAreByKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []boon.Event
		for i := range 300 {
			view := track(boon.ProductViewed, ago(bucketDays*(i%3)))
			view.Category = fmt.Sprintf("c%03d", i)
			events = append(events, view)
		}
		told := boon.Event{Kind: boon.KindIdentify, Time: noon, Traits: map[string]string{}}
		later := boon.Event{Kind: boon.KindIdentify, Time: noon, Traits: map[string]string{}}
		for i := range 50 {
			told.Traits[fmt.Sprintf("t%03d", i)] = "x"
			later.Traits[fmt.Sprintf("t%03d", 50+i)] = "x"
		}
		s := folded(rapid.Permutation(append(events, told, later)).Draw(t, "shuffled")...)
		oldest := floorDiv(day(ago(2*bucketDays).UnixMilli()), bucketDays)
		fell := map[string]bool{}
		for i := 2; len(fell) < 300-keepInterests; i += 3 { // the oldest bucket's first categories
			fell[fmt.Sprintf("c%03d", i)] = true
		}
		for _, kept := range s.Interests {
			if fell[kept.Category] && kept.Bucket == oldest {
				t.Fatalf("%v is kept, and something newer fell", kept)
			}
		}
		if len(s.Interests) != keepInterests || s.Traits[0].Name != "t036" || len(s.Traits) != keepTraits {
			t.Fatalf("%d interests, %d traits from %s", len(s.Interests), len(s.Traits), s.Traits[0].Name)
		}
	})
}

// A browser whose clock runs years ahead must not age everything that others told.
func TestAWrongClockPrunesNothing(t *testing.T) {
	s := folded(order(noon, "1", 1000))
	ahead := track(boon.ProductViewed, noon)
	ahead.Time = noon.AddDate(9, 0, 0)
	Fold(&s, ahead, "USD")
	if len(s.Days) != 1 || s.Last != noon.UnixMilli() {
		t.Errorf("days %v, last %d", s.Days, s.Last)
	}
}

func TestForeignOrdersAreCountedWithoutMoney(t *testing.T) {
	e := order(noon, "1", 1000)
	e.Order.Currency = "EUR"
	refund := track(boon.OrderRefunded, noon)
	refund.Order = &boon.Order{Currency: "EUR", Total: 500}
	s := folded(e, refund)
	if s.Counts[Orders] != 1 || s.Counts[ForeignOrders] != 1 || s.Revenue != 0 || s.Refunded != 0 || s.Days[0].Revenue != 0 || s.Units != 2 {
		t.Errorf("%+v", s)
	}
}

func TestFraudFlagIsRaisedByAnyoneAndClearedByAServer(t *testing.T) {
	tell := func(value string, verified bool, minute int) boon.Event {
		return boon.Event{Kind: boon.KindIdentify, Time: noon.Add(time.Duration(minute) * time.Minute), Verified: verified, Traits: map[string]string{"fraud_flag": value}}
	}
	s := folded(tell("true", false, 0), tell("false", false, 1))
	if s.Fraud.Value != "true" {
		t.Error("a browser cleared the flag")
	}
	Fold(&s, tell("false", true, 2), "USD")
	if s.Fraud.Value != "false" {
		t.Error("a server could not clear the flag")
	}
}

// What a version wrote decodes for ever: the golden bytes are written once and never again.
func TestEveryVersionDecodesForEver(t *testing.T) {
	s := folded(story()...)
	moved := s.Clone()
	moved.move(Move{noon.UnixMilli(), "tea", 2, 1198, "TEA"})
	moved.move(Move{noon.UnixMilli() + 1, "tea", -1, 599, "TEA"})
	looked := moved.Clone()
	looked.Looked = Register{noon.UnixMilli(), "tea"}
	decodesTo(t, "testdata/state.v4", looked)
	decodesTo(t, "testdata/state.v3", moved)
	decodesTo(t, "testdata/state.v2", s)
	s.Receipts = nil
	decodesTo(t, "testdata/state.v1", s)
}

func decodesTo(t *testing.T, file string, s State) {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) && *update {
		data, err = s.Encode(), os.WriteFile(file, s.Encode(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Errorf("the golden bytes read otherwise:\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := new(folded(story()...)).Encode()
	for name, data := range map[string][]byte{
		"an unknown version": append([]byte{9}, good[1:]...),
		"a short state":      good[:len(good)-1],
		"a long state":       append(slices.Clone(good), 0),
	} {
		if _, err := Decode(data); err == nil {
			t.Errorf("%s decodes", name)
		}
	}
	if s, err := Decode(nil); err != nil || !s.Empty() {
		t.Errorf("nothing is the zero state: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(new(folded(story()...)).Encode())
	f.Add(new(State).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(s.Encode())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
		Fold(&s, order(noon, "1", 100), "USD") // whatever decodes can be used
		shop := boon.Shop{Currency: "USD"}
		Compute(&s, Cuts{}, &Input{Now: noon, Shop: &shop})
	})
}

package ingest

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestEncodeGolden pins the stored form: what a log holds must be read for ever.
func TestEncodeGolden(t *testing.T) {
	var out strings.Builder
	for _, e := range []boon.Event{{}, orderEvent(t), fullEvent()} {
		fmt.Fprintln(&out, hex.Dump(Encode(e)))
	}
	golden(t, filepath.Join("testdata", "event.v1.golden"), out.String())
	sameAfterCodec(t, fullEvent())
}

// fullEvent has a value in every field.
func fullEvent() boon.Event {
	shipping, user := int64(-1), boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{1, 2, 3}}
	return boon.Event{
		MessageID: "m", Kind: boon.KindTrack, Name: "Order Completed", Time: receipt, Received: receipt.Add(time.Nanosecond),
		Owner: user, Linked: []boon.Identifier{{Namespace: boon.NamespaceEmail, Hash: [16]byte{15: 9}}}, Verified: true,
		Context: boon.Context{Channel: "web", Device: "mobile", Country: "US", Region: "US-CA", Timezone: "UTC", Locale: "en", Store: "7", GPC: true},
		Choices: []boon.Choice{{Purpose: boon.PurposeSMS, Granted: true, At: receipt, Source: "traits"}},
		Traits:  map[string]string{"b": "2", "a": "1"},
		Order: &boon.Order{ID: "o", Currency: "EUR", Total: 1, Revenue: 2, Shipping: 3, Tax: 4, Discount: 5, Coupons: []string{"C"}, Lines: []boon.Line{
			{ID: "A", SKU: "A", Category: "X/Y", Quantity: 2, Price: 1_500_000, ListPrice: 2_000_000, Discounts: []string{"D"}, Tax: 6, Saved: 7, Coupon: 8},
			{ID: "l2", SKU: "A"},
		}},
		SKU: "S", Category: "X", Query: "q", Coupon: "C", DecisionID: "dec_1", OfferID: "off", Shipping: &shipping, Rest: []byte(`{"a":1}`),
	}
}

func sameAfterCodec(t interface {
	Helper()
	Fatalf(string, ...any)
}, e boon.Event) {
	t.Helper()
	data := Encode(e)
	back, err := DecodeEvent(data)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if diff := cmp.Diff(e, back, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("changed by the codec (-was +is):\n%s", diff)
	}
	if again := Encode(back); string(again) != string(data) {
		t.Fatalf("other bytes the second time:\n%x\n%x", data, again)
	}
}

func TestCodecKeepsAnyEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameAfterCodec(t, drawEvent(t)) })
}

func drawEvent(t *rapid.T) boon.Event {
	text := rapid.OneOf(rapid.Just(""), rapid.String())
	amount := rapid.Int64()
	e := boon.Event{
		MessageID: text.Draw(t, "id"), Kind: boon.Kind(rapid.IntRange(0, 6).Draw(t, "kind")), Name: text.Draw(t, "name"), Time: drawTime(t),
		Received: drawTime(t), Owner: drawIdentifier(t), Linked: rapid.SliceOfN(rapid.Custom(drawIdentifier), 0, 4).Draw(t, "linked"),
		Verified: rapid.Bool().Draw(t, "verified"), Context: boon.Context{Country: text.Draw(t, "country"), Store: text.Draw(t, "store"), GPC: rapid.Bool().Draw(t, "gpc")},
		Traits: rapid.MapOfN(text, text, 0, 5).Draw(t, "traits"), SKU: text.Draw(t, "sku"), OfferID: text.Draw(t, "offer"), Rest: []byte(text.Draw(t, "rest")),
	}
	for range rapid.IntRange(0, 3).Draw(t, "choices") {
		e.Choices = append(e.Choices, boon.Choice{Purpose: boon.Purpose(rapid.Byte().Draw(t, "purpose")), Granted: rapid.Bool().Draw(t, "granted"), At: drawTime(t), Source: text.Draw(t, "source")})
	}
	if rapid.Bool().Draw(t, "quoted") {
		n := amount.Draw(t, "shipping")
		e.Shipping = &n
	}
	if rapid.Bool().Draw(t, "ordered") {
		e.Order = &boon.Order{ID: text.Draw(t, "order"), Total: amount.Draw(t, "total"), Coupons: rapid.SliceOfN(text, 0, 3).Draw(t, "coupons")}
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			e.Order.Lines = append(e.Order.Lines, boon.Line{ID: text.Draw(t, "line"), SKU: text.Draw(t, "sku"), Quantity: amount.Draw(t, "quantity"), Price: boon.Micros(amount.Draw(t, "price")), Discounts: rapid.SliceOfN(text, 0, 2).Draw(t, "discounts")})
		}
	}
	return e
}

func drawTime(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "unset") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).UTC()
}

func drawIdentifier(t *rapid.T) boon.Identifier {
	id := boon.Identifier{Namespace: boon.Namespace(rapid.IntRange(0, 5).Draw(t, "namespace"))}
	copy(id.Hash[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "hash"))
	return id
}

// FuzzDecodeEvent: no bytes make it panic, and what it takes is read the same after one more round.
func FuzzDecodeEvent(f *testing.F) {
	f.Add(Encode(boon.Event{}))
	f.Add(Encode(fullEvent()))
	f.Add(Encode(orderEvent(f)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := DecodeEvent(data); err == nil {
			sameAfterCodec(t, e)
		}
	})
}

func TestDecodeEventRefuses(t *testing.T) {
	whole := Encode(fullEvent())
	for n := range whole {
		if _, err := DecodeEvent(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken for an event", n, len(whole))
		}
	}
	if _, err := DecodeEvent(append(whole, 0)); err == nil {
		t.Error("a byte too many was let pass")
	}
	if _, err := DecodeEvent([]byte{2, 0}); err == nil {
		t.Error("an unknown version was let pass")
	}
}

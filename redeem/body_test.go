package redeem

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"boon"
)

const cartText = `{"currency":"USD","lines":[{"id":"l1","sku":"A1","category":"GROCERY","quantity":2,"listPrice":"30.00","price":"30.00","discounts":[],"tax":"0.00"}],"shipping":"4.00"}`

func TestBodies(t *testing.T) {
	cases := []struct{ body, field string }{
		{`{"code":"SPRING10","profile":{"userId":"u1"},"cart":` + cartText + `}`, ""},
		{`{"reservationId":"rsv_1"}`, ""},
		{`{}`, "code"},
		{`{"code":"A","reservationId":"rsv_1"}`, "code"},
		{`{"code":"A"}`, "cart"},
		{`{"code":"A","cart":{"currency":"usd","lines":[]}}`, "cart.currency"},
		{`{"code":"A","order":{"currency":"USD","lines":[{"sku":"A","quantity":0,"price":"1"}]}}`, "order.lines[0].quantity"},
		{`{"code":"A","order":{"currency":"USD","lines":[{"sku":"A","quantity":1,"price":"-1"}]}}`, "order.lines[0].price"},
		{`{"code":"A","order":{"currency":"USD","lines":[{"quantity":1,"price":"1"}]}}`, "order.lines[0].sku"},
		{`{"code":"A","cart":{"currency":"USD","lines":[],"shipping":"free"}}`, "cart.shipping"},
	}
	for _, c := range cases {
		var b CallBody
		if err := json.Unmarshal([]byte(c.body), &b); err != nil {
			t.Fatal(err)
		}
		_, err := b.Request(nil)
		var refused *boon.Error
		if errors.As(err, &refused); (refused == nil) != (c.field == "") || (refused != nil && refused.Field != c.field) {
			t.Errorf("%s: %v, want field %q", c.body, err, c.field)
		}
	}
}

func TestAnswersAsPublished(t *testing.T) {
	lines := []boon.LineDiscount{{ID: "l1", Minor: 600}}
	at := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for want, answer := range map[string]any{
		`{"id":"rsv_1","grantId":"grt_1","expiresAt":"2026-01-05T10:00:00Z","discount":{"amount":"6.00","currency":"USD"},"lines":[{"id":"l1","discount":"6.00"}]}`: reserved(boon.Reservation{ID: "rsv_1", Grant: "grt_1", ExpiresAt: at, Currency: "USD", Discount: 600, Lines: lines}),
		`{"id":"rdm_1","grantId":"grt_1","discount":{"amount":"6.00","currency":"USD"},"lines":[{"id":"l1","discount":"6.00"}]}`:                                    redeemed(boon.Redemption{ID: "rdm_1", Grant: "grt_1", Currency: "USD", Discount: 600, Lines: lines}),
		`{"id":"rev_1","amount":{"amount":"6.00","currency":"USD"}}`:                                                                                                reversed(boon.Reversal{ID: "rev_1", Amount: 600, Currency: "USD"}),
		`{"valid":false,"reason":"cap_total","detail":"full"}`:                                                                                                      Validation{Reason: boon.ReasonCapTotal, Detail: "full"},
	} {
		got, err := json.Marshal(answer)
		if err != nil || string(got) != want {
			t.Errorf("got  %s %v\nwant %s", got, err, want)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"code":"SPRING10","cart":` + cartText + `}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var b CallBody
		if json.Unmarshal(data, &b) != nil {
			return
		}
		r, err := b.Request(nil)
		var refused *boon.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("an invalid body is not an internal error: %v", err)
		}
		if err == nil && r.Cart.Merchandise() < 0 {
			t.Errorf("a cart of %d", r.Cart.Merchandise())
		}
	})
}

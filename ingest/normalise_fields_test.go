package ingest

import (
	"fmt"
	"strings"
	"testing"

	"boon"
)

// normalisedOf is the event of a message of user u1 with these further members.
func normalisedOf(t *testing.T, members string) boon.Event {
	t.Helper()
	m, err := Decode([]byte(`{"userId":"u1",`+members+`}`), 0, receipt)
	if err != nil {
		t.Fatalf("%s: %v", members, err)
	}
	e, _, err := Normalise(m, testOptions(false))
	if err != nil {
		t.Fatalf("%s: %v", members, err)
	}
	return e
}

func TestPlace(t *testing.T) {
	for members, want := range map[string]boon.Context{
		`"type":"page"`:   {Channel: "web"},
		`"type":"screen"`: {Channel: "app"},
		`"type":"track","event":"E","channel":"mobile"`:                                                  {Channel: "app"},
		`"type":"track","event":"E","channel":"browser"`:                                                 {Channel: "web"},
		`"type":"track","event":"E","channel":"server"`:                                                  {},
		`"type":"track","event":"E","context":{"channel":"SMS"}`:                                         {Channel: "sms"},
		`"type":"track","event":"E","context":{"store":"12"}`:                                            {Channel: "store", Store: "12"},
		`"type":"track","event":"E","context":{"app":{"name":"x"}}`:                                      {Channel: "app"},
		`"type":"track","event":"E","context":{"page":{}}`:                                               {Channel: "web"},
		`"type":"track","event":"E","context":{"device":{"type":"Android"}}`:                             {Device: "mobile"},
		`"type":"track","event":"E","context":{"device":{"type":"tablet"}}`:                              {Device: "tablet"},
		`"type":"track","event":"E","context":{"userAgentData":{"mobile":true}}`:                         {Device: "mobile"},
		`"type":"track","event":"E","context":{"location":{"country":"de"}}`:                             {Country: "DE"},
		`"type":"track","event":"E","context":{"location":{"country":"Germany"}}`:                        {Country: "DE"},
		`"type":"track","event":"E","context":{"location":{"country":"Deutschland","countryCode":"DE"}}`: {Country: "DE"},
		`"type":"track","event":"E","context":{"location":{"country_code":"at"}}`:                        {Country: "AT"},
		`"type":"track","event":"E","context":{"location":{"country":"Deutschland"}}`:                    {Country: boon.CountryUnknown},
		`"type":"track","event":"E","context":{"location":{"country":"Deutschland","region":"DE-BY"}}`:   {Country: "DE", Region: "DE-BY"},
		`"type":"track","event":"E","context":{"location":{"country":""}}`:                               {},
		`"type":"track","event":"E","context":{"location":{"region":"US-NY"}}`:                           {Country: "US", Region: "US-NY"},
		`"type":"track","event":"E","context":{"location":{"region":"New York"}}`:                        {},
		`"type":"track","event":"E","context":{"location":{"country":"D1","region":"BY"}}`:               {Country: boon.CountryUnknown},
		`"type":"track","event":"E","context":{"timezone":"Europe/Berlin","locale":"de-DE"}`:             {Timezone: "Europe/Berlin", Locale: "de-DE"},
	} {
		if got := normalisedOf(t, members).Context; got != want {
			t.Errorf("%s: %+v, want %+v", members, got, want)
		}
	}
}

func TestDeviceOf(t *testing.T) {
	for agent, want := range map[string]string{
		"": "",
		"Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) Mobile/15E148":          "tablet",
		"Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit Chrome Safari":   "tablet",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit Chrome Mobile":   "mobile",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Mobile/15E148": "mobile",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120":                 "desktop",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.2 Safari":  "desktop",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/120":                  "desktop",
		"curl/8.5.0": "other",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// TestConsentSpellings: purpose=granted, in the order of the purposes.
func TestConsentSpellings(t *testing.T) {
	for preference, want := range map[string]string{
		`"Analytics":true`:                        "analytics=true",
		`"C0002":false`:                           "analytics=false",
		`"targeting":true`:                        "personalization=true sale=true",
		`"advertising":true,"functional":false`:   "personalization=false sale=true",
		`"personalisation":"granted"`:             "personalization=true",
		`"doNotSell":true`:                        "sale=false",
		`"Do Not Sell":false,"Data-Sharing":true`: "sale=true",
		`"marketing":false,"email":true`:          "email=true marketing=false",
		`"Probabilistic Linking":"denied"`:        "probabilistic_linking=false",
		`"modelTraining":"no","push":"yes"`:       "push=true model_training=false",
		`"sms":"perhaps","email":null`:            "",
		`"strictlyNecessary":true`:                "",
	} {
		e := normalisedOf(t, `"type":"page","context":{"consent":{"categoryPreferences":{`+preference+`}}}`)
		if got := choicesOf(e); got != want {
			t.Errorf("%s: %q, want %q", preference, got, want)
		}
	}
	for traits, want := range map[string]string{
		`"consent":{"sms":true}`:         "sms=true",
		`"consent_email":false`:          "email=false",
		`"marketing_opt_out":true`:       "marketing=false",
		`"emailOptIn":true`:              "email=true",
		`"consentModelTraining":true`:    "model_training=true",
		`"email_open_rate":1`:            "",
		`"accepts_marketing":"0"`:        "marketing=false",
		`"do_not_sell":true,"dogs":true`: "sale=false",
	} {
		e := normalisedOf(t, `"type":"identify","traits":{`+traits+`}`)
		if got := choicesOf(e); got != want {
			t.Errorf("%s: %q, want %q", traits, got, want)
		}
	}
}

func choicesOf(e boon.Event) string {
	var said []string
	for _, c := range e.Choices {
		said = append(said, fmt.Sprintf("%v=%v", c.Purpose, c.Granted))
	}
	return strings.Join(said, " ")
}

func TestEventsByShape(t *testing.T) {
	for members, want := range map[string]string{
		`"event":"Checkout Step Viewed","properties":{"step":2}`:                                  "no order",
		`"event":"Cart Viewed","properties":{"products":[]}`:                                      "order USD 0 lines",
		`"event":"Cart Viewed","properties":{"cart_id":"c1","currency":"USD"}`:                    "no order",
		`"event":"Cart Viewed","properties":{"total":20}`:                                         "order USD 0 lines",
		`"event":"Order Cancelled","properties":{"order_id":"o1"}`:                                "order USD 0 lines",
		`"event":"Bundle Bought","properties":{"order_id":"o1","products":[{"product_id":7}]}`:    "order USD 1 lines 7",
		`"event":"Product Shared","properties":{"product_id":"P","category":["A","B"]}`:           "order USD 1 lines P sku P in A/B",
		`"event":"Product Viewed","properties":{"category":"A > B"}`:                              "no order sku  in A/B",
		`"event":"Invoice Sent","properties":{"total":{"not":"ours"}}`:                            "no order",
		`"event":"Shipping Quoted","properties":{"amount":"4.999","currency":"eur"}`:              "order EUR 0 lines quote 500",
		`"event":"Order Completed","properties":{"order_id":"o","products":[{"id":"X","qty":2}]}`: "order USD 1 lines X",
	} {
		if got := shapeOf(normalisedOf(t, `"type":"track",`+members)); got != want {
			t.Errorf("%s: %q, want %q", members, got, want)
		}
	}
}

func shapeOf(e boon.Event) string {
	text := "no order"
	if e.Order != nil {
		text = fmt.Sprintf("order %s %d lines", e.Order.Currency, len(e.Order.Lines))
		for _, l := range e.Order.Lines {
			text += " " + l.SKU
		}
	}
	if e.SKU != "" || e.Category != "" {
		text += fmt.Sprintf(" sku %s in %s", e.SKU, e.Category)
	}
	if e.Shipping != nil {
		text += fmt.Sprintf(" quote %d", *e.Shipping)
	}
	return text
}

// TestMeasure: a fractional quantity is one unit at the price of the whole, rounded once; the amount is what was paid.
func TestMeasure(t *testing.T) {
	for product, want := range map[string]string{
		`"price":"12.99","quantity":0.734`:                    "1 x 9.53466 = 953",
		`"price":3,"quantity":"2.0"`:                          "2 x 3 = 600",
		`"price":0.0022,"quantity":14573`:                     "14573 x 0.0022 = 3206",
		`"price":1,"quantity":0`:                              "0 x 1 = 0",
		`"price":10,"list_price":12,"quantity":1.5`:           "1 x 15 = 1500 of 1800",
		`"price":0.1,"quantity":3`:                            "3 x 0.1 = 30",
		`"price":19.999,"quantity":1`:                         "1 x 19.999 = 2000",
		`"price":5,"discount":"1.00","coupon_discount":"0.5"`: "1 x 5 = 500 of 650",
	} {
		e := normalisedOf(t, `"type":"track","event":"Order Completed","properties":{"order_id":"o","products":[{"sku":"A",`+product+`}]}`)
		l := e.Order.Lines[0]
		got := fmt.Sprintf("%d x %v = %d", l.Quantity, l.Price, l.Amount("USD"))
		if list := l.List("USD"); list != l.Amount("USD") {
			got += fmt.Sprintf(" of %d", list)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", product, got, want)
		}
	}
}

// TestCoupons: a shop's codes are read however it writes them, for a form that is not expected must not lose an order.
func TestCoupons(t *testing.T) {
	for properties, want := range map[string]string{
		`"coupon":"TEN"`:                                    "TEN",
		`"coupon":12345`:                                    "12345",
		`"coupon":["TEN","FREE","TEN"]`:                     "TEN FREE",
		`"coupon":[]`:                                       "",
		`"coupon":null`:                                     "",
		`"coupon":false`:                                    "",
		`"coupon":{"code":"TEN","amount":5}`:                "TEN",
		`"coupon":[{"code":"TEN"},{"name":"FREE"}]`:         "TEN FREE",
		`"coupon":"TEN","coupons":["TEN",{"id":"FREE"},""]`: "TEN FREE",
		`"coupons":"TEN"`:                                   "TEN",
	} {
		e := normalisedOf(t, `"type":"track","event":"Order Completed","properties":{"order_id":"o","products":[{"sku":"A","price":1,`+properties+`}],`+properties+`}`)
		if got := strings.Join(e.Order.Coupons, " "); got != want {
			t.Errorf("%s: %q, want %q", properties, got, want)
		}
		if got := strings.Join(e.Order.Lines[0].Discounts, " "); !strings.HasPrefix(want, got) {
			t.Errorf("%s of a line: %q", properties, got)
		}
	}
	if e := normalisedOf(t, `"type":"track","event":"Coupon Denied","properties":{"coupon_id":["TEN"]}`); e.Coupon != "TEN" {
		t.Errorf("the coupon denied is %q", e.Coupon)
	}
}

// TestBrokenText: bytes that are no UTF-8 become the replacement character, as in encoding/json.
func TestBrokenText(t *testing.T) {
	e := normalisedOf(t, `"type":"track","event":"Product Viewed","properties":{"sku":"caf`+"\xe9"+`","name":"th`+"\xe9 \\u00e9"+`"}`)
	if e.SKU != "caf\ufffd" || string(e.Rest) != `{"properties":{"name":"th`+"\ufffd é"+`"}}` {
		t.Errorf("sku %q, rest %s", e.SKU, e.Rest)
	}
}

package api

import (
	"errors"
	"testing"

	"boon"
)

func fieldOf(err error) string {
	var refused *boon.Error
	errors.As(err, &refused)
	return refused.Field
}

// A value of a wrong type is told by its whole path, whatever comes before it and however it is written.
func TestWrongTypesAreToldByTheirPath(t *testing.T) {
	for body, want := range map[string]string{
		`{"cart":{"lines":[{"sku":"a","price":1},{"sku":"b","price":1,"quantity":"two"}]}}`:                 "cart.lines[1].quantity",
		`{"cart":{"lines":[{"discounts":[],"sku":"a"},  7]}}`:                                               "cart.lines[1]",
		"{\"a\":[[{}],{\"lines\":1}],\n \"cart\" : {\"lines\":\n[ {\"sku\": [\"b\"] } ] } }":                "cart.lines[0].sku",
		`{"cart":{"lines":[{"sku":{"a":"b"}}]}}`:                                                            "cart.lines[0].sku",
		`{"cart":{"lines":{"sku":"a"}}}`:                                                                    "cart.lines",
		`{"cart":{"lines":[{"id":"}],\"sku\":[","discounts":["a",{"name":"x"},"b"]},{},{"quantity":1.5}]}}`: "cart.lines[2].quantity",
		`{"cart":{"lines":[{},{"discounts":[{"name":7}]}]}}`:                                                "cart.lines.discounts.Name",
		`{"placements":["a",{"b":1}]}`:                                                                      "placements[1]",
		`{"Cart":{"coupons":["a",true]}}`:                                                                   "Cart.coupons[1]",
		`[]`:                                                                                                "",
	} {
		var in decisionRequest
		err := decode([]byte(body), &in)
		if got := fieldOf(err); err == nil || got != want {
			t.Errorf("%s: %v, field %q, want %q", body, err, got, want)
		}
	}
}

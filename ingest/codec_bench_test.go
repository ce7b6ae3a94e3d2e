package ingest

import (
	"encoding/json"
	"testing"

	"boon"

	"github.com/valyala/fastjson"
)

// orderMessage is a live order of 600 bytes as a browser sends it.
const orderMessage = `{"type":"track","event":"Order Completed","messageId":"ajs-next-1767607200000-5f2c","userId":"customer-881245",` +
	`"anonymousId":"72d76fde-8bb3-4e00-8c23-a032dfed738c","timestamp":"2026-01-05T09:59:58.120Z","sentAt":"2026-01-05T09:59:59.000Z",` +
	`"context":{"channel":"web","locale":"en-US","location":{"country":"US"}},"properties":{"order_id":"50314b8e9bcf","total":128.50,"revenue":118.50,` +
	`"shipping":10,"currency":"USD","coupon":"WELCOME10","products":[{"product_id":"507f1f77","sku":"45790-32","name":"Monopoly","price":59.25,` +
	`"quantity":2,"category":"Games/Board"}]}}`

func BenchmarkDecode(b *testing.B) {
	raw := []byte(orderMessage)
	b.Run("tape", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			if _, err := Decode(raw, 0, receipt); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("std", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			var all map[string]any
			if err := json.Unmarshal(raw, &all); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("fastjson", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(raw)))
		var p fastjson.Parser
		for b.Loop() {
			if _, err := p.ParseBytes(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	m, err := Decode([]byte(orderMessage), 0, receipt)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Normalise(m, testOptions(false)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := orderEvent(b)
	b.ReportAllocs()
	for b.Loop() {
		Encode(e)
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	data := Encode(orderEvent(b))
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := DecodeEvent(data); err != nil {
			b.Fatal(err)
		}
	}
}

func orderEvent(t testing.TB) boon.Event {
	m, err := Decode([]byte(orderMessage), 0, receipt)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := Normalise(m, testOptions(false))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

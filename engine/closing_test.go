package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The books are closed up to yesterday; an order of last week that arrives today is dated today and says what it adjusts.
func TestALateOrderAdjustsAClosedPeriod(t *testing.T) {
	s := open(t, "../examples/boutique")
	yesterday, lastWeek := time.Now().AddDate(0, 0, -2).UTC(), time.Now().AddDate(0, 0, -7).UTC()
	day := yesterday.Format(time.DateOnly)
	c := s.want(201, serverKey, "POST", "/v1/ledger/closings", `{"until":"`+day+`","by":"ada"}`)
	if c.text("day") != day || c.text("by") != "ada" {
		t.Errorf("%s", c.raw)
	}
	for _, again := range []string{day, lastWeek.Format(time.DateOnly)} {
		if p := s.want(409, serverKey, "POST", "/v1/ledger/closings", `{"until":"`+again+`"}`); p.text("type") != "/problems/period_closed" {
			t.Errorf("%s", p.raw)
		}
	}
	for _, wrong := range []string{"", "31.1.2026", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)} {
		if p := s.want(400, serverKey, "POST", "/v1/ledger/closings", `{"until":"`+wrong+`"}`); p.text("field") != "until" {
			t.Errorf("%s", p.raw)
		}
	}

	s.want(200, serverKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":"u1","event":"Order Completed","timestamp":%q,"properties":{"order_id":"late","currency":"USD","total":50,
		"coupon":"WELCOME10","discount":5,"products":[{"product_id":"A1","quantity":1,"price":55}]}}`, lastWeek.Format(time.RFC3339)))
	var entries answer
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(string(entries.raw), `"late"`); {
		if time.Now().After(deadline) {
			t.Fatalf("the order was not settled: %s", entries.raw)
		}
		entries = s.want(200, serverKey, "GET", "/v1/ledger/entries?order=late", "")
	}
	at, adjusts := entries.text("entries.0.at"), entries.text("entries.0.adjusts")
	if at < day || !strings.HasPrefix(adjusts, lastWeek.Format(time.DateOnly)) {
		t.Errorf("the entry is dated %s and adjusts %s: %s", at, adjusts, entries.raw)
	}
	s.ledgerHolds()
	if list := s.want(200, serverKey, "GET", "/v1/ledger/closings", ""); list.text("closings.0.day") != day || list.at("closings.1") != nil {
		t.Errorf("%s", list.raw)
	}
}

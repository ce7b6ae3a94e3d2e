package engine_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"boon/engine"
)

// sells sends orders of one coat a day each, from so many days before now to yesterday, and waits until they are known.
func (s *shop) sells(now time.Time, days int) {
	s.t.Helper()
	var all []string
	for ago := days; ago > 0; ago-- {
		all = append(all, fmt.Sprintf(`{"type":"track","userId":"buyer","event":"Order Completed","timestamp":%q,"properties":{"order_id":"o%d","currency":"USD","total":100,"products":[{"product_id":"coat","quantity":1,"price":100}]}}`,
			now.AddDate(0, 0, -ago).Format(time.RFC3339), ago))
	}
	s.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+strings.Join(all, ",")+`]}`)
	s.grants("buyer")
}

// Where the inventory feed tells no demand, the shop's own orders do, in the very next decision; a fresh word of the feed's goes first.
func TestTheShopsOwnOrdersAreTheDemandThatNoFeedTells(t *testing.T) {
	begin := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var now atomic.Int64
	now.Store(begin.UnixNano())
	s := openAt(t, written(t, stocked), func() time.Time { return time.Unix(0, now.Load()).UTC() })
	s.loads("products", `{"sku":"coat","price":"100.00"}`)
	given := ""
	for i, step := range []struct {
		name   string
		do     func()
		detail string // of the refusal; "": the discount is given
	}{
		{"nobody knows the demand", func() { s.loads("inventory", `{"sku":"coat","on_hand":5}`) },
			"would take coat 25.0% below its list price, the most is 15% (30% from a stock pressure of 0.5 on, it is 0)"},
		{"it sold one a day", func() { s.sells(begin, 40) },
			"no percentage while coat is scarce: product.pressure < -0.5 (5 on hand, 1 a day by the shop's own orders, 5 days of cover, 20 aimed at, pressure -0.75)"},
		{"there is much of it", func() { s.loads("inventory", `{"sku":"coat","on_hand":60}`) }, given},
		{"the feed says ten a day", func() { s.loads("inventory", `{"sku":"coat","on_hand":60,"daily_demand":10}`) },
			"no percentage while coat is scarce: product.pressure < -0.5 (60 on hand, 10 a day, 6 days of cover, 20 aimed at, pressure -0.7)"},
		{"the feed fell silent four weeks ago", func() { now.Store(begin.AddDate(0, 0, 28).Add(time.Second).UnixNano()) }, given},
	} {
		step.do()
		a := s.look(fmt.Sprint("looker-", i), "coat")
		why := s.want(200, serverKey, "GET", "/v1/decisions/"+a.text("decisionId")+"/explain", "")
		if got := why.text("candidates.0.detail"); a.text("placements.0.offer.id") == "deep" != (step.detail == given) || !strings.Contains(got, step.detail) {
			t.Errorf("%s: want %q: %s", step.name, step.detail, why.raw)
		}
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
			t.Errorf("%s: replay: %s", step.name, r.raw)
		}
	}
}

// A replay of a grocer who tells what is on hand, and no demand, holds discounts back from what runs short, and from nothing while nobody tells the stock.
func TestAReplayKnowsScarcityFromItsOrders(t *testing.T) {
	for _, c := range []struct {
		stock  string
		scarce bool
	}{{"", false}, {"sku,on_hand\nT,400\n", false}, {"sku,on_hand\nT,5\n", true}} {
		s := replayed(t, "../examples/grocer", daily(30), c.stock)
		fired := s.want(200, serverKey, "GET", "/v1/profiles/user:u1/decisions?trigger=checkout-started", "")
		record := s.want(200, serverKey, "GET", "/v1/decisions/"+fired.text("decisions.0.decisionId"), "")
		if scarce := strings.Contains(string(record.raw), `"reason":"scarce"`); scarce != c.scarce {
			t.Errorf("stock %q: scarce %v, want %v: %s", c.stock, scarce, c.scarce, record.raw)
		}
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+fired.text("decisions.0.decisionId")+"/replay", ""); r.at("equal") != true {
			t.Errorf("stock %q: %s", c.stock, r.raw)
		}
	}
}

// daily are orders of two of T a day, and then a checkout.
func daily(days int) string {
	var out strings.Builder
	at := time.Date(2017, 1, 2, 12, 0, 0, 0, time.UTC)
	line := `"products":[{"product_id":"T","quantity":2,"price":10,"category":"GROCERY"}]`
	for i := range days {
		fmt.Fprintf(&out, `{"type":"track","userId":"u1","messageId":"m%d","event":"Order Completed","timestamp":%q,"properties":{"order_id":"o%d","currency":"USD","total":20,%s}}`+"\n",
			i, at.AddDate(0, 0, i).Format(time.RFC3339), i, line)
	}
	fmt.Fprintf(&out, `{"type":"track","userId":"u1","messageId":"end","event":"Checkout Started","timestamp":%q,"properties":{"order_id":"last","currency":"USD","total":20,%s}}`+"\n",
		at.AddDate(0, 0, days).Format(time.RFC3339), line)
	return out.String()
}

// replayed is an engine after a replay, behind a port.
func replayed(t *testing.T, bundle, events, stock string) *shop {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b, err := engine.LoadBundle([]string{bundle})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(t.Context(), engine.Config{Data: filepath.Join(dir, "data"), Seed: "replayed", Virtual: true, APIKey: serverKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if _, err := e.Apply(t.Context(), b, "test"); err != nil {
		t.Fatal(err)
	}
	if stock != "" {
		if _, err := e.LoadStock(t.Context(), file("stock.csv", stock)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Replay(t.Context(), engine.ReplayOptions{Files: []string{file("events.jsonl", events)}}); err != nil {
		t.Fatal(err)
	}
	return served(t, e)
}

// served puts an engine that nobody runs behind a port.
func served(t *testing.T, e *engine.Engine) *shop {
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	return &shop{t, server.URL, e}
}

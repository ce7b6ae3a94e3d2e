package engine_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"boon/engine"
	"boon/publish"
)

// nightShop follows up an abandoned cart by mail, and says by mail that a product is back.
const nightShop = contactShop + `{kind: Trigger, id: abandoned, use: cart_abandoned}
---
{kind: Trigger, id: back, use: back_in_stock}
---
{kind: Offer, id: ten, campaign: all, reward: {type: fixed, values: ["10.00"]}, placements: [mail], triggers: [abandoned, back], pinned: true}
`

// What fires in the night is decided in the morning: once, as then, whoever was killed meanwhile; not for who ordered; and at once where the bundle says so.
func TestANightlyTriggerWaitsForTheMorning(t *testing.T) {
	opening, _ := time.Parse(time.RFC3339, "2026-11-25T21:30:00Z") // half past ten in Berlin
	added := func(n *night) { n.track("Product Added", `"sku":"A1","price":40`) }
	back := func(n *night) {
		n.track("Product Viewed", `"sku":"A1","price":40`)
		for _, quantity := range []string{"0", "5"} {
			n.send("PUT", "/v1/inventory:batch", `[{"id":"A1","quantity":`+quantity+`}]`)
		}
	}
	nothing := func(*night) {}
	ordered := func(n *night) {
		n.track("Order Completed", `"order_id":"o1","products":[{"sku":"A1","price":40,"quantity":1}]`)
	}
	for name, c := range map[string]struct {
		bundle          string
		evening, midway func(*night)
		want            string
	}{
		"left behind":                {nightShop, added, nothing, "abandoned 2026-11-26T07:00:00Z since 2026-11-25T22:15:00Z offer"},
		"ordered":                    {nightShop, added, ordered, ""},
		"dropped":                    {strings.Replace(nightShop, "use: cart_abandoned", "use: cart_abandoned, quiet: drop", 1), added, nothing, "abandoned 2026-11-25T22:15:00Z since  none"},
		"back":                       {nightShop, back, nothing, "back 2026-11-26T07:00:00Z since 2026-11-25T21:30:00Z offer"},
		"back, and bought meanwhile": {nightShop, back, ordered, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := &night{t: t, dir: t.TempDir(), now: opening}
			n.open()
			defer func() { n.close() }()
			src, err := publish.Parse("bundle.yaml", []byte(c.bundle))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := n.Apply(t.Context(), src.Bundle, "test"); err != nil {
				t.Fatal(err)
			}
			c.evening(n)
			n.pass("2026-11-25T23:00:00Z")
			n.restart()
			c.midway(n)
			for _, at := range []string{"2026-11-26T06:59:59Z", "2026-11-26T07:00:01Z", "2026-11-26T12:00:00Z"} {
				n.pass(at)
				n.restart()
			}
			if got := strings.Join(n.fired(), "; "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// night is an engine that is told the time, on a folder that outlives it.
type night struct {
	t   *testing.T
	dir string
	now time.Time
	*engine.Engine
}

func (n *night) open() {
	n.t.Helper()
	e, err := engine.Open(context.Background(), engine.Config{Data: n.dir, APIKey: serverKey, Now: func() time.Time { return n.now }})
	if err != nil {
		n.t.Fatal(err)
	}
	n.Engine = e
}

func (n *night) close() {
	n.t.Helper()
	if err := n.Close(); err != nil {
		n.t.Fatal(err)
	}
}

func (n *night) restart() {
	n.t.Helper()
	n.close()
	n.open()
}

func (n *night) pass(to string) {
	n.t.Helper()
	at, err := time.Parse(time.RFC3339, to)
	if err == nil {
		err = n.Pass(n.t.Context(), at, func(now time.Time) { n.now = now })
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *night) send(method, path, body string) []byte {
	n.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+serverKey)
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	if w.Code != 200 {
		n.t.Fatalf("%s %s: %s", method, path, w.Body)
	}
	return w.Body.Bytes()
}

func (n *night) track(event, properties string) {
	n.t.Helper()
	n.send("POST", "/v1/track", `{"userId":"ann","event":"`+event+`","timestamp":"`+n.now.Format(time.RFC3339)+`","properties":{`+properties+`},
		"context":{"consent":{"categoryPreferences":{"email":true}}}}`)
	if err := n.CatchUp(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

// fired lists what triggers decided for ann.
func (n *night) fired() (list []string) {
	n.t.Helper()
	var all struct {
		Decisions []struct {
			Trigger, At, Deferred string
			Placements            []struct{ Outcome string }
		}
	}
	if err := json.Unmarshal(n.send("GET", "/v1/profiles/user:ann/decisions", ""), &all); err != nil {
		n.t.Fatal(err)
	}
	for _, d := range all.Decisions {
		list = append(list, d.Trigger+" "+d.At+" since "+d.Deferred+" "+d.Placements[0].Outcome)
	}
	return list
}

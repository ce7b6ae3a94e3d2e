package engine_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"boon/engine"
)

// boutiqueOf has a pinned offer that waits for a human so long, with room for one grant, and a code that anybody may use.
func boutiqueOf(wait string) string {
	return fmt.Sprintf(`
kind: Shop
id: shop
currency: USD
timezone: UTC
regime: {default: opt-out}
---
kind: Budget
id: b
amount: "100.00"
---
kind: Placement
id: checkout
channel: web
---
kind: Offer
id: couture
budget: b
reward: {type: percentage, values: ["10"], maxDiscount: "30.00"}
placements: [checkout]
brandSensitive: true
hold: %s
pinned: true
caps: {total: 2, perProfile: 1}
duration: 1d
---
kind: Offer
id: plain
budget: b
reward: {type: percentage, values: ["5"], maxDiscount: "5.00"}
placements: [checkout]
duration: 1d
codes: {mode: public, code: PLAIN}
---
kind: Segment
id: regulars
where: profile.orders_90d >= 1
`, wait)
}

func (s *shop) wallet(who string) string {
	return string(s.want(200, serverKey, "GET", "/v1/wallet?userId="+who, "").raw)
}

// waits decides for somebody, expects that the offer is held, and finds its hold.
func (s *shop) waits(who string) (hold string) {
	s.t.Helper()
	a := s.asks(who, "checkout", "CLOTHES")
	if a.text("placements.0.outcome") != "none" || a.text("placements.0.reason") != "held" || a.verdict("couture") != "won held" {
		s.t.Fatalf("it is not held: %s", a.raw)
	}
	return s.holdOf(who, a)
}

// drawn is waits for an offer that has to win a draw: for the first shopper for whom it does.
func (s *shop) drawn() (who, hold string) {
	s.t.Helper()
	for n := range 50 {
		who = fmt.Sprint("shopper-", n)
		if a := s.asks(who, "checkout", "CLOTHES"); a.verdict("couture") == "won held" {
			return who, s.holdOf(who, a)
		}
	}
	s.t.Fatal("of fifty nobody is held")
	return "", ""
}

// holdOf finds the hold of a decision.
func (s *shop) holdOf(who string, a answer) (hold string) {
	s.t.Helper()
	if strings.Contains(s.wallet(who), `"couture"`) {
		s.t.Fatalf("what is held is granted: %s", s.wallet(who))
	}
	if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
		s.t.Errorf("the decision is computed otherwise: %s", r.raw)
	}
	holds := s.want(200, serverKey, "GET", "/v1/holds", "")
	for _, h := range holds.at("holds").([]any) {
		if hold := h.(map[string]any); hold["profileId"] == a.text("profileId") {
			return hold["id"].(string)
		}
	}
	s.t.Fatalf("nothing waits for %s: %s", who, holds.raw)
	return ""
}

// Two humans approve at two servers in one moment: one grant is made, and the other hears who was first.
func TestAHoldIsApprovedOnce(t *testing.T) {
	shops := fleet(t, 2, newLedger(t))
	shops[0].apply(bundleFile(t, boutiqueOf("1d")))
	soon(t, "the release is live", func() bool { return shops[1].live() == shops[0].live() })
	id := shops[0].waits("ada")
	if again := shops[0].waits("ada"); again != id {
		t.Errorf("it waits twice: %s and %s", id, again)
	}
	var ready, done sync.WaitGroup
	barrier, answers := make(chan struct{}), make([]answer, 8)
	for i := range answers {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-barrier
			answers[i] = shops[i%2].call(serverKey, "POST", "/v1/holds/"+id+"/approve", `{"note":"fine"}`)
		})
	}
	ready.Wait()
	close(barrier)
	done.Wait()
	granted := 0
	for _, a := range answers {
		switch {
		case a.status == 200 && a.text("grant.code") != "":
			granted++
		case a.text("type") != "/problems/already_decided":
			t.Errorf("an approval answers %d: %s", a.status, a.raw)
		}
	}
	if n := strings.Count(shops[1].wallet("ada"), `"offer":"couture"`); granted != 1 || n != 1 {
		t.Errorf("%d approvals granted, the wallet has %d; want one: %s", granted, n, shops[1].wallet("ada"))
	}
	if got := shops[0].asks("ada", "checkout", "CLOTHES"); got.text("placements.0.reason") != "pinned" || got.at("placements.0.grant.live") != true {
		t.Errorf("the grant is not shown: %s", got.raw)
	}
	audit := shops[0].want(200, serverKey, "GET", "/v1/audit?limit=1", "")
	if audit.text("entries.0.action") != "approved" || audit.text("entries.0.object") != "Hold/"+id {
		t.Errorf("audit: %s", audit.raw)
	}
	shops[0].ledgerHolds()
}

// What is approved is granted under the limits of then; what they refuse waits on. What is rejected is not asked again, and something else is offered.
func TestAHoldIsBoundByLimitsAndRejection(t *testing.T) {
	s := open(t, bundleFile(t, boutiqueOf("1d")))
	first, second, third, fourth := s.waits("one"), s.waits("two"), s.waits("three"), s.waits("four")
	s.want(200, serverKey, "POST", "/v1/holds/"+first+"/approve", `{}`)
	s.want(200, serverKey, "POST", "/v1/holds/"+second+"/approve", `{}`)
	for range 2 {
		if a := s.want(409, serverKey, "POST", "/v1/holds/"+third+"/approve", `{}`); a.text("type") != "/problems/cap_total" {
			t.Errorf("a third of two places: %s", a.raw)
		}
	}
	s.want(200, serverKey, "POST", "/v1/holds/"+fourth+"/reject", `{"note":"too deep"}`)
	s.want(409, serverKey, "POST", "/v1/holds/"+fourth+"/approve", `{}`)
	s.want(404, serverKey, "POST", "/v1/holds/hld_none/approve", `{}`)
	s.ledgerHolds()
}

func TestWhatAHumanDeclinedGivesWayToTheNextBest(t *testing.T) {
	s := open(t, bundleFile(t, boutiqueOf("1d")))
	s.want(200, serverKey, "POST", "/v1/holds/"+s.waits("one")+"/reject", `{}`)
	a := s.asks("one", "checkout", "CLOTHES")
	if a.verdict("couture") != "refused held" || a.text("placements.0.reason") == "held" {
		t.Errorf("what was declined is held again: %s", a.raw)
	}
}

// A hold outlives the process, and ends by itself.
func TestAHoldSurvivesARestartAndExpires(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	config := engine.Config{Data: dir, APIKey: serverKey, WriteKey: writeKey, Patience: time.Minute, Now: clock}
	run := func(do func(s *shop)) {
		ctx, stop := context.WithCancel(context.Background())
		e, err := engine.Open(ctx, config)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- e.Run(ctx) }()
		server := httptest.NewServer(e.Handler())
		do(&shop{t, server.URL, e})
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	var one, two string
	run(func(s *shop) {
		s.apply(bundleFile(t, boutiqueOf("2h")))
		one, two = s.waits("one"), s.waits("two")
	})
	run(func(s *shop) {
		s.want(200, serverKey, "POST", "/v1/holds/"+one+"/approve", `{}`)
		mu.Lock()
		now = now.Add(3 * time.Hour)
		mu.Unlock()
		if a := s.want(409, serverKey, "POST", "/v1/holds/"+two+"/approve", `{}`); a.text("type") != "/problems/expired" {
			t.Errorf("approved too late: %s", a.raw)
		}
		soon(t, "the sweep ends it", func() bool {
			return strings.Contains(string(s.want(200, serverKey, "GET", "/v1/audit?limit=1", "").raw), `"expired"`)
		})
		if list := s.want(200, serverKey, "GET", "/v1/holds", ""); list.at("holds.0") != nil {
			t.Errorf("it still waits: %s", list.raw)
		}
		s.waits("two") // it may be asked for again
	})
}

// A pin and a ban, put at one server, are followed by all three; each is a reason, and ends by itself.
func TestPinsAndBansOnThreeServers(t *testing.T) {
	shops := fleet(t, 3, newLedger(t))
	shops[0].apply(bundleFile(t, counters))
	for _, s := range shops {
		soon(t, "the release is live everywhere", func() bool { return s.live() != "" && s.live() == shops[0].live() })
	}
	n := 0
	verdict := func(s *shop, offer string) string {
		n++
		return s.asks(fmt.Sprintf("u%d", n), "checkout", "FOOD/WINE").verdict(offer)
	}
	put := func(s *shop, id, body string) { s.want(200, serverKey, "PUT", "/v1/overrides/"+id, body) }

	put(shops[1], "wine-week", `{"act":"pin","offer":"wine","reason":"fair"}`) // the other two are pinned by the release
	if got := verdict(shops[1], "wine"); got != "won pinned" {
		t.Errorf("the next decision at the same server: %q", got)
	}
	for _, s := range shops {
		within(t, "the pinned offer wins", func() bool { return verdict(s, "wine") == "won pinned" })
	}
	put(shops[2], "no-wine", `{"act":"ban","offer":"wine","placement":"checkout","reason":"recall"}`)
	for _, s := range shops {
		within(t, "a ban beats a pin", func() bool { return verdict(s, "wine") == "refused banned" })
	}
	shops[0].want(200, serverKey, "DELETE", "/v1/overrides/no-wine?reason=over", "")
	for _, s := range shops {
		within(t, "the ban is over", func() bool { return verdict(s, "wine") == "won pinned" })
	}
	shops[0].want(404, serverKey, "DELETE", "/v1/overrides/no-wine", "")

	put(shops[0], "thief", `{"act":"ban","profile":{"userId":"thief"},"reason":"resells"}`)
	for _, s := range shops {
		within(t, "nothing is offered to the banned", func() bool {
			a := s.asks("thief", "checkout", "FOOD/WINE")
			return a.verdict("single") == "refused banned" && a.verdict("wine") == "refused banned"
		})
		if a := s.want(409, serverKey, "POST", "/v1/redemptions", redeemWine("SINGLE", "thief")); a.text("type") != "/problems/banned" {
			t.Errorf("the banned use a public code: %s", a.raw)
		}
	}
	if got := verdict(shops[0], "wine"); got != "won pinned" {
		t.Errorf("somebody else's ban is everybody's: %q", got)
	}
}

// A ban in a segment refuses the codes of who is in it, with the reason of every ban, and nobody else's; one at a placement is about what shows there.
func TestABanInASegmentBindsCodes(t *testing.T) {
	s := open(t, bundleFile(t, boutiqueOf("1d")))
	use := func(who string) answer {
		return s.call(serverKey, "POST", "/v1/redemptions", strings.Replace(redeemWine("PLAIN", who), `"o-`, `"`+fmt.Sprint("n", time.Now().UnixNano())+`-`, 1))
	}
	s.want(200, serverKey, "POST", "/v1/track", `{"userId":"regular","event":"Order Completed","properties":{"order_id":"o-1","products":[{"sku":"A1","price":40,"quantity":1}]}}`)
	s.want(200, serverKey, "PUT", "/v1/overrides/worn", `{"act":"ban","offer":"plain","segment":"regulars","reason":"they have had it"}`)
	s.want(200, serverKey, "PUT", "/v1/overrides/not-here", `{"act":"ban","offer":"plain","placement":"checkout","reason":"looks bad there"}`)
	soon(t, "the order makes a regular", func() bool { return use("regular").text("type") == "/problems/banned" })
	if a := use("regular"); a.text("detail") != "offer plain is banned here: they have had it" {
		t.Errorf("the refusal says %s", a.raw)
	}
	v := s.want(200, serverKey, "POST", "/v1/validations", `{"code":"PLAIN","profile":{"userId":"regular"},"cart":{"lines":[{"sku":"A1","price":"40.00"}]}}`)
	if v.at("valid") != false || v.text("reason") != "banned" {
		t.Errorf("a validation says %s", v.raw)
	}
	if a := use("new"); a.status != 201 {
		t.Errorf("who is in no segment is refused: %s", a.raw)
	}
	s.want(200, serverKey, "DELETE", "/v1/overrides/worn?reason=over", "")
	if a := use("regular"); a.status != 201 {
		t.Errorf("the ban is over, and yet: %s", a.raw)
	}
}

// An experiment narrows what decisions give; a code gives what it says, in whatever arm its shopper is.
func TestACodeIsBoundToNoArm(t *testing.T) {
	s := open(t, bundleFile(t, boutiqueOf("1d")+`---
{kind: Campaign, id: trial, budget: b}
---
{kind: Offer, id: gift, campaign: trial, reward: {type: free_shipping, maxDiscount: "5.00"}, codes: {mode: public, code: SHIP}}
---
{kind: Offer, id: five, campaign: trial, reward: {type: percentage, values: ["5", "10"], maxDiscount: "5.00"}, placements: [checkout]}
---
{kind: Experiment, id: depth, campaign: trial, unit: profile, arms: [{id: five, weight: 1, values: ["5"]}, {id: ten, weight: 1, values: ["10"]}], hypothesis: h,
 metric: net_contribution, mde: "0.05", power: "0.8", alpha: "0.05", minimumWeeks: 2, lossBudget: "5.00"}
`))
	body := `{"code":"SHIP","profile":{"userId":"u"},"cart":{"lines":[{"sku":"A1","price":"40.00"}],"shipping":"4.00"}}`
	if v := s.want(200, serverKey, "POST", "/v1/validations", body); v.at("valid") != true || v.text("discount.amount") != "4.00" {
		t.Errorf("%s", v.raw)
	}
}

func TestOverridesAreBoundedAndRecorded(t *testing.T) {
	s := open(t, bundleFile(t, boutiqueOf("1d")))
	for body, status := range map[string]int{
		`{"act":"pin","offer":"none","reason":"r"}`:                                 404,
		`{"act":"ban","offer":"plain","segment":"none","reason":"r"}`:               404,
		`{"act":"ban","offer":"plain","placement":"none","reason":"r"}`:             404,
		`{"act":"ban","reason":"r"}`:                                                400,
		`{"act":"boost","offer":"plain","reason":"r"}`:                              400,
		`{"act":"pin","offer":"plain","until":"2020-01-01T00:00:00Z","reason":"r"}`: 400,
		`{"act":"pin","profile":{"userId":"u1"},"reason":"r"}`:                      400,
		`{"act":"ban","offer":"couture","segment":"regulars","reason":"worn out"}`:  200,
	} {
		s.want(status, serverKey, "PUT", "/v1/overrides/x", body)
	}
	if a := s.asks("new", "checkout", "CLOTHES"); a.verdict("couture") != "won held" {
		t.Errorf("who is in no segment is banned: %s", a.raw)
	}
	s.want(200, serverKey, "POST", "/v1/track", `{"event":"Order Completed","userId":"old","properties":{"order_id":"o1","currency":"USD","total":50,"products":[{"product_id":"A1","price":50,"quantity":1}]}}`)
	var a answer
	soon(t, "the regular is banned", func() bool { a = s.asks("old", "checkout", "CLOTHES"); return a.verdict("couture") == "refused banned" })
	if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
		t.Errorf("the decision is computed otherwise: %s", r.raw)
	}
	audit := s.want(200, serverKey, "GET", "/v1/audit?limit=1", "")
	if audit.text("entries.0.action") != "ban" || audit.text("entries.0.object") != "Override/x" || !strings.Contains(string(audit.raw), "worn out") {
		t.Errorf("audit: %s", audit.raw)
	}
}

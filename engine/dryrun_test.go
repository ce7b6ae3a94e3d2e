package engine_test

import (
	"strings"
	"testing"
)

// Every call that moves money can be rehearsed: it answers as it would, no key is kept, and nothing stands elsewhere than before.
func TestADryRunOfMoneyKeepsNothing(t *testing.T) {
	s := openText(t, budgetShop)
	points := s.buys("POINTS", "ada", "o0").text("id")
	done := s.buys("FIVE", "ada", "o1").text("id")
	if points == "" || done == "" {
		t.Fatal("nothing was redeemed")
	}
	for name, call := range map[string]struct{ path, body string }{
		"reservation": {"/v1/reservations", `{"code":"FIVE","profile":{"userId":"bob"},` + cart + `,"dryRun":true}`},
		"redemption":  {"/v1/redemptions", `{"code":"FIVE","profile":{"userId":"cy"},"order":{"id":"o2",` + cart[len(`"cart":{`):] + `,"dryRun":true}`},
		"reversal":    {"/v1/redemptions/" + done + "/reversals", `{"reason":"return","dryRun":true}`},
		"draw":        {"/v1/redemptions/" + points + "/draws", `{"points":40,"dryRun":true}`},
	} {
		books := func() string {
			return string(s.want(200, serverKey, "GET", "/v1/ledger/entries?after=0&limit=1000", "").raw) + string(s.want(200, serverKey, "GET", "/v1/budgets", "").raw) +
				string(s.want(200, serverKey, "GET", "/v1/wallet?userId=bob", "").raw)
		}
		before := books()
		s.want(200, serverKey, "POST", call.path, call.body, "Idempotency-Key", name)
		if after := books(); after != before {
			t.Errorf("a dry run of a %s changed the books:\n%s\n%s", name, before, after)
		}
		real := s.want(201, serverKey, "POST", call.path, dropDry(call.body), "Idempotency-Key", name) // the key is free: another body under it is no conflict
		if real.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("the dry run of a %s kept its key", name)
		}
		if books() == before {
			t.Errorf("a %s in earnest changed nothing, so the dry run proves nothing", name)
		}
	}
	s.ledgerHolds()
}

func dropDry(body string) string { return strings.Replace(body, `,"dryRun":true`, "", 1) }

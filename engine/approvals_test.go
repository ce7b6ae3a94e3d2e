package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

const (
	governedShop = `
kind: Shop
id: governed
currency: USD
timezone: UTC
approvals: {required: budgets}
---
kind: Budget
id: main
amount: "1000.00"
`
	elsewhere = governedShop + `---
kind: Placement
id: checkout
channel: web
`
)

var (
	dearer  = strings.Replace(governedShop, "1000.00", "2000.00", 1)
	lawless = strings.Replace(governedShop, "approvals: {required: budgets}\n", "", 1)
)

// governed is a shop where nobody changes a budget alone.
func governed(t testing.TB) *shop { return openText(t, governedShop) }

func (s *shop) propose(bundle string) (id string) {
	s.t.Helper()
	return s.want(201, serverKey, "POST", "/v1/releases?note=Easter", bundle).text("id")
}

func (s *shop) decide(key, id, what string) answer {
	return s.call(key, "POST", "/v1/approvals/"+id+"/"+what, `{"reply":"seen"}`)
}

// key makes a key and gives its secret.
func (s *shop) key(name, scopes string) string {
	s.t.Helper()
	return s.want(201, serverKey, "POST", "/v1/keys", fmt.Sprintf(`{"name":%q,"scopes":["%s"]}`, name, strings.ReplaceAll(scopes, ",", `","`))).text("secret")
}

func TestFourEyesOverHTTP(t *testing.T) {
	s := governed(t)
	bob := s.key("bob", "read,approve")
	for _, alone := range []string{dearer, lawless} {
		if p := s.want(403, serverKey, "PUT", "/v1/bundle", alone); p.text("type") != "/problems/approval_required" || !strings.Contains(p.text("detail"), "boon propose") {
			t.Errorf("%s", p.raw)
		}
	}
	if plan := s.want(200, serverKey, "PUT", "/v1/bundle?dry-run=1", dearer); plan.at("approval") != true {
		t.Errorf("the plan does not say that it takes an approval: %s", plan.raw)
	}
	s.want(200, serverKey, "PUT", "/v1/bundle", elsewhere) // no budget changes
	first := s.want(200, serverKey, "GET", "/v1/releases", "").text("releases.1.id")
	s.want(200, serverKey, "POST", "/v1/releases/"+first+"/rollback", "")
	s.want(404, serverKey, "POST", "/v1/releases/rel_none/rollback", "")
	s.want(403, bob, "POST", "/v1/releases", dearer)

	id := s.propose(dearer)
	if list := s.want(200, bob, "GET", "/v1/approvals", ""); list.text("proposals.0.id") != id || list.text("proposals.0.note") != "Easter" || list.text("proposals.0.by") != "BOON_API_KEY" {
		t.Errorf("%s", list.raw)
	}
	if p := s.decide(serverKey, id, "approve"); p.status != 403 {
		t.Errorf("by the proposer: %s", p.raw)
	}
	if p := s.decide(bob, id, "approve"); p.status != 200 || p.text("state") != "approved" || p.text("decider") != "bob" {
		t.Errorf("%s", p.raw)
	}
	balances := s.want(200, bob, "GET", "/v1/ledger/balances", "")
	if got := balances.text("balances.0.balance.amount"); got != "2000.00" {
		t.Errorf("the budget has %s: %s", got, balances.raw)
	}
	if p := s.want(403, serverKey, "POST", "/v1/releases/"+first+"/rollback", ""); p.text("type") != "/problems/approval_required" {
		t.Errorf("rolling a budget back alone: %s", p.raw)
	}
	s.ledgerHolds()
}

func TestKeys(t *testing.T) {
	s := governed(t)
	bob := s.key("bob", "read,approve")
	s.want(400, serverKey, "POST", "/v1/keys", `{"name":"bob","scopes":["read"]}`)
	s.want(400, serverKey, "POST", "/v1/keys", `{"name":"local","scopes":["read"]}`)
	s.want(403, bob, "POST", "/v1/keys", `{"name":"eve","scopes":["write"]}`) // not his to give
	if list := s.want(200, bob, "GET", "/v1/keys", ""); list.text("keys.2.name") != "bob" || strings.Contains(string(list.raw), bob) {
		t.Errorf("%s", list.raw)
	}
	s.want(200, serverKey, "DELETE", "/v1/keys/bob", "")
	s.want(404, serverKey, "DELETE", "/v1/keys/bob", "")
	acts := s.want(200, serverKey, "GET", "/v1/audit?limit=2", "")
	if acts.text("entries.0.action") != "removed" || acts.text("entries.1.object") != "Key/bob" {
		t.Errorf("%s", acts.raw)
	}
}

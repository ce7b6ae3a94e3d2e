package engine_test

import (
	"strings"
	"testing"
)

// What explain tells of a grant is the grant: as its answer gave it, and later as the wallet has it.
func TestExplainTellsTheGrant(t *testing.T) {
	s := openText(t, foreignShop)
	a := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"u1"},"placements":["p"],"cart":{"currency":"USD","lines":[{"sku":"A1","price":"90.00"}]}}`)
	path := "/v1/decisions/" + a.text("decisionId") + "/explain"
	why := s.want(200, serverKey, "GET", path, "")
	if code := a.text("placements.0.grant.code"); code == "" || why.text("decision.picks.0.grant.code") != code || why.at("decision.picks.0.grant.uses") != 1.0 || strings.Contains(string(why.raw), "0001-01-01") {
		t.Errorf("%s\nof %s", why.raw, a.raw)
	}
	s.want(201, serverKey, "POST", "/v1/redemptions", `{"code":"TEN","profile":{"userId":"u1"},"order":{"id":"o1","currency":"USD","lines":[{"sku":"A1","price":"90.00"}]}}`)
	if why = s.want(200, serverKey, "GET", path, ""); why.text("decision.picks.0.grant.state") != "redeemed" {
		t.Errorf("redeemed: %s", why.raw)
	}
}

// Who is not known is told as asked for, and not by the hash.
func TestAnUnknownProfileIsToldAsAsked(t *testing.T) {
	s := openText(t, foreignShop)
	for _, ref := range []string{"user:zzz", "email:zed@example.org"} {
		if a := s.want(404, serverKey, "GET", "/v1/profiles/"+ref, ""); a.text("detail") != "nobody is known by "+ref {
			t.Errorf("%s: %s", ref, a.raw)
		}
	}
}

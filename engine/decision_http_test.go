package engine_test

import (
	"fmt"
	"testing"
)

func TestADryRunAtAnotherTimeChangesNothing(t *testing.T) {
	s := open(t, "../examples/boutique")
	before := s.want(200, serverKey, "GET", "/v1/ledger/balances", "")
	for _, now := range []string{"2026-01-05T10:00:00Z", "2031-07-01T00:00:00Z"} {
		body := `{"profile":{"userId":"dry"},"placements":["checkout"],"dryRun":true,"now":"` + now + `",` + cart + `}`
		if a := s.want(200, serverKey, "POST", "/v1/decisions", body); a.text("placements.0.outcome") == "" {
			t.Fatalf("dry run at %s: %s", now, a.raw)
		}
	}
	if after := s.want(200, serverKey, "GET", "/v1/ledger/balances", ""); string(after.raw) != string(before.raw) {
		t.Fatalf("a dry run moved money:\n%s\n%s", before.raw, after.raw)
	}
}

func TestALiveGrantIsShownWithItsCode(t *testing.T) {
	s := open(t, "../examples/boutique")
	id, first := s.outsideHoldouts("live")
	again := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"`+id+`"}`))
	for _, path := range []string{"placements.0.grant.code", "placements.0.offer.message.body", "placements.0.grant.expiresAt"} {
		if first.text(path) == "" || again.text(path) != first.text(path) {
			t.Errorf("%s: %q, then %q", path, first.text(path), again.text(path))
		}
	}
}

// Who only says so in a browser sees nothing of the other's wallet in a decision either.
func TestAClaimShowsNoGrant(t *testing.T) {
	s := open(t, "../examples/boutique")
	victim, made := s.outsideHoldouts("owner")
	s.want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"`+victim+`","userId":"owner"}`)
	s.want(200, writeKey, "POST", "/v1/identify", `{"anonymousId":"claimant","userId":"owner"}`)
	a := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"claimant"}`))
	if a.text("placements.0.grant.id") == made.text("placements.0.grant.id") {
		t.Fatalf("a claimed link showed the owner's grant: %s", a.raw)
	}
}

// An alias of two users opens the wallet of the old one under the new one, where a server vouches for it.
func TestAnAliasOfUsersOpensTheWallet(t *testing.T) {
	s := open(t, "../examples/boutique")
	for i := range 50 {
		old, renewed, claimed := fmt.Sprint("old-", i), fmt.Sprint("new-", i), fmt.Sprint("claimed-", i)
		made := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"userId":"`+old+`"}`))
		if made.text("placements.0.outcome") != "offer" {
			continue
		}
		s.want(200, writeKey, "POST", "/v1/alias", `{"previousId":"`+old+`","userId":"`+claimed+`"}`)
		s.want(200, serverKey, "POST", "/v1/alias", `{"previousId":"`+old+`","userId":"`+renewed+`"}`)
		for user, want := range map[string]string{renewed: made.text("placements.0.grant.id"), claimed: ""} {
			if held := s.want(200, serverKey, "GET", "/v1/wallet?userId="+user, ""); held.text("grants.0.id") != want {
				t.Errorf("the wallet of %s does not hold %q: %s", user, want, held.raw)
			}
		}
		return
	}
	t.Fatal("50 shoppers in a row are in a holdout of five per cent")
}

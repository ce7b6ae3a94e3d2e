package engine_test

import (
	"fmt"
	"testing"
	"time"
)

// soldAt sends orders of one coat each to this server, one for each of some days before now.
func (s *shop) soldAt(now time.Time, days ...int) {
	s.t.Helper()
	for _, ago := range days {
		s.want(200, serverKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":"buyer-%d","event":"Order Completed","timestamp":%q,"properties":{"order_id":"o%d","currency":"USD","total":100,"products":[{"product_id":"coat","quantity":1,"price":100}]}}`,
			ago, now.AddDate(0, 0, -ago).Format(time.RFC3339), ago))
	}
}

// Orders reach different servers, one of them two, and each server's demand is that of the whole shop.
func TestDemandIsOfAllServers(t *testing.T) {
	ledger := newLedger(t)
	shops := sharing(t, 3, ledger, stocked)
	shops[0].loads("products", `{"sku":"coat","price":"100.00"}`)
	shops[0].loads("inventory", `{"sku":"coat","on_hand":30}`)
	now := time.Now().UTC()
	for ago := 29; ago > 0; ago-- { // the day of the first one does not count
		shops[ago%3].soldAt(now, ago)
	}
	shops[1].soldAt(now, 3) // which the first has
	for i, s := range shops {
		soon(t, fmt.Sprintf("server %d knows the demand", i), func() bool { return s.seen("product.demand") == 1.0 })
		if got := s.seen("product.days_of_cover"); got != 30.0 {
			t.Errorf("server %d: %v days of cover", i, got)
		}
		made := s.look(fmt.Sprint("looker-", i), "coat").text("decisionId")
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+made+"/replay", ""); r.at("equal") != true {
			t.Errorf("server %d: %s", i, r.raw)
		}
	}
	late := fleet(t, 1, ledger)[0]
	if got := late.seen("product.demand"); got != 1.0 {
		t.Errorf("a server that joins: %v a day", got)
	}
}

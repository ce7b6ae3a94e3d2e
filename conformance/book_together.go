package conformance

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"boon"
	"boon/redeem"
)

// bookTogether lets forty customers redeem two codes each at once, all or none, of which one has ten places: ten orders carry both, and of the other
// thirty nothing is left, of either code.
func bookTogether(t *testing.T, b AuditedBook) {
	const customers, places = 40, 10
	r := BookRelease()
	for i, code := range []string{"MANY", "FEW"} {
		r.Bundle.Offers = append(r.Bundle.Offers, boon.Offer{ID: code, Budget: "welcome", Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{boon.Unit}},
			Duration: 24 * time.Hour, Codes: boon.Codes{Mode: "public", Code: code}, Caps: boon.Caps{Total: int64(places + customers*(1-i))},
			Stacking: boon.Stacking{Group: "pair", Policy: "combine"}})
	}
	teller := &redeem.Teller{Book: b, Desk: &redeem.Desk{Terms: redeem.NewReleases(r), Key: []byte("codes")}}
	errs := make([]error, customers)
	var done sync.WaitGroup
	for n := range customers {
		done.Go(func() {
			in := redeem.Request{Codes: []string{"MANY", "FEW"}, Owners: []boon.Identifier{Shopper(n)}, Cart: Basket(fmt.Sprintf("o%d", n), 999)}
			_, errs[n] = teller.Redeem(t.Context(), redeem.OnceFor(fmt.Sprintf("key %d", n)), in, Monday)
		})
	}
	done.Wait()
	whole := 0
	for n, err := range errs {
		var carried []boon.Redemption
		if err := b.View(t.Context(), func(tx redeem.Tx) (err error) { carried, err = tx.OfOrder(fmt.Sprintf("o%d", n)); return err }); err != nil {
			t.Fatal(err)
		}
		switch {
		case err == nil && len(carried) == 2 && carried[0].Turn == 0 && carried[1].Turn == 1:
			whole++
		case reason(err) != boon.ReasonCapTotal || len(carried) != 0:
			t.Errorf("order %d carries %d redemptions after %v", n, len(carried), err)
		}
	}
	taken := int64(0)
	if err := b.View(t.Context(), func(tx redeem.Tx) (err error) { taken, err = tx.Count(redeem.PlacesKey("MANY")); return err }); err != nil {
		t.Fatal(err)
	}
	if whole != places || taken != places {
		t.Errorf("%d orders carry both codes, and %d places of the one with enough are taken; want %d", whole, taken, places)
	}
	MustVerify(t, b)
}

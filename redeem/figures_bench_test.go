package redeem_test

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/memory"
	"boon/redeem"
)

// What a rule costs a redemption: nothing where none covers the offer.
func BenchmarkRedeemWatched(b *testing.B) {
	rule := func(ids ...string) []boon.StopLoss {
		return []boon.StopLoss{{ID: "r", Covers: boon.Covers{Kind: "offer", IDs: ids}, Action: "pause",
			When: boon.Threshold{Figure: boon.FigureDiscountRate, Above: boon.Unit, Over: time.Hour, AtLeast: 20}}}
	}
	for _, c := range []struct {
		name  string
		rules []boon.StopLoss
	}{{"no rule", nil}, {"a rule over another offer", rule("five")}, {"a rule over this offer", rule("uneven")}} {
		b.Run(c.name, func(b *testing.B) {
			release := conformance.BookRelease()
			release.Bundle.Budgets[0].Amount, release.Bundle.StopLosses = 1<<50, c.rules
			teller := &redeem.Teller{Book: memory.NewBook(), Desk: &redeem.Desk{Terms: redeem.NewReleases(release), Key: []byte("codes")}}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{conformance.Shopper(n)}, Cart: conformance.Basket(fmt.Sprint("o", n), 2_000)}
				if _, err := teller.Redeem(b.Context(), redeem.Once{}, r, conformance.Monday); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package postgres_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"boon"
	"boon/conformance"
	"boon/postgres"
	"boon/redeem"
)

// Two processes sell one mispriced code: the redemption that makes the rule hold pauses it in both, however they meet.
func TestARuleHoldsOverAllProcesses(t *testing.T) {
	address := newDatabase(t)
	release := conformance.BookRelease()
	release.Bundle.StopLosses = []boon.StopLoss{{ID: "deep", Covers: boon.Covers{Kind: "offer"}, Action: "pause",
		When: boon.Threshold{Figure: boon.FigureDiscountRate, Above: boon.Unit / 4, Over: time.Hour, AtLeast: 20}}}
	var clients errgroup.Group
	redeemed := make(chan string, 100)
	var books []*postgres.DB
	for p := range 2 {
		db := open(t, address, fmt.Sprint("process", p))
		books = append(books, db)
		teller := &redeem.Teller{Book: db, Desk: &redeem.Desk{Terms: redeem.NewReleases(release), Key: []byte("codes")}}
		for c := range 4 {
			clients.Go(func() error {
				for n := range 10 {
					who := p*100 + c*10 + n
					r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{conformance.Shopper(who)}, Cart: conformance.Basket(fmt.Sprint("o", who), 2_000)}
					done, err := teller.Redeem(t.Context(), redeem.Once{}, r, conformance.Monday)
					var refused *boon.Error
					switch {
					case err == nil:
						redeemed <- done.ID
					case !errors.As(err, &refused) || refused.Reason != boon.ReasonPaused:
						return fmt.Errorf("shopper %d: %w", who, err)
					}
				}
				return nil
			})
		}
	}
	if err := clients.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(redeemed) != 20 {
		t.Errorf("%d were redeemed before the pause, want 20", len(redeemed))
	}
	for _, db := range books {
		alarms, err := db.AlarmsAfter(t.Context(), 0, 10)
		if err != nil || len(alarms) != 1 || alarms[0].Rule != "stop_loss" || alarms[0].Figures["redemptions"] != "20" {
			t.Errorf("alarms: %+v, %v", alarms, err)
		}
		acts, err := db.AuditBefore(t.Context(), 0, 10)
		if err != nil || len(acts) != 1 || acts[0].Action != "paused" {
			t.Errorf("audit: %+v, %v", acts, err)
		}
		counts, err := db.AlarmCounts(t.Context())
		if err != nil || counts["stop_loss"] != 1 {
			t.Errorf("counts: %v, %v", counts, err)
		}
	}
}

package main

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Four hundred shoppers redeem a code that holds for a hundred, all at one moment.
func TestARunOnAPublicCodeStopsAtItsCap(t *testing.T) {
	const shoppers, limit = 400, 100
	s := startServer(t, t.TempDir())
	answers := make([]reply, shoppers)
	errs := make([]error, shoppers)
	barrier := make(chan struct{})
	var all sync.WaitGroup
	for i := range shoppers {
		all.Go(func() {
			<-barrier
			answers[i], errs[i] = s.try("POST", "/v1/redemptions", redeemWelcome(fmt.Sprint("shopper-", i), fmt.Sprint("order-", i)))
		})
	}
	close(barrier)
	all.Wait()
	redeemed, refused := 0, 0
	for i, a := range answers {
		switch {
		case errs[i] != nil:
			t.Fatalf("shopper %d: %v", i, errs[i])
		case a.status == 201 && at(a.body(), "discount.amount") == "5.00":
			redeemed++
		case a.status == 409 && refusedClearly(a, "cap_total"):
			refused++
		default:
			t.Errorf("shopper %d: %d %s", i, a.status, a.raw)
		}
	}
	if redeemed != limit || refused != shoppers-limit {
		t.Errorf("%d redeemed and %d refused, want %d and %d", redeemed, refused, limit, shoppers-limit)
	}
	if spent, overrun := s.balance("welcome", "promo_expense"), s.balance("welcome", "overrun"); spent != "500.00" || overrun != "0.00" {
		t.Errorf("%s spent and %s over the budget, want 500.00 and nothing", spent, overrun)
	}
	s.ledgerHolds()
	s.end(syscall.SIGINT)
	if code := s.process.ProcessState.ExitCode(); code != 0 {
		t.Errorf("an interrupted server exits with %d:\n%s", code, s.said.Bytes())
	}
}

// refusedClearly says whether an answer is a problem document of the type, with a title and words for people.
func refusedClearly(r reply, reason string) bool {
	body := r.body()
	typ, _ := at(body, "type").(string)
	title, _ := at(body, "title").(string)
	detail, _ := at(body, "detail").(string)
	return r.media == "application/problem+json" && strings.HasSuffix(typ, "/"+reason) && title != "" && detail != ""
}

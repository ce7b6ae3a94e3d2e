package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Four hundred shoppers redeem a code that holds for a hundred, all at one moment.
func TestARunOnAPublicCodeStopsAtItsCap(t *testing.T) {
	const shoppers, limit = 400, 100
	s := startServer(t, t.TempDir(), boutique)
	answers := s.together(shoppers, func(i int) (reply, error) {
		return s.try("POST", "/v1/redemptions", redeemCode("WELCOME10", fmt.Sprint("shopper-", i), fmt.Sprint("order-", i)))
	})
	redeemed, refused := 0, 0
	for i, a := range answers {
		switch {
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

// together makes n calls at one moment.
func (s *shopServer) together(n int, call func(i int) (reply, error)) []reply {
	s.t.Helper()
	answers, errs := make([]reply, n), make([]error, n)
	barrier := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-barrier
			answers[i], errs[i] = call(i)
		})
	}
	close(barrier)
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		s.t.Fatal(err)
	}
	return answers
}

// One shopper's grant, redeemed from fifty windows at once, is redeemed once; and fifty copies of one request are one redemption.
func TestOneGrantIsRedeemedOnceFromFiftyWindows(t *testing.T) {
	const windows = 50
	s := startServer(t, t.TempDir(), boutique)
	won := 0
	for _, a := range s.together(windows, func(i int) (reply, error) {
		return s.try("POST", "/v1/redemptions", redeemCode("WELCOME10", "shopper", fmt.Sprint("order-", i)))
	}) {
		if a.status == 201 {
			won++
		} else if !refusedClearly(a, "already_redeemed") && !refusedClearly(a, "cap_profile") {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	if won != 1 {
		t.Errorf("%d windows redeemed one grant", won)
	}
	ids := map[any]bool{}
	for _, a := range s.together(windows, func(int) (reply, error) {
		return s.try("POST", "/v1/redemptions", redeemCode("WELCOME10", "other", "order"), "Idempotency-Key", "once")
	}) {
		if a.status == 201 {
			ids[at(a.body(), "id")] = true
		} else if !refusedClearly(a, "idempotency_in_flight") {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	if len(ids) != 1 || s.balance("welcome", "promo_expense") != "10.00" {
		t.Errorf("%d redemptions of one request, %s spent; want one, and 10.00 for two orders", len(ids), s.balance("welcome", "promo_expense"))
	}
	s.ledgerHolds()
}

// refusedClearly says whether an answer is a problem document of the type, with a title and words for people.
func refusedClearly(r reply, reason string) bool {
	body := r.body()
	typ, _ := at(body, "type").(string)
	title, _ := at(body, "title").(string)
	detail, _ := at(body, "detail").(string)
	return r.media == "application/problem+json" && strings.HasSuffix(typ, "/"+reason) && title != "" && detail != ""
}

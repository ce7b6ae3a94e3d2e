package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const raceShop = "testdata/race.yaml"

// fleet is a number of servers that sell from the same books.
type fleet []*shopServer

// at is the server that caller i speaks to.
func (f fleet) at(i int) *shopServer { return f[i%len(f)] }

// eachFleet runs a race on one server with SQLite, and on three with PostgreSQL where there is one.
func eachFleet(t *testing.T, race func(*testing.T, fleet)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { race(t, fleet{startServer(t, t.TempDir(), raceShop)}) })
	t.Run("postgres", func(t *testing.T) {
		books := newDatabase(t)
		var f fleet
		for range 3 {
			f = append(f, startServer(t, t.TempDir(), raceShop, "--ledger", books))
		}
		race(t, f)
	})
}

// together makes n calls at one moment, spread over the servers.
func (f fleet) together(n int, call func(s *shopServer, i int) (reply, error)) []reply {
	f[0].t.Helper()
	return f[0].together(n, func(i int) (reply, error) { return call(f.at(i), i) })
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

const racers, places = 400, 100

// Four hundred shoppers redeem a code that holds for a hundred, all at one moment.
func TestARunOnAPublicCodeStopsAtItsCap(t *testing.T) {
	eachFleet(t, func(t *testing.T, f fleet) {
		redeemed, refused := 0, 0
		for i, a := range f.together(racers, func(s *shopServer, i int) (reply, error) {
			return s.try("POST", "/v1/redemptions", redeemCode("HUNDRED", fmt.Sprint("shopper-", i), fmt.Sprint("order-", i)))
		}) {
			switch {
			case a.status == 201 && at(a.body(), "discount.amount") == "5.00":
				redeemed++
			case a.status == 409 && refusedClearly(a, "cap_total"):
				refused++
			default:
				t.Errorf("shopper %d: %d %s", i, a.status, a.raw)
			}
		}
		if redeemed != places || refused != racers-places {
			t.Errorf("%d redeemed and %d refused, want %d and %d", redeemed, refused, places, racers-places)
		}
		f.spent("wide", "500.00")
		f.stop()
	})
}

// Four hundred shoppers are decided for at one moment, and the only offer holds for a hundred: nobody needs a code to meet a cap.
func TestARunOnAnAutomaticOfferStopsAtItsCap(t *testing.T) {
	eachFleet(t, func(t *testing.T, f fleet) {
		codes, none := f.decide(t)
		if len(codes) != places || none != racers-places {
			t.Errorf("%d granted and %d refused, want %d and %d", len(codes), none, places, racers-places)
		}
		redeemed := 0
		for _, a := range f.together(len(codes), func(s *shopServer, i int) (reply, error) {
			return s.try("POST", "/v1/redemptions", redeemCode(codes[i].code, codes[i].who, "order of "+codes[i].who))
		}) {
			if a.status == 201 && at(a.body(), "discount.amount") == "3.00" {
				redeemed++
			} else {
				t.Errorf("a grant is not redeemed: %d %s", a.status, a.raw)
			}
		}
		if redeemed != places {
			t.Errorf("%d redeemed, want %d", redeemed, places)
		}
		f.spent("wide", "300.00")
	})
}

type issued struct{ code, who string }

// decide asks for every racer at one moment, and again for those who were not answered for good: a decision is made again when a limit that
// stood when it began is met when it commits.
func (f fleet) decide(t *testing.T) (codes []issued, none int) {
	t.Helper()
	for i, a := range f.together(racers, func(s *shopServer, i int) (reply, error) {
		return s.try("POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":"shopper-%d"},"placements":["checkout"],"explain":true,`+
			`"cart":{"currency":"USD","lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"50.00"}]}}`, i))
	}) {
		body := a.body()
		outcome, _ := at(body, "placements.0.outcome").(string)
		switch code, _ := at(body, "placements.0.grant.code").(string); {
		case a.status == 200 && outcome == "offer" && code != "":
			codes = append(codes, issued{code, fmt.Sprint("shopper-", i)})
		case a.status == 200 && outcome == "none" && fell(body, "automatic") == "cap_total":
			none++
		default:
			t.Errorf("shopper %d: %d %s", i, a.status, a.raw)
		}
	}
	return codes, none
}

// fell is the reason that an explained decision gives for a candidate.
func fell(body any, offer string) (reason string) {
	candidates, _ := at(body, "explain").([]any)
	for _, c := range candidates {
		if at(c, "offer") == offer {
			reason, _ = at(c, "reason").(string)
		}
	}
	return reason
}

// A budget of 1,000.00 under two offers of uneven cents: whatever order they come in, it is never passed by a cent, and what it still has would
// not have paid for what was refused.
func TestABudgetIsNeverPassedByACent(t *testing.T) {
	eachFleet(t, func(t *testing.T, f fleet) {
		spent, refused := int64(0), 0
		for i, a := range f.together(racers, func(s *shopServer, i int) (reply, error) {
			code := []string{"CENTS", "THIRDS"}[i%2]
			return s.try("POST", "/v1/redemptions", fmt.Sprintf(`{"code":%q,"profile":{"userId":"shopper-%d"},"order":{"id":"o-%d","currency":"USD",`+
				`"lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"%d.%02d"}]}}`, code, i, i, 5+i%17, i%100))
		}) {
			amount, _ := at(a.body(), "discount.amount").(string)
			switch {
			case a.status == 201:
				spent += cents(t, amount)
			case a.status == 409 && refusedClearly(a, "budget_exhausted"):
				refused++
			default:
				t.Errorf("shopper %d: %d %s", i, a.status, a.raw)
			}
		}
		left := cents(t, f[0].balance("purse", "available"))
		t.Logf("spent %d, left %d, %d refused", spent, left, refused)
		if spent > 1000_00 || spent+left != 1000_00 || refused == 0 || left >= 7_91 {
			t.Errorf("%d cents spent and %d left of 100000, %d refused", spent, left, refused)
		}
		f.spent("purse", fmt.Sprintf("%d.%02d", spent/100, spent%100))
	})
}

// cents reads an amount with two decimals.
func cents(t *testing.T, amount string) int64 {
	t.Helper()
	var whole, part int64
	if _, err := fmt.Sscanf(amount, "%d.%02d", &whole, &part); err != nil {
		t.Fatalf("amount %q: %v", amount, err)
	}
	return whole*100 + part
}

// spent: a budget's expense is what it must be, nothing of it is overrun, and the ledger holds, whichever server is asked.
func (f fleet) spent(budget, want string) {
	for _, s := range f {
		s.t.Helper()
		if spent, overrun := s.balance(budget, "promo_expense"), s.balance(budget, "overrun"); spent != want || overrun != "0.00" {
			s.t.Errorf("%s spent and %s over the budget, want %s and nothing", spent, overrun, want)
		}
		s.ledgerHolds()
	}
}

// stop interrupts every server, which must end in good order.
func (f fleet) stop() {
	for _, s := range f {
		s.t.Helper()
		s.end(syscall.SIGINT)
		if code := s.process.ProcessState.ExitCode(); code != 0 {
			s.t.Errorf("an interrupted server exits with %d:\n%s", code, s.said.Bytes())
		}
	}
}

// One shopper's grant, redeemed from fifty windows at once, is redeemed once; and fifty copies of one request are one redemption.
func TestOneGrantIsRedeemedOnceFromFiftyWindows(t *testing.T) {
	const windows = 50
	eachFleet(t, func(t *testing.T, f fleet) {
		won := 0
		for _, a := range f.together(windows, func(s *shopServer, i int) (reply, error) {
			return s.try("POST", "/v1/redemptions", redeemCode("ONCE", "shopper", fmt.Sprint("order-", i)))
		}) {
			if a.status == 201 {
				won++
			} else if !refusedClearly(a, "already_redeemed") {
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
		if won != 1 {
			t.Errorf("%d windows redeemed one grant", won)
		}
		ids := map[any]bool{}
		for _, a := range f.together(windows, func(s *shopServer, _ int) (reply, error) {
			return s.try("POST", "/v1/redemptions", redeemCode("ONCE", "other", "order"), "Idempotency-Key", "once")
		}) {
			if a.status == 201 {
				ids[at(a.body(), "id")] = true
			} else if !refusedClearly(a, "idempotency_in_flight") {
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
		if len(ids) != 1 {
			t.Errorf("%d redemptions of one request", len(ids))
		}
		f.spent("wide", "10.00")
	})
}

// refusedClearly says whether an answer is a problem document of the type, with a title and words for people.
func refusedClearly(r reply, reason string) bool {
	body := r.body()
	typ, _ := at(body, "type").(string)
	title, _ := at(body, "title").(string)
	detail, _ := at(body, "detail").(string)
	return r.media == "application/problem+json" && strings.HasSuffix(typ, "/"+reason) && title != "" && detail != ""
}

package redeem_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"boon"
	"boon/conformance"
	"boon/ledger"
	"boon/redeem"
)

// ways are the two ways to acquire an offer: by a decision, and by its public code. tablet is the device that everyone here shares.
var ways = map[string]func(s *shop, who, n int) error{
	"decided": func(s *shop, who, n int) error {
		o, _ := s.terms.Offer("", "capped")
		g := boon.Grant{ID: fmt.Sprint("grt_", n), Owner: conformance.Shopper(who), Level: o.Reward.Levels[0], Decision: "dec_1"}
		return s.in(func(tx redeem.Tx) error {
			return tx.Try(func(tx redeem.Tx) error {
				_, err := s.desk.Issue(tx, g, o, []boon.Identifier{g.Owner}, s.now, tablet)
				return err
			})
		})
	},
	"coded": func(s *shop, who, n int) error {
		r := s.request("CAPPED", who, fmt.Sprint("o", n), 6_000)
		r.Named = []boon.Identifier{tablet}
		_, err := s.redeem(r)
		return err
	},
}

var tablet = conformance.Shopper(99)

// Every cap holds for automatic and coded grants alike: so many pass, the next is refused by its name, and the next period opens again.
func TestEveryCapEitherWay(t *testing.T) {
	day := 24 * time.Hour
	cases := map[string]struct {
		caps   boon.Caps
		who    func(n int) int
		want   boon.Reason
		reopen time.Duration // 0: never
		told   string
	}{
		"total":          {boon.Caps{Total: 3}, each, boon.ReasonCapTotal, 0, "all 3 of %s capped are taken"},
		"per profile":    {boon.Caps{PerProfile: 3}, same, boon.ReasonCapProfile, 0, "this customer already has 3 of 3 of %s capped"},
		"per identifier": {boon.Caps{PerIdentifier: 3}, each, boon.ReasonCapIdentifier, 0, "all 3 of %s capped for this identifier are taken"},
		"per day":        {boon.Caps{PerDay: 3}, each, boon.ReasonCapPeriod, day, "all 3 of %s capped for this day are taken"},
		"per week":       {boon.Caps{PerWeek: 3}, each, boon.ReasonCapPeriod, 7 * day, "all 3 of %s capped for this week are taken"},
		"per month":      {boon.Caps{PerMonth: 3}, each, boon.ReasonCapPeriod, 31 * day, "all 3 of %s capped for this month are taken"},
	}
	for name, c := range cases {
		for _, on := range []string{"offer", "campaign"} {
			for way, acquire := range ways {
				t.Run(strings.Join([]string{name, on, way}, "/"), func(t *testing.T) {
					s := newShop(t)
					s.cap(on, c.caps)
					for n := range 3 {
						if err := acquire(s, c.who(n), n); err != nil {
							t.Fatalf("%d: %v", n, err)
						}
					}
					err := acquire(s, c.who(3), 3)
					s.refuses(err, c.want)
					if told := fmt.Sprintf(c.told, on); !strings.Contains(err.Error(), told) {
						t.Errorf("got %v, want %s", err, told)
					}
					if c.reopen > 0 {
						s.now = s.now.Add(c.reopen)
						if err := acquire(s, c.who(4), 4); err != nil {
							t.Errorf("in the next period: %v", err)
						}
					}
				})
			}
		}
	}
}

func each(n int) int { return n }
func same(int) int   { return 1 }

// cap adds an offer under caps, its own or its campaign's, with money enough.
func (s *shop) cap(on string, caps boon.Caps) {
	o := boon.Offer{ID: "capped", Campaign: "capped", Budget: "welcome", Uses: 1, Duration: 40 * 24 * time.Hour,
		Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{boon.Unit}}, Codes: boon.Codes{Mode: "public", Code: "CAPPED"}}
	c := boon.Campaign{ID: "capped"}
	if on == "offer" {
		o.Caps = caps
	} else {
		c.Caps = caps
	}
	s.release.Bundle.Offers = append(s.release.Bundle.Offers, o)
	s.release.Bundle.Campaigns = append(s.release.Bundle.Campaigns, c)
	s.terms.Publish(s.release)
}

// A grant that dies unredeemed gives back every place it took, to the period it took it in; a refused one took none.
func TestPlacesComeBack(t *testing.T) {
	s := newShop(t)
	s.cap("offer", boon.Caps{Total: 2, PerDay: 2, PerIdentifier: 1})
	s.ceiling("offer", "capped", 150)
	if err := ways["decided"](s, 1, 1); err != nil {
		t.Fatal(err)
	}
	s.refuses(ways["decided"](s, 2, 2), boon.ReasonCapIdentifier) // of the tablet
	today := ledger.PeriodKey(boon.PeriodDay, s.now, time.UTC)
	for key, want := range map[string]int64{"places/capped": 1, "caps/offer/capped/" + today: 1, "id/capped/" + tablet.String(): 1, "spend/cap-offer/total": 100} {
		if n := s.count(key); n != want {
			t.Errorf("%s stands at %d, want %d", key, n, want)
		}
	}
	s.now = s.now.Add(25 * time.Hour)
	if _, err := s.teller.Revoke(t.Context(), redeem.Once{}, "grt_1", s.now); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"places/capped", "caps/offer/capped/" + today, "id/capped/" + tablet.String(), "spend/cap-offer/total"} {
		if n := s.count(key); n != 0 {
			t.Errorf("%s stands at %d after the grant died, want 0", key, n)
		}
	}
}

func (s *shop) count(key string) (n int64) {
	s.Helper()
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { n, err = tx.Count(key); return err }); err != nil {
		s.Fatal(err)
	}
	return n
}

// A ceiling counts what is committed, then what it cost, less what came back; it stops new grants and never a promise.
func TestCeilings(t *testing.T) {
	for _, on := range []struct{ kind, id string }{{"shop", ""}, {"campaign", "capped"}, {"offer", "capped"}} {
		s := newShop(t)
		s.cap("offer", boon.Caps{})
		s.ceiling(on.kind, on.id, 250)
		key := "spend/cap-" + on.kind + "/total"
		for n := range 2 {
			if err := ways["decided"](s, n, n); err != nil {
				t.Fatal(err)
			}
		}
		err := ways["coded"](s, 7, 7)
		s.refuses(err, boon.ReasonBudgetExhausted)
		if err == nil || !strings.Contains(err.Error(), "ceiling cap-"+on.kind) {
			t.Errorf("the refusal names no ceiling: %v", err)
		}
		r := s.request(s.grant("grt_0").Code, 0, "o1", 6_000)
		r.Cart.Lines = []boon.Line{{ID: "l1", SKU: "A1", Quantity: 1, Price: boon.Unit * 6 / 10}}
		done := s.mustRedeem(r) // 0.60 is all there is to take off
		if n := s.count(key); n != 160 {
			t.Errorf("%s: one promised, one cost 0.60: %d, want 160", on.kind, n)
		}
		s.reverse(done.ID)
		if n := s.count(key); n != 100 {
			t.Errorf("%s: it came back: %d, want 100", on.kind, n)
		}
	}
}

// What a promise costs beyond a ceiling is counted, not refused; then nothing new is granted.
func TestAPromiseGoesThroughItsCeiling(t *testing.T) {
	s := newShop(t)
	s.ceiling("offer", "loose", 350)
	o, _ := s.terms.Offer("", "loose")
	var g boon.Grant
	err := s.in(func(tx redeem.Tx) (err error) {
		g, err = s.desk.Issue(tx, boon.Grant{ID: "grt_x", Owner: conformance.Shopper(1), Level: o.Reward.Levels[0], Committed: 300}, o, nil, s.now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	done := s.mustRedeem(s.request(g.Code, 1, "o1", 1_600))
	if n := s.count("spend/cap-offer/total"); n != 800 {
		t.Errorf("it cost 8.00, counted %d", n)
	}
	again := func(id string) error {
		return s.in(func(tx redeem.Tx) error {
			_, err := s.desk.Issue(tx, boon.Grant{ID: id, Owner: conformance.Shopper(2), Level: o.Reward.Levels[0], Committed: 1}, o, nil, s.now)
			return err
		})
	}
	s.refuses(again("grt_y"), boon.ReasonBudgetExhausted)
	s.reverse(done.ID)
	if err := again("grt_z"); err != nil {
		t.Errorf("it came back, so there is room again: %v", err)
	}
}

// A ceiling over a category holds offers of that category when they are granted, and others by the lines that fall under it: a public code is refused,
// a grant that was held is counted.
func TestCategoryCeiling(t *testing.T) {
	s := newShop(t)
	s.ceiling("category", "SHOES", 250)
	held := s.give("threshold", 1) // over everything: not counted until it is used
	key := "spend/cap-category/total"
	if n := s.count(key); n != 0 {
		t.Errorf("counted %d before anything was used", n)
	}
	s.mustRedeem(s.request("UNEVEN", 2, "o1", 1_500)) // 1.65 of it on shoes
	if n := s.count(key); n != 165 {
		t.Errorf("counted %d, want 165", n)
	}
	_, err := s.redeem(s.request("UNEVEN", 3, "o2", 1_500))
	s.refuses(err, boon.ReasonBudgetExhausted)
	done := s.mustRedeem(s.request(held.Code, 1, "o3", 6_000)) // 2.00 on shoes
	if n := s.count(key); n != 365 {
		t.Errorf("counted %d, want 365", n)
	}
	s.reverse(done.ID, redeem.LineReturn{ID: "l1"}) // 2.00 of 6.00 stay, so does a third of what was counted
	if n := s.count(key); n != 165+67 && n != 165+66 && n != 165 {
		t.Errorf("counted %d after the return", n)
	}
	_, err = s.tryGive("shoes", 4) // 6.00 at most, on shoes alone
	s.refuses(err, boon.ReasonBudgetExhausted)
}

// A ceiling on liability counts what is promised and open; with the period day it bounds what a day may promise.
func TestLiabilityCeiling(t *testing.T) {
	s := newShop(t)
	s.ceiling("shop", "", 700)
	b := &s.release.Bundle.Budgets[len(s.release.Bundle.Budgets)-1]
	b.Measure, b.Period = "liability", boon.PeriodDay
	s.terms.Publish(s.release)
	g := s.give("five", 1)
	_, err := s.tryGive("five", 2)
	s.refuses(err, boon.ReasonBudgetExhausted)
	s.mustRedeem(s.request(g.Code, 1, "o1", 2_000))
	old := s.give("five", 2) // redeemed is no promise any more
	s.now = s.now.Add(24 * time.Hour)
	s.give("five", 3) // a new day
	if _, err := s.teller.Revoke(t.Context(), redeem.Once{}, old.ID, s.now); err != nil {
		t.Fatal(err)
	}
	_, err = s.tryGive("five", 4)
	s.refuses(err, boon.ReasonBudgetExhausted) // what yesterday's gave back is yesterday's
}

// A split budget and cap are spent by each arm on its own: 3000 over deep (1) and flat (2), 10 places likewise; control has no part.
func TestArmsShareNothing(t *testing.T) {
	s := newShop(t)
	given := map[string]int{}
	for n := range 60 {
		g, err := s.tryGive("armed", n)
		if err == nil {
			given[g.Arm]++
			if g.Budget != "armed/"+g.Arm {
				t.Errorf("arm %s draws on %s", g.Arm, g.Budget)
			}
			continue
		}
		if r := reasonOf(err); r != boon.ReasonCapTotal && r != boon.ReasonBudgetExhausted {
			t.Fatal(err)
		}
	}
	if given["deep"] != 2 || given["flat"] != 5 || given["control"] != 0 {
		t.Errorf("given by arm: %v, want deep 2 of 10.00, flat 5 of 20.00 by 4.00 each", given)
	}
	s.stands("armed/deep", accounts{"available": 200, "committed": 800})
	s.stands("armed/flat", accounts{"available": 0, "committed": 2_000})
	s.stands("armed", accounts{})
}

// Overrunning is told once per budget and period.
func TestOverrunIsTold(t *testing.T) {
	s := newShop(t)
	for n := range 2 {
		o, _ := s.terms.Offer("", "loose")
		g := boon.Grant{ID: fmt.Sprint("grt_", n), Owner: conformance.Shopper(n), Level: o.Reward.Levels[0], Committed: 300}
		if err := s.in(func(tx redeem.Tx) error { _, err := s.desk.Issue(tx, g, o, nil, s.now); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 {
		s.mustRedeem(s.request(s.grant(fmt.Sprint("grt_", n)).Code, n, fmt.Sprint("o", n), 9_000))
	}
	alarms, _ := s.book.Alarms(t.Context())
	if len(alarms) != 1 || alarms[0].Rule != "overrun" || alarms[0].Subject != "loose" || alarms[0].Figures["amount"] != "20.00 USD" {
		t.Errorf("alarms %+v", alarms)
	}
}

// With a quantile in reserve, promises that cost their worst with probability p overrun in no more than about one of twenty runs; without one in
// about half of them. In a worst_case budget it never happens.
func TestQuantile(t *testing.T) {
	const runs, p = 200, 20 // per cent
	overran := map[string]int{}
	for run := range runs {
		for _, how := range []string{"quantile", "mean", "worst"} {
			if (how != "worst" || run < 10) && simulate(t, how, uint64(run), p) {
				overran[how]++
			}
		}
	}
	if n := overran["quantile"]; n > runs/20+8 || overran["worst"] > 0 || overran["mean"] < runs/4 {
		t.Errorf("of %d runs overran %v", runs, overran)
	}
}

// simulate grants until the budget refuses, then lets each grant be redeemed with a probability of p per cent; the others are withdrawn. It
// reports whether that cost more than there was, and holds the ledger to the same.
func simulate(t *testing.T, how string, seed uint64, p int64) bool {
	s := newShop(t)
	b := &s.release.Bundle.Budgets[4]
	switch how {
	case "mean":
		b.Quantile = 0
	case "worst":
		b.Commitment, b.Quantile = "worst_case", 0
	}
	o := boon.Offer{ID: "coin", Budget: "maybe", Uses: 1, Duration: time.Hour, Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{boon.Unit}}}
	s.release.Bundle.Offers = append(s.release.Bundle.Offers, o)
	s.terms.Publish(s.release)
	cost := int64(0)
	draw := rand.New(rand.NewPCG(seed, 1))
	_ = s.in(func(tx redeem.Tx) error {
		var grants []boon.Grant
		for n := 0; ; n++ {
			g := boon.Grant{ID: fmt.Sprint("grt_", n), Owner: conformance.Shopper(n % 7), Level: boon.Unit, Committed: p}
			g, err := s.desk.Issue(tx, g, o, nil, s.now)
			if err != nil {
				s.refuses(err, boon.ReasonBudgetExhausted)
				break
			}
			grants = append(grants, g)
		}
		for n, g := range grants {
			if draw.IntN(100) >= int(p) {
				if _, err := s.desk.Revoke(tx, g.ID, s.now); err != nil {
					t.Fatal(err)
				}
				continue
			}
			cost += 100
			cart := conformance.Basket(fmt.Sprint("o", n), 1_000)
			if _, err := s.desk.Redeem(tx, redeem.Request{Code: g.Code, Owners: []boon.Identifier{g.Owner}, Cart: cart}, s.now); err != nil {
				t.Fatal(err)
			}
		}
		return nil
	})
	if overran := s.standing("maybe")["overrun"] < 0; overran != (cost > b.Amount) {
		t.Errorf("%s, seed %d: cost %d of %d, overrun %v", how, seed, cost, b.Amount, overran)
	}
	return cost > b.Amount
}

// Whatever is granted, what a budget with a quantile has left covers the reserve of all that is open.
func TestReserveIsKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newShop(t)
		o, _ := s.terms.Offer("", "maybe")
		_ = s.in(func(tx redeem.Tx) error {
			for n := range 20 {
				g := boon.Grant{ID: fmt.Sprint("grt_", n), Owner: conformance.Shopper(n), Level: o.Reward.Levels[0], Committed: rapid.Int64Range(0, 900).Draw(r, "expected")}
				err := tx.Try(func(tx redeem.Tx) error { _, err := s.desk.Issue(tx, g, o, nil, s.now); return err })
				if err != nil && reasonOf(err) == "" {
					r.Fatal(err)
				}
			}
			left, err := s.desk.Left(tx, "maybe", s.now)
			if err != nil || left < 0 {
				r.Fatalf("left %d %v", left, err)
			}
			return nil
		})
	})
}

package engine_test

import "testing"

const budgetShop = `
kind: Shop
id: budgets
currency: USD
timezone: UTC
pricesInclude: none
regime: {default: opt-out}
---
kind: Budget
id: main
amount: "100.00"
period: month
---
kind: Budget
id: maybe
amount: "50.00"
commitment: expected
quantile: "0.95"
---
kind: Budget
id: roof
amount: "80.00"
covers: {kind: shop}
---
kind: Placement
id: checkout
channel: web
---
kind: Offer
id: five
budget: main
reward: {type: fixed, values: ["5.00"]}
duration: 1d
codes: {public: {code: FIVE}}
---
kind: Offer
id: given
budget: maybe
pinned: true
reward: {type: percentage, values: [10], maxDiscount: "20.00"}
placements: [checkout]
duration: 1d
---
kind: Offer
id: points
budget: main
reward: {type: points, values: [100], pointValue: "0.01"}
duration: 1d
codes: {public: {code: POINTS}}
`

// budget reads amounts of the n-th budget by their path.
func (s *shop) budget(n string) func(string) string {
	a := s.want(200, serverKey, "GET", "/v1/budgets", "")
	return func(path string) string { return a.text("budgets." + n + "." + path + ".amount") }
}

// Where a budget's money is, and by how much its promises can pass what it holds back for them.
func TestBudgetsShowWhatTheyCanComeTo(t *testing.T) {
	s := openText(t, budgetShop)
	if a := s.buys("FIVE", "ada", "o1"); a.status != 201 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	s.want(201, serverKey, "POST", "/v1/reservations", `{"code":"FIVE","profile":{"userId":"bob"},`+cart+`}`, "Idempotency-Key", "r1")
	s.given("cy")

	main, maybe, roof := s.budget("0"), s.budget("1"), s.budget("2")
	for path, want := range map[string]string{"amount": "100.00", "left": "90.00", "accounts.available": "90.00", "accounts.committed": "0.00", "accounts.reserved": "5.00",
		"accounts.spent": "5.00", "accounts.overrun": "0.00", "accounts.setAside": "0.00", "accounts.exposure": "5.00", "accounts.beyond": "0.00"} {
		if got := main(path); got != want {
			t.Errorf("main: %s is %q, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{"left": "26.55", "accounts.available": "42.50", "accounts.committed": "7.50", "accounts.setAside": "15.95", // 1.645 times the root of 7.50 * 12.50, rounded up
		"accounts.exposure": "20.00", "accounts.beyond": "12.50"} {
		if got := maybe(path); got != want {
			t.Errorf("maybe: %s is %q, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{"amount": "80.00", "ceiling.under": "17.50", "left": "62.50", "accounts.available": ""} {
		if got := roof(path); got != want {
			t.Errorf("roof: %s is %q, want %s", path, got, want)
		}
	}
	s.ledgerHolds()
}

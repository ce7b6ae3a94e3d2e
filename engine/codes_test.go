package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const poolShop = `
kind: Shop
id: pools
currency: USD
timezone: UTC
pricesInclude: none
---
kind: Budget
id: main
amount: "1000.00"
---
kind: Offer
id: leaflet
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 30d
codes: {mode: pool, generate: {count: 1000, prefix: SUN-}}
`

// leaflets reads codes of a pool, as a printer gets them.
func (s *shop) leaflets(count int) []string {
	s.t.Helper()
	r, err := http.NewRequest("GET", fmt.Sprintf("%s/v1/offers/leaflet/codes?count=%d", s.url, count), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+serverKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		s.t.Fatalf("%d %s %v", resp.StatusCode, text, err)
	}
	var codes []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		code, _, _ := strings.Cut(line, ",")
		codes = append(codes, code)
	}
	return codes
}

// Sixty shoppers bring twenty leaflets at one moment, three each: every leaflet is redeemed once.
func TestLeafletsAreRedeemedOnce(t *testing.T) {
	const rivals = 3
	s := openText(t, poolShop)
	codes := s.leaflets(20)
	var start, done sync.WaitGroup
	start.Add(1)
	answers := make([]answer, rivals*len(codes))
	for i := range answers {
		done.Go(func() {
			start.Wait()
			answers[i] = s.buys(codes[i%len(codes)], fmt.Sprint("u", i), fmt.Sprint("o", i))
		})
	}
	start.Done()
	done.Wait()
	won := map[string]int{}
	for i, a := range answers {
		switch {
		case a.status == 201:
			won[codes[i%len(codes)]]++
		case a.text("type") != "/problems/wrong_profile":
			t.Errorf("a leaflet that another has: %s", a.raw)
		}
	}
	for _, code := range codes {
		if won[code] != 1 {
			t.Errorf("%s was redeemed %d times", code, won[code])
		}
		if state := s.want(200, serverKey, "GET", "/v1/codes/"+code, ""); state.text("state") != "used" || state.text("offer") != "leaflet" {
			t.Errorf("%s", state.raw)
		}
	}
	s.ledgerHolds()
}

// Whoever guesses is told to wait, and a human hears of it.
func TestGuessingRaisesAnAlarm(t *testing.T) {
	s := openText(t, poolShop)
	mistyped := []byte(s.leaflets(1)[0])
	if mistyped[len(mistyped)-1]++; mistyped[len(mistyped)-1] > '9' {
		mistyped[len(mistyped)-1] = '2'
	}
	for n := range 30 { // a typing error is no guess
		if a := s.buys(string(mistyped), "u1", fmt.Sprint("t", n)); a.status != 404 || !strings.Contains(a.text("detail"), "typing error") {
			t.Fatalf("%s: %s", mistyped, a.raw)
		}
	}
	for n := range 10 {
		if a := s.buys(fmt.Sprint("GUESS", n), "u1", "o"); a.status != 404 {
			t.Fatalf("%s", a.raw)
		}
	}
	if a := s.buys("GUESS", "u1", "o"); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Fatalf("the eleventh guess: %s", a.raw)
	}
	if a := s.want(200, serverKey, "GET", "/v1/alarms", ""); a.text("alarms.0.rule") != "code_guessing" || a.at("alarms.1") != nil {
		t.Errorf("%s", a.raw)
	}
}

package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/redeem"
)

// tries is a shop whose shoppers try codes.
type tries struct {
	*testing.T
	e *engine
	h http.Handler
	n int
}

func newTries(t *testing.T) *tries {
	e := newEngine()
	return &tries{T: t, e: e, h: e.handler()}
}

// unknown is a redemption of a code that was never tried before, by a shopper; it gives the status.
func (s *tries) unknown(who string, headers ...string) int {
	s.n++
	return s.redeem(fmt.Sprint("GUESS", s.n), who, headers...)
}

func (s *tries) redeem(code, who string, headers ...string) int {
	body := fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"order":{"id":"o1","lines":[]}}`, code, who)
	return call(s.T, s.h, "POST", "/v1/redemptions", fullKey, body, headers...).Code
}

func (s *tries) want(got, want int, what string) {
	s.Helper()
	if got != want {
		s.Errorf("%s: %d, want %d", what, got, want)
	}
}

func TestAShopperMayGuessTenCodesAndThenOneInSixSeconds(t *testing.T) {
	s := newTries(t)
	for range guessBurst {
		s.want(s.unknown("u1"), 404, "a guess")
	}
	s.want(s.unknown("u1"), 429, "one more")
	w := call(t, s.h, "POST", "/v1/validations", fullKey, spring)
	wantStatus(t, w, 429)
	if p := problemIn(t, w); p.Type != "/problems/throttled" || w.Header().Get("Retry-After") != "6" {
		t.Errorf("%+v, Retry-After %q", p, w.Header().Get("Retry-After"))
	}
	s.want(s.unknown("u2"), 404, "another shopper")
	wantStatus(t, call(t, s.h, "POST", "/v1/redemptions", fullKey, `{"reservationId":"rsv_1"}`), 201)
	s.e.now = s.e.now.Add(6 * time.Second)
	s.want(s.redeem("SPRING10", "u1"), 201, "a code that is known, later")
	s.want(s.unknown("u1"), 404, "one guess")
	s.want(s.unknown("u1"), 429, "and no second one")
}

// What tells nothing new is no guess: the same code again, a typing error, a repeated call.
func TestTypingErrorsAreNoGuesses(t *testing.T) {
	s := newTries(t)
	for range guessBurst * 3 {
		s.want(s.redeem("GUESS", "u1"), 404, "the same code again")
	}
	s.e.err = boon.Refuse(boon.ReasonUnknownCode, redeem.Mistyped)
	for n := range guessBurst * 3 {
		s.want(s.redeem(fmt.Sprint("TYPO", n), "u1"), 404, "a typing error")
	}
	s.e.err = boon.Refuse(boon.ReasonCapTotal, "Used up.")
	for n := range guessBurst * 3 {
		s.want(s.redeem(fmt.Sprint("MINE", n), "u1"), 409, "a code that is known")
	}
	s.e.err = nil
	for range guessBurst - 1 { // and the ten are still there
		s.want(s.unknown("u1"), 404, "a guess")
	}
	s.want(s.unknown("u1"), 429, "one more")
}

// Somebody else's code is a guess as well, and a browser is not told that it exists.
func TestSomebodyElsesCode(t *testing.T) {
	s := newTries(t)
	token, err := tokens{[]byte("0123456789abcdef0123456789abcdef")}.mint([]boon.Identifier{testID(boon.NamespaceUser, "u1")}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(spring, "SPRING10", "OTHERS1", 1)
	byKey := call(t, s.h, "POST", "/v1/validations", fullKey, body).Body.String()
	byToken := call(t, s.h, "POST", "/v1/validations", token, body).Body.String()
	if !strings.Contains(byKey, "wrong_profile") || byToken != `{"valid":false,"reason":"unknown_code","detail":"no grant and no offer has this code"}`+"\n" {
		t.Errorf("a server key reads %s, a token %s", byKey, byToken)
	}
	s.e.err = boon.Refuse(boon.ReasonWrongProfile, "Somebody else's.")
	wantStatus(t, call(t, s.h, "POST", "/v1/grants/grt_1/save", fullKey, `{"profile":{"userId":"u1"}}`), 422)
	wantStatus(t, call(t, s.h, "POST", "/v1/grants/grt_1/save", token, ``), 404)
	s.e.err = nil
	for n := range guessBurst - 1 {
		body := strings.Replace(spring, "SPRING10", fmt.Sprint("OTHERS1", n), 1)
		wantStatus(t, call(t, s.h, "POST", "/v1/validations", fullKey, body), 200)
	}
	wantStatus(t, call(t, s.h, "POST", "/v1/validations", fullKey, spring), 429)
}

// Whoever changes the shopper with every guess is slowed down by the address, and nobody else is.
func TestAnAddressThatGuesses(t *testing.T) {
	s := newTries(t)
	from := func(address string) []string { return []string{"X-Forwarded-For", address + ", 10.0.0.1"} }
	for n := range crowdBurst {
		s.want(s.unknown(fmt.Sprint("bot", n), from("2001:db8::"+fmt.Sprint(n+1))...), 404, "a guess")
	}
	s.want(s.unknown("bot", from("2001:db8::ffff")...), 429, "the network's next guess")
	s.want(s.redeem("SPRING10", "u1", from("203.0.113.7")...), 201, "another address")
	s.want(s.redeem("SPRING10", "u1"), 201, "the shop itself")
	s.want(s.redeem("SPRING10", "u1", from("not an address")...), 201, "an address that is none")
	s.e.now = s.e.now.Add(crowdHalf)
	for n := range crowdBurst / 2 {
		s.want(s.unknown(fmt.Sprint("again", n), from("2001:db8::1")...), 404, "half as many after a while")
	}
	s.want(s.unknown("bot", from("2001:db8::1")...), 429, "and no more")
}

// A shop that passes no addresses on, with many customers of whom some mistype public codes, is not locked out.
func TestABusyShopIsNotLockedOut(t *testing.T) {
	s := newTries(t)
	for n := range 5_000 {
		s.e.now = s.e.now.Add(50 * time.Millisecond)
		code, want := "SPRING10", 201
		if n%8 == 0 {
			code, want = fmt.Sprint("GUESS", n), 404
		}
		if got := s.redeem(code, fmt.Sprint("u", n)); got != want {
			t.Fatalf("try %d: %d", n, got)
		}
	}
	if len(s.e.alarms) != 0 {
		t.Errorf("%+v", s.e.alarms)
	}
}

func TestGuessingIsAlarmedOnceAnHour(t *testing.T) {
	s := newTries(t)
	for range guessBurst * 5 {
		s.unknown("u1")
	}
	if len(s.e.alarms) != 1 {
		t.Fatalf("%d alarms", len(s.e.alarms))
	}
	a := s.e.alarms[0]
	if a.Rule != "code_guessing" || a.Subject != "full shopper "+testID(boon.NamespaceUser, "u1").String() || !strings.HasPrefix(a.ID, "alm_") {
		t.Errorf("%+v", a)
	}
	s.e.now = s.e.now.Add(time.Hour)
	for range guessBurst * 2 {
		s.unknown("u1")
	}
	if len(s.e.alarms) != 2 || s.e.alarms[1].ID == a.ID {
		t.Errorf("%+v", s.e.alarms)
	}
}

// Memory is bounded: who was not seen for the longest time is forgotten first.
func TestGuessesForgetTheOldest(t *testing.T) {
	g := newGuesses()
	g.begin("first", "a", "CODE", noon)
	for n := range guessMemory {
		g.begin(fmt.Sprint(n), "a", "CODE", noon)
	}
	if _, kept := g.by["first"]; kept || len(g.by) != guessMemory || g.used.Len() != guessMemory {
		t.Errorf("%d meters, %d in order, the oldest kept: %v", len(g.by), g.used.Len(), kept)
	}
	if _, kept := g.by["a"]; !kept {
		t.Error("the one used all the time is forgotten")
	}
}

// Tries at once count before they are answered, so that there is no way around in sending all of them together.
func TestGuessesAtOnce(t *testing.T) {
	g := newGuesses()
	for n := range guessBurst {
		if wait, _ := g.begin("u", "a", fmt.Sprint("CODE", n), noon); wait > 0 {
			t.Fatal(wait)
		}
	}
	if wait, hot := g.begin("u", "a", "ANOTHER", noon); wait != guessEvery || hot != "u" {
		t.Errorf("wait %s for %q", wait, hot)
	}
	g.end("u", "a", "CODE0", false, noon)
	if wait, _ := g.begin("u", "a", "ANOTHER", noon); wait > 0 {
		t.Errorf("a code that was the shopper's gives its try back: wait %s", wait)
	}
}

// One code from many windows at once is one try, and one guess when it is not the shopper's.
func TestOneCodeAtOnceIsOneTry(t *testing.T) {
	for _, guessed := range []bool{false, true} {
		g := newGuesses()
		for range 3 * guessBurst {
			if wait, _ := g.begin("u", "a", "code", noon); wait > 0 {
				t.Fatal(wait)
			}
		}
		for range 3 * guessBurst {
			g.end("u", "a", "CODE", guessed, noon)
		}
		want := map[bool]float64{true: 1}[guessed]
		if m := g.meter("u"); m.guesses != want || len(m.flying) != 0 {
			t.Errorf("guessed %v: level %v, %d in flight", guessed, m.guesses, len(m.flying))
		}
	}
}

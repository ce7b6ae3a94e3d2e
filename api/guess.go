package api

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"boon"
	"boon/offer"
	"boon/redeem"
)

// What one shopper and what one address may guess. A guess is a code that is not the shopper's; the same code again is the same guess.
const (
	guessBurst  = 10              // of a shopper, at once
	guessEvery  = 6 * time.Second // one more, after that
	crowdBurst  = 50              // of an address, before its share counts
	crowdShare  = 4               // 1/4 of an address's tries, from which on they are guessing and not typing errors
	crowdHalf   = 10 * time.Minute
	crowdAlarm  = 1000 // guesses of an address that a human hears of whatever their share
	guessMemory = 50_000
	guessRecent = 32
	alarmsHour  = 100 // of one process, so that whoever changes addresses fills no ledger
)

// meter is what one client tried lately. Levels sink with time.
type meter struct {
	who     string
	at      time.Time
	guesses float64
	tries   float64 // of an address
	recent  [guessRecent]uint64
	next    int
	flying  map[uint64]int // a shopper's codes that are being tried, and by how many calls
	alarmed time.Time      // hour
}

// guesses are the meters of many clients; the one longest unused makes room for a new one.
type guesses struct {
	seed   maphash.Seed
	mu     sync.Mutex
	by     map[string]*list.Element
	used   *list.List // latest first
	hour   time.Time
	alarms int // in that hour
}

func newGuesses() *guesses {
	return &guesses{seed: maphash.MakeSeed(), by: map[string]*list.Element{}, used: list.New()}
}

func (g *guesses) meter(who string) *meter {
	if e, ok := g.by[who]; ok {
		g.used.MoveToFront(e)
		return e.Value.(*meter)
	}
	if g.used.Len() >= guessMemory {
		oldest := g.used.Remove(g.used.Back()).(*meter)
		delete(g.by, oldest.who)
	}
	m := &meter{who: who}
	g.by[who] = g.used.PushFront(m)
	return m
}

// drain lowers a shopper's level to what it is now.
func (m *meter) drain(now time.Time) {
	if past := now.Sub(m.at); past > 0 {
		m.guesses = max(0, m.guesses-float64(past)/float64(guessEvery))
		m.at = now
	}
}

// fade halves an address's levels every crowdHalf.
func (m *meter) fade(now time.Time) {
	if past := now.Sub(m.at); past > 0 {
		left := math.Exp2(-float64(past) / float64(crowdHalf))
		m.guesses, m.tries, m.at = m.guesses*left, m.tries*left, now
	}
}

// fresh reports whether a code was not among the last ones, and remembers it.
func (m *meter) fresh(code uint64) bool {
	for _, c := range m.recent {
		if c == code {
			return false
		}
	}
	m.recent[m.next%guessRecent] = code
	m.next++
	return true
}

// begin asks for a try. A shopper's code counts as a guess until end says otherwise, so that many at once are no way around; the same code many times
// at once is one. wait is above zero when there is none; hot says whose levels are too high.
func (g *guesses) begin(shopper, address, code string, now time.Time) (wait time.Duration, hot string) {
	digest := maphash.String(g.seed, offer.Normalise(code))
	g.mu.Lock()
	defer g.mu.Unlock()
	crowd := g.meter(address)
	crowd.fade(now)
	if over := crowd.guesses / crowdBurst; over >= 1 && crowd.guesses*crowdShare >= crowd.tries {
		return max(time.Second, time.Duration(math.Log2(over)*float64(crowdHalf))), address
	}
	if shopper == "" {
		return 0, ""
	}
	m := g.meter(shopper)
	m.drain(now)
	if m.flying[digest] == 0 {
		if over := m.guesses - (guessBurst - 1); over > 0 {
			return time.Duration(over * float64(guessEvery)), shopper
		}
		m.guesses++
	}
	m.takeOff(digest)
	return 0, ""
}

func (m *meter) takeOff(code uint64) {
	if m.flying == nil {
		m.flying = map[uint64]int{}
	}
	m.flying[code]++
}

// land reports whether no other call tries this code any more.
func (m *meter) land(code uint64) bool {
	if n := m.flying[code]; n > 1 {
		m.flying[code] = n - 1
		return false
	}
	delete(m.flying, code)
	return true
}

// end says how a try came out. hot names an address that guesses so much that a human should hear of it.
func (g *guesses) end(shopper, address, code string, guessed bool, now time.Time) (hot string) {
	digest := maphash.String(g.seed, offer.Normalise(code))
	g.mu.Lock()
	defer g.mu.Unlock()
	crowd := g.meter(address)
	crowd.fade(now)
	crowd.tries++
	if guessed && crowd.fresh(digest) {
		crowd.guesses++
	}
	if shopper != "" {
		if m := g.meter(shopper); m.land(digest) && (!guessed || !m.fresh(digest)) {
			m.guesses = max(0, m.guesses-1)
		}
	}
	if crowd.guesses >= crowdAlarm {
		return address
	}
	return ""
}

// alarm says whether a client's alarm is due: once an hour.
func (g *guesses) alarm(who string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	hour, m := now.Truncate(time.Hour), g.meter(who)
	if !g.hour.Equal(hour) {
		g.hour, g.alarms = hour, 0
	}
	if m.alarmed.Equal(hour) || g.alarms >= alarmsHour {
		return false
	}
	m.alarmed = hour
	g.alarms++
	return true
}

// guess slows the guessing of codes down: by the shopper a call speaks of, and by the address it comes from.
func (s *server) guess(r *http.Request, c caller, owners []boon.Identifier, code string, try func() error) error {
	shopper, address, now := "", s.origin(r, c), s.now()
	if len(owners) > 0 {
		shopper = c.space + " shopper " + owners[0].String()
	}
	if wait, hot := s.guesses.begin(shopper, address, code, now); wait > 0 {
		s.raise(r.Context(), c, hot, now)
		return later{boon.Refuse(boon.ReasonThrottled, "Too many codes that are not this shopper's; wait before the next."), wait}
	}
	err := try()
	if hot := s.guesses.end(shopper, address, code, guessed(err), s.now()); hot != "" {
		s.raise(r.Context(), c, hot, now)
	}
	return err
}

// guessEach is guess for every code of a request: said is what the call said of each once it was made.
func (s *server) guessEach(r *http.Request, c caller, owners []boon.Identifier, in redeem.Request, try func() error, said func(i int) error) error {
	codes := in.Codes
	if in.Code != "" {
		codes = []string{in.Code}
	}
	var failed error
	next := func() { failed = try() }
	for i, code := range codes {
		inner := next
		next = func() {
			called := false
			slowed := s.guess(r, c, owners, code, func() error {
				called = true
				inner()
				return said(i)
			})
			if !called {
				failed = slowed
			}
		}
	}
	next()
	return failed
}

// guessCode is guessEach for a call whose refusal names the code that it is about.
func (s *server) guessCode(r *http.Request, c caller, owners []boon.Identifier, in redeem.Request, try func() error) error {
	var failed error
	return s.guessEach(r, c, owners, in, func() error {
		failed = try()
		return failed
	}, func(i int) error {
		var refusal *boon.Error
		if len(in.Codes) > 0 && errors.As(failed, &refusal) && refusal.Field != redeem.CodeField(i) {
			return nil
		}
		return failed
	})
}

// guessed says that a try told something new of a code that the shopper does not have. A repeated call tells nothing new; a typing error, nothing that its
// check character does not tell.
func guessed(err error) bool {
	var again Again
	var refusal *boon.Error
	if !errors.As(err, &refusal) || errors.As(err, &again) {
		return false
	}
	return refusal.Reason == boon.ReasonWrongProfile || refusal.Reason == boon.ReasonUnknownCode && refusal.Detail != redeem.Mistyped
}

// origin names where a call comes from: the shopper's address that a server key passes on, else its own. Addresses are salted and hashed and stay in
// memory; of IPv6 the network counts.
func (s *server) origin(r *http.Request, c caller) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	named, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
	if ip, err := netip.ParseAddr(strings.TrimSpace(named)); err == nil && !c.isToken() {
		host = network(ip)
	} else if ip, err := netip.ParseAddr(host); err == nil {
		host = network(ip)
	}
	digest := sha256.Sum256(append(s.salt[:], host...))
	space := c.space
	if c.isToken() {
		space = "token"
	}
	return space + " address " + hex.EncodeToString(digest[:8])
}

func network(ip netip.Addr) string {
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		net, _ := ip.Prefix(64) // every IPv6 address has 128 bits
		return net.String()
	}
	return ip.String()
}

// raise tells a human that a client guesses codes, once a client and hour.
func (s *server) raise(ctx context.Context, c caller, who string, now time.Time) {
	if !s.guesses.alarm(who, now) {
		return
	}
	hour := now.UTC().Truncate(time.Hour)
	_, client, _ := strings.Cut(who, " ")
	a := boon.Alarm{
		ID: boon.NewID(boon.PrefixAlarm, hour, "code_guessing", who), At: now, Rule: "code_guessing", Subject: c.Name + " " + client,
		Detail: "this client tries many codes that are not its own, and is slowed down; look at what it sends, and block it in front of the shop",
	}
	if err := s.ports.Codes.Guessed(ctx, a); err != nil {
		s.log.Error("raise alarm", "rule", a.Rule, "subject", a.Subject, "error", err)
	}
}

// later is a refusal that says when to come back.
type later struct {
	refusal *boon.Error
	wait    time.Duration
}

func (l later) Error() string { return l.refusal.Error() }

// Unwrap gives the refusal.
func (l later) Unwrap() error { return l.refusal }

func (l later) seconds() int64 { return int64(math.Ceil(l.wait.Seconds())) }

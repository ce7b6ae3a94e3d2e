package redeem_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/memory"
	"boon/redeem"
)

// shop is one test's shop: the suite's release over a book in memory, with a clock that the test moves.
type shop struct {
	*testing.T
	book    *memory.Book
	release *boon.Release
	terms   *redeem.Releases
	desk    *redeem.Desk
	teller  *redeem.Teller
	now     time.Time
	n       int
}

func newShop(t *testing.T) *shop {
	s := &shop{T: t, book: memory.NewBook(), release: conformance.BookRelease(), now: conformance.Monday}
	s.terms = redeem.NewReleases(s.release)
	s.desk = &redeem.Desk{Terms: s.terms, Key: []byte("codes")}
	s.teller = &redeem.Teller{Book: s.book, Desk: s.desk}
	t.Cleanup(func() { conformance.MustVerify(t, s.book) })
	return s
}

func (s *shop) in(fn func(redeem.Tx) error) error { return s.book.Update(s.Context(), fn) }

// give issues an offer to a shopper, who must get it.
func (s *shop) give(offer string, who int) boon.Grant {
	s.Helper()
	g, err := s.tryGive(offer, who)
	if err != nil {
		s.Fatal(err)
	}
	return g
}

func (s *shop) tryGive(offer string, who int) (g boon.Grant, err error) {
	o, _ := s.terms.Offer("", offer)
	s.n++
	g = boon.Grant{ID: boon.NewID(boon.PrefixGrant, s.now, fmt.Sprint(s.n)), Owner: conformance.Shopper(who), Release: s.release.ID}
	if len(o.Reward.Levels) > 0 {
		g.Level = o.Reward.Levels[0]
	}
	err = s.in(func(tx redeem.Tx) error {
		g, err = s.desk.Issue(tx, g, o, []boon.Identifier{g.Owner}, s.now)
		return err
	})
	return g, err
}

func (s *shop) request(code string, who int, order string, minor int64) redeem.Request {
	return redeem.Request{Code: code, Owners: []boon.Identifier{conformance.Shopper(who)}, Cart: conformance.Basket(order, minor)}
}

func (s *shop) redeem(r redeem.Request) (redeem.Redeemed, error) {
	return s.teller.Redeem(s.Context(), redeem.Once{}, r, s.now)
}

func (s *shop) mustRedeem(r redeem.Request) redeem.Redeemed {
	s.Helper()
	done, err := s.redeem(r)
	if err != nil {
		s.Fatal(err)
	}
	return done
}

func (s *shop) grant(id string) (g boon.Grant) {
	s.Helper()
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { g, _, err = tx.Grant(id); return err }); err != nil {
		s.Fatal(err)
	}
	return g
}

// stands fails unless the accounts of a budget stand as given; accounts at zero may be left out.
func (s *shop) stands(budget string, want map[boon.AccountKind]int64) {
	s.Helper()
	all, err := s.book.Balances(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	got := map[boon.AccountKind]int64{}
	for _, b := range all {
		if b.Account.Budget == budget && b.Account.Kind != boon.AccountFunding {
			got[b.Account.Kind] = b.Minor
		}
	}
	for kind, minor := range want {
		if got[kind] != minor {
			s.Errorf("%s of %s stands at %d, want %d", kind, budget, got[kind], minor)
		}
		delete(got, kind)
	}
	for kind, minor := range got {
		s.Errorf("%s of %s stands at %d, want nothing", kind, budget, minor)
	}
}

func (s *shop) refuses(err error, want boon.Reason) {
	s.Helper()
	if !errors.Is(err, boon.Refusal(want)) && reasonOf(err) != want {
		s.Errorf("got %v, want %s", err, want)
	}
}

func reasonOf(err error) boon.Reason {
	var refused *boon.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

type accounts = map[boon.AccountKind]int64

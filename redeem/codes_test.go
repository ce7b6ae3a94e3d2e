package redeem_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"boon"
	"boon/conformance"
	"boon/offer"
	"boon/redeem"
)

// pools gives the shop three offers whose codes come from pools: listed, generated and imported.
func (s *shop) pools() {
	s.Helper()
	release := *s.release
	plain, _ := release.Bundle.Offer("pool")
	add := func(id string, codes boon.Codes) {
		o := plain
		codes.Mode = "pool"
		o.ID, o.Codes = id, codes
		release.Bundle.Offers = append(release.Bundle.Offers, o)
	}
	release.ID = "rel_pools"
	add("made", boon.Codes{Generate: boon.Generate{Count: 5, Length: 10, Prefix: "SPRING-"}})
	add("brought", boon.Codes{Imported: true})
	s.release = &release
	s.terms.Publish(&release)
}

func (s *shop) made(n int64) string {
	pool, err := offer.NewPool([]byte("codes"), "made", boon.Generate{Count: 5, Length: 10, Prefix: "SPRING-"})
	if err != nil {
		s.Fatal(err)
	}
	return pool.Code(n)
}

func (s *shop) importCodes(offer, text string) (redeem.Import, error) {
	f, err := redeem.ReadCodes(offer, strings.NewReader(text))
	if err != nil {
		return redeem.Import{}, err
	}
	return s.desk.Import(s.Context(), s.book, f, s.now, nil)
}

// A code of a pool that nobody has is redeemed by whoever brings it, once for ever.
func TestBearerOfAPoolCode(t *testing.T) {
	s := newShop(t)
	s.pools()
	if _, err := s.importCodes("brought", "code,list\nVIP-0001,a\nVIP-0002,b\n"); err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"POOLB", s.made(3), strings.ToLower(s.made(4)), "vip0002"} {
		order := fmt.Sprint("o", i)
		v, err := s.teller.Validate(t.Context(), s.request(code, i, order, 9_000), s.now)
		if err != nil || !v.Valid {
			t.Fatalf("%s: %+v %v", code, v, err)
		}
		done := s.mustRedeem(s.request(code, i, order, 9_000))
		if done.GrantID != v.GrantID || done.Discount.Minor != 450 {
			t.Errorf("%s: redeemed %+v, validated %+v", code, done, v)
		}
		_, err = s.redeem(s.request(code, i, order, 9_000))
		s.refuses(err, boon.ReasonAlreadyRedeemed)
		_, err = s.redeem(s.request(code, i, order+"again", 9_000))
		s.refuses(err, boon.ReasonAlreadyRedeemed)
		_, err = s.redeem(s.request(code, 9, order+"other", 9_000))
		s.refuses(err, boon.ReasonWrongProfile)
	}
	r := s.request(s.made(0), 1, "o9", 9_000)
	r.Owners = nil
	_, err := s.redeem(r)
	s.refuses(err, boon.ReasonInvalidRequest)
}

// A pool gives out no code that a bearer used, nor does it take one that it gave out.
func TestPoolPassesUsedCodes(t *testing.T) {
	s := newShop(t)
	s.pools()
	if _, err := s.importCodes("brought", "VIP-0001\nVIP-0002\nVIP-0003\n"); err != nil {
		t.Fatal(err)
	}
	nth := map[string]func(n int64) string{
		"made":    func(n int64) string { return offer.Normalise(s.made(n)) },
		"brought": func(n int64) string { return fmt.Sprint("VIP000", n+1) },
		"pool":    func(n int64) string { return []string{"POOLA", "POOLB"}[n] },
	}
	for id, size := range map[string]int64{"made": 5, "brought": 3, "pool": 2} {
		s.mustRedeem(s.request(nth[id](0), 1, id, 9_000))
		for n := int64(1); n < size; n++ {
			if g := s.give(id, 2); g.Code != nth[id](n) {
				t.Errorf("%s: the grant %d has %s, want %s", id, n, g.Code, nth[id](n))
			}
		}
		_, err := s.tryGive(id, 3)
		s.refuses(err, boon.ReasonCapTotal)
		_, err = s.redeem(s.request(nth[id](1), 3, id+"2", 9_000))
		s.refuses(err, boon.ReasonWrongProfile)
	}
}

// A paid order redeems a bearer's code even where no cap allows it, and the code is used up.
func TestPaidOrderBringsAPoolCode(t *testing.T) {
	s := newShop(t)
	s.pools()
	o, _, _ := s.terms.Live("made")
	o.Caps.Total = 1
	for i := range s.release.Bundle.Offers {
		if s.release.Bundle.Offers[i].ID == "made" {
			s.release.Bundle.Offers[i] = o
		}
	}
	s.terms.Publish(s.release)
	settle := func(order string, who int, codes ...string) (x redeem.Settlement) {
		r := s.request("", who, order, 9_000)
		r.Cart.Coupons = codes
		if err := s.in(func(tx redeem.Tx) (err error) { x, err = s.desk.Settle(tx, r.Owners, r.Cart, s.now); return err }); err != nil {
			t.Fatal(err)
		}
		return x
	}
	if x := settle("o1", 1, s.made(0)); len(x.Redemptions) != 1 || x.Redemptions[0].Discount != 450 {
		t.Errorf("inside the cap: %+v", x)
	}
	if x := settle("o2", 2, s.made(1)); len(x.Redemptions) != 1 || x.Redemptions[0].Discount != 450 {
		t.Errorf("outside the cap: %+v", x)
	}
	_, err := s.redeem(s.request(s.made(1), 3, "o3", 9_000))
	s.refuses(err, boon.ReasonWrongProfile)
	if x := settle("o4", 4, "SPRING-2222-2222-22"); len(x.Unknown) != 1 {
		t.Errorf("a code of no pool: %+v", x)
	}
}

// A leaflet that was brought to a reservation stays that shopper's when the reservation ends.
func TestReservedPoolCode(t *testing.T) {
	s := newShop(t)
	s.pools()
	r := s.request(s.made(0), 1, "o1", 9_000)
	held, err := s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.redeem(s.request(s.made(0), 2, "o2", 9_000))
	s.refuses(err, boon.ReasonWrongProfile)
	if err := s.teller.Release(t.Context(), redeem.Once{}, held.ID, s.now); err != nil {
		t.Fatal(err)
	}
	_, err = s.redeem(s.request(s.made(0), 2, "o2", 9_000))
	s.refuses(err, boon.ReasonWrongProfile)
	if done := s.mustRedeem(s.request(s.made(0), 1, "o1", 9_000)); done.GrantID != held.GrantID {
		t.Errorf("reserved %+v, redeemed %+v", held, done)
	}
}

// 60 shoppers bring one leaflet at once: one has it.
func TestOneBearerWins(t *testing.T) {
	s := newShop(t)
	s.pools()
	var start, done sync.WaitGroup
	start.Add(1)
	errs := make([]error, 60)
	for i := range errs {
		done.Go(func() {
			start.Wait()
			_, errs[i] = s.redeem(s.request(s.made(2), i, fmt.Sprint("o", i), 9_000))
		})
	}
	start.Done()
	done.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			s.refuses(err, boon.ReasonWrongProfile)
		}
	}
	if won != 1 {
		t.Errorf("%d of 60 redeemed the code", won)
	}
}

// The counter of a code is what makes it used for ever: it stands when its grant is kept no longer, and two books that know of no grant agree by it.
func TestCodeIsUsedWithoutItsGrant(t *testing.T) {
	s := newShop(t)
	s.pools()
	code := offer.Normalise(s.made(2))
	if err := s.in(func(tx redeem.Tx) error {
		_, err := tx.Take(boon.Limit{Key: redeem.CodeKey(code), Max: 1}, 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err := s.redeem(s.request(code, 1, "o1", 9_000))
	s.refuses(err, boon.ReasonAlreadyRedeemed)
	for n := range 4 {
		if g := s.give("made", n); g.Code == code {
			t.Errorf("the used code %s was given out", code)
		}
	}
}

// A code that a grant has is not given out again, though nothing counted it: it was given out by an earlier version, or the file was edited since.
func TestCodeOfAGrantIsNotGivenAgain(t *testing.T) {
	s := newShop(t)
	o, _ := s.terms.Offer("", "pool")
	old := boon.Grant{ID: "grt_old", Owner: conformance.Shopper(1), Level: o.Reward.Levels[0], Code: "POOLA", Release: s.release.ID}
	if err := s.in(func(tx redeem.Tx) error { _, err := s.desk.Issue(tx, old, o, nil, s.now); return err }); err != nil {
		t.Fatal(err)
	}
	if g := s.give("pool", 2); g.Code != "POOLB" {
		t.Errorf("%s was given out twice", g.Code)
	}
	s.mustRedeem(s.request("POOLA", 1, "o1", 9_000))
}

// A code whose check character is wrong is refused without the book; a code that something has is never taken for one.
func TestTypingErrors(t *testing.T) {
	s := newShop(t)
	s.pools()
	own := s.give("five", 1).Code
	wrong := func(code string) string {
		raw := []byte(code)
		last := len(raw) - 1
		if raw[last]++; !strings.ContainsRune("23456789ABCDEFGHJKMNPQRSTUVWXYZ", rune(raw[last])) {
			raw[last] = '2'
		}
		return string(raw)
	}
	s.terms = redeem.NewReleases(conformance.BookRelease()) // no imported pool
	made := *conformance.BookRelease()
	made.ID = "rel_made"
	plain, _ := made.Bundle.Offer("pool")
	plain.ID, plain.Codes = "made", boon.Codes{Mode: "pool", Generate: boon.Generate{Count: 5, Length: 10, Prefix: "SPRING-"}}
	listed := plain
	odd := wrong(own) // of the form of a grant's own code, and listed
	listed.ID, listed.Codes = "odd", boon.Codes{Mode: "pool", Pool: []string{odd}}
	made.Bundle.Offers = append(made.Bundle.Offers, plain, listed)
	s.terms.Publish(&made)
	for code, want := range map[string]bool{own: false, wrong(own): false, wrong(wrong(own)): true, s.made(1): false, wrong(s.made(1)): true, "WELCOME10": false, "": false, "NOPE": false} {
		if got := s.terms.Mistyped(offer.Normalise(code)); got != want {
			t.Errorf("%q is mistyped: %v", code, got)
		}
	}
	s.desk.Terms = s.terms
	teller := &redeem.Teller{Desk: s.desk} // without a book
	v, err := teller.Validate(t.Context(), s.request(wrong(s.made(1)), 1, "o", 1), s.now)
	if err != nil || v.Reason != boon.ReasonUnknownCode || v.Detail != redeem.Mistyped {
		t.Errorf("validation: %+v %v", v, err)
	}
	_, err = teller.Redeem(t.Context(), redeem.Once{}, s.request(wrong(s.made(1)), 1, "o", 1), s.now)
	s.refuses(err, boon.ReasonUnknownCode)
	_, err = teller.Reserve(t.Context(), redeem.Once{}, s.request(wrong(s.made(1)), 1, "o", 1), s.now)
	s.refuses(err, boon.ReasonUnknownCode)
}

// The codes of a release that is no longer live are never taken for typing errors.
func TestCodesOfPastReleasesAreNoTypingErrors(t *testing.T) {
	s := newShop(t)
	code := s.give("pool", 1).Code
	s.pools()
	if s.terms.Mistyped(code) {
		t.Error(code)
	}
	past := *s.release
	past.ID, past.Bundle.Offers = "rel_next", nil
	s.terms.Publish(&past)
	if s.terms.Mistyped("ABCDEFGHJKM") != false { // an imported code may look like this
		t.Error("with an imported pool out, no code can be told to be mistyped")
	}
}

func TestImportNamesEveryBadLine(t *testing.T) {
	s := newShop(t)
	s.pools()
	for text, want := range map[string]string{
		"":                                   "no codes",
		"\n\ncode\n":                         "", // the third line is a code
		"A1\na-1\nB2\n":                      `line 2: the code "A1" is on line 1 already`,
		"A1\n!\nx\n":                         `line 2: "!" is not a code: 2 to 64 letters, digits, _ and -; line 3: "x" is not a code`,
		"WELCOME10\n":                        `line 1: the code "WELCOME10" is the offer "welcome"'s already`,
		"OK1\n" + s.made(3) + "\n":           `line 2: the code "SPRING`,
		"A-\nB2\n":                           `line 1: "A-" is not a code`,
		"code\n\"Q1,\"\n":                    `line 2: "Q1," is not a code`,
		strings.Repeat("!\n", 25):            "and 5 lines more",
		"\ufeffcode;x\n" + "P9\n":            "line 1",
		strings.Repeat("A", 70_000) + "\nB2": "line 1 is too long",
	} {
		_, err := s.importCodes("brought", text)
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || want == "" {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	_, err := s.importCodes("five", "A1\n")
	s.refuses(err, boon.ReasonInvalidRequest)
	_, err = s.importCodes("gone", "A1\n")
	s.refuses(err, boon.ReasonNotFound)
}

func FuzzReadCodes(f *testing.F) {
	f.Add("code,n\nA-1,1\n\"B2\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := redeem.ReadCodes("o", strings.NewReader(text))
		var refused *boon.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%v is no refusal", err)
		}
		if err != nil {
			return // nothing of a refused file is used
		}
		seen := map[string]bool{}
		for i, code := range file.Codes {
			if len(code) < 2 || code != offer.Normalise(code) || seen[code] || file.Lines[i] < 1 {
				t.Fatalf("%q of line %d", code, file.Lines[i])
			}
			seen[code] = true
		}
	})
}

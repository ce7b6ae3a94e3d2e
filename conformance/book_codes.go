package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"boon"
	"boon/redeem"
)

// poolDesk is a desk whose offer "brought" has imported codes.
func poolDesk() *redeem.Desk {
	release := BookRelease()
	o, _ := release.Bundle.Offer("pool")
	o.ID, o.Codes = "brought", boon.Codes{Mode: "pool", Imported: true}
	release.Bundle.Offers = append(release.Bundle.Offers, o)
	return &redeem.Desk{Terms: redeem.NewReleases(release), Key: []byte("codes")}
}

func importText(ctx context.Context, b redeem.CodeStore, d *redeem.Desk, text string) (redeem.Import, error) {
	f, err := redeem.ReadCodes("brought", strings.NewReader(text))
	if err != nil {
		return redeem.Import{}, err
	}
	return d.Import(ctx, b, f, Monday, nil)
}

// numbered is a file of codes with the numbers from..to-1.
func numbered(from, to int) string {
	var text strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintf(&text, "VIP-%06d\n", n)
	}
	return text.String()
}

// bookImports: a file of codes is there whole, once, or not at all, and numbers go on from file to file.
func bookImports(t *testing.T, b AuditedBook) {
	store, d := redeem.CodeStore(b), poolDesk()
	for i, want := range []redeem.Import{{Offer: "brought", Codes: 5_000, Total: 5_000}, {Offer: "brought", Codes: 5_000, Total: 5_000, Repeated: true}} {
		if got, err := importText(t.Context(), store, d, numbered(0, 5_000)); got != want || err != nil {
			t.Fatalf("import %d: %+v %v", i, got, err)
		}
	}
	_, err := importText(t.Context(), store, d, numbered(7_000, 12_000)+numbered(4_000, 4_002))
	if err == nil || !strings.Contains(err.Error(), `line 5001: the code "VIP004000" is in the pool of offer "brought" already; line 5002`) {
		t.Errorf("a file with codes of another: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	f, _ := redeem.ReadCodes("brought", strings.NewReader(numbered(20_000, 45_000)))
	_, err = d.Import(stopped, store, f, Monday, func(done int) { stop() })
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped import: %v", err)
	}
	total := int64(5_000)
	if err == nil { // the book stored it in one go
		total += 25_000
	}
	if got, err := importText(t.Context(), store, d, numbered(6_000, 6_010)); got.Total != total+10 || err != nil {
		t.Errorf("the next file: %+v %v, want %d in all", got, err, total+10)
	}
	err = b.View(t.Context(), func(tx redeem.Tx) error {
		for code, want := range map[string]int64{"VIP000000": 0, "VIP004999": 4_999, "VIP006000": total, "VIP007000": -1} {
			id, n, found, err := tx.PoolOf(code)
			if err != nil || found != (want >= 0) || found && (n != want || id != "brought") {
				t.Errorf("%s is %d of %q, %v %v; want %d", code, n, id, found, err, want)
			}
		}
		for n, want := range map[int64]string{0: "VIP000000", total + 9: "VIP006009", total + 10: "", -1: ""} {
			if code, found, err := tx.NthCode("brought", n); code != want || found != (want != "") || err != nil {
				t.Errorf("code %d is %q, %v %v; want %q", n, code, found, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for from, want := range map[int64]int{0: 10, total + 3: 7, total + 10: 0} {
		codes, err := b.CodesOf(t.Context(), "brought", from, 10)
		if len(codes) != want || err != nil || want == 7 && codes[6] != "VIP006009" {
			t.Errorf("from %d on: %q %v, want %d codes", from, codes, err, want)
		}
	}
}

// bookBearers: each of a few codes is brought by many shoppers at once, while decisions give out codes of the same pool. Every code has one owner.
func bookBearers(t *testing.T, b AuditedBook) {
	const codes, rivals = 12, 6
	d := poolDesk()
	if _, err := importText(t.Context(), b, d, numbered(0, codes)); err != nil {
		t.Fatal(err)
	}
	teller := &redeem.Teller{Book: b, Desk: d}
	o, _ := d.Terms.Offer("", "brought")
	var start, done sync.WaitGroup
	var mu sync.Mutex
	owners := map[string]int{}
	own := func(code string) {
		mu.Lock()
		defer mu.Unlock()
		owners[code]++
	}
	start.Add(1)
	for i := range codes * rivals {
		code := fmt.Sprintf("VIP%06d", i%codes)
		done.Go(func() {
			start.Wait()
			r := redeem.Request{Code: code, Owners: []boon.Identifier{Shopper(i)}, Cart: Basket(fmt.Sprint("o", i), 9_000)}
			if _, err := teller.Redeem(t.Context(), redeem.Once{}, r, Monday); err == nil {
				own(code)
			} else if !refusedFor(err, boon.ReasonWrongProfile) {
				t.Errorf("%s: %v", code, err)
			}
		})
		done.Go(func() {
			start.Wait()
			var g boon.Grant
			err := b.Update(t.Context(), func(tx redeem.Tx) (err error) {
				return tx.Try(func(tx redeem.Tx) error {
					g = boon.Grant{ID: fmt.Sprint("grt_", i), Owner: Shopper(1000 + i), Level: o.Reward.Levels[0]}
					g, err = d.Issue(tx, g, o, nil, Monday)
					return err
				})
			})
			if err == nil {
				own(g.Code)
			} else if !refusedFor(err, boon.ReasonCapTotal) {
				t.Error(err)
			}
		})
	}
	start.Done()
	done.Wait()
	for n := range codes {
		if code := fmt.Sprintf("VIP%06d", n); owners[code] != 1 {
			t.Errorf("%s has %d owners", code, owners[code])
		}
	}
	MustVerify(t, b)
}

func refusedFor(err error, reason boon.Reason) bool {
	var refused *boon.Error
	return errors.As(err, &refused) && refused.Reason == reason
}

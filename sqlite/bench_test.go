package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
	"boon/sqlite"
)

const perBatch = 500

// issueBatch issues perBatch grants of one offer to as many customers in one update.
func issueBatch(b *testing.B, db redeem.Book, d *redeem.Desk, o boon.Offer, from int) {
	err := db.Update(b.Context(), func(tx redeem.Tx) error {
		for n := from; n < from+perBatch; n++ {
			err := tx.Try(func(tx redeem.Tx) error {
				owner := conformance.Shopper(n)
				g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, conformance.Monday, fmt.Sprint(n)), Owner: owner, Level: o.Reward.Levels[0], Release: "rel_1"}
				_, err := d.Issue(tx, g, o, []boon.Identifier{owner}, conformance.Monday)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// richDesk has one offer in a budget that a benchmark does not exhaust; spread gives each of several offers a budget of its own.
func richDesk(offers int) (*redeem.Desk, []boon.Offer) {
	r := conformance.BookRelease()
	r.Bundle.Budgets, r.Bundle.Offers = nil, nil
	for n := range offers {
		id := fmt.Sprint("offer", n)
		r.Bundle.Budgets = append(r.Bundle.Budgets, boon.Budget{ID: id, Currency: "USD", Amount: 1 << 50, Period: boon.PeriodTotal, Commitment: "worst_case"})
		r.Bundle.Offers = append(r.Bundle.Offers, boon.Offer{ID: id, Budget: id, Caps: boon.Caps{Total: 1 << 40, PerProfile: 1},
			Reward: boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}, MaxDiscount: 2_000}, Duration: 14 * 24 * 3600e9})
	}
	return &redeem.Desk{Terms: redeem.NewReleases(r), Key: []byte("codes")}, r.Bundle.Offers
}

func BenchmarkIssue(b *testing.B) {
	for name, offers := range map[string]int{"hot": 1, "spread": 50} {
		b.Run(name, func(b *testing.B) {
			db := open(b, b.TempDir())
			d, all := richDesk(offers)
			n := 0
			for b.Loop() {
				issueBatch(b, db, d, all[n%offers], n*perBatch)
				n++
			}
			b.ReportMetric(float64(n*perBatch)/b.Elapsed().Seconds(), "issues/s")
		})
	}
}

func BenchmarkRedeem(b *testing.B) {
	for name, offers := range map[string]int{"hot": 1, "spread": 50} {
		b.Run(name, func(b *testing.B) {
			db := open(b, b.TempDir())
			d, all := richDesk(offers)
			n := 0
			for b.Loop() {
				b.StopTimer()
				issueBatch(b, db, d, all[n%offers], n*perBatch)
				b.StartTimer()
				redeemBatch(b, db, d, n*perBatch)
				n++
			}
			b.ReportMetric(float64(n*perBatch)/b.Elapsed().Seconds(), "redeems/s")
		})
	}
}

func redeemBatch(b *testing.B, db redeem.Book, d *redeem.Desk, from int) {
	err := db.Update(b.Context(), func(tx redeem.Tx) error {
		for n := from; n < from+perBatch; n++ {
			err := tx.Try(func(tx redeem.Tx) error {
				_, _, err := d.AutoRedeem(tx, []boon.Identifier{conformance.Shopper(n)}, conformance.Basket(fmt.Sprint("o", n), 5_000), conformance.Monday)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRedeemCalls is the way of the API: concurrent calls with a key each, group-committed.
func BenchmarkRedeemCalls(b *testing.B) {
	db := open(b, b.TempDir())
	d, all := richDesk(1)
	all[0].Codes = boon.Codes{Mode: "public", Code: "GO"}
	r := conformance.BookRelease()
	r.Bundle.Offers, r.Bundle.Budgets = all, []boon.Budget{{ID: "offer0", Currency: "USD", Amount: 1 << 50, Commitment: "worst_case"}}
	d.Terms = redeem.NewReleases(r)
	teller := &redeem.Teller{Book: db, Desk: d}
	b.SetParallelism(64)
	next := make(chan int, 1)
	next <- 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := <-next
			next <- n + 1
			q := redeem.Request{Code: "GO", Owners: []boon.Identifier{conformance.Shopper(n)}, Cart: conformance.Basket(fmt.Sprint("o", n), 5_000)}
			if _, err := teller.Redeem(b.Context(), redeem.OnceFor(fmt.Sprint(n)), q, conformance.Monday); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// people have a key in keyed.
const people = 300_000

func keyed(b *testing.B) *sqlite.DB {
	db := open(b, b.TempDir())
	for from := 0; from < people; from += 10_000 {
		makeKeys(b, db, from, 10_000)
	}
	return db
}

func makeKeys(b *testing.B, db *sqlite.DB, from, n int) {
	ids := make([]boon.Identifier, n)
	for i := range ids {
		ids[i] = conformance.Shopper(from + i)
	}
	wrapped := make([]byte, 61) // as long as a wrapped key
	if _, err := db.DataKeys(b.Context(), ids, func(boon.Identifier) []byte { return wrapped }); err != nil {
		b.Fatal(err)
	}
}

// askKeys asks for keys of a few of many people.
func askKeys(b *testing.B, db *sqlite.DB, random *rand.Rand, few int) {
	ids := make([]boon.Identifier, few)
	for i := range ids {
		ids[i] = conformance.Shopper(random.IntN(people))
	}
	if keys, err := db.DataKeys(b.Context(), ids, nil); err != nil || len(keys) == 0 {
		b.Fatal(err, len(keys))
	}
}

func BenchmarkDataKeys(b *testing.B) {
	db := keyed(b)
	for _, few := range []int{1, 7, 20} {
		b.Run(fmt.Sprint(few), func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				askKeys(b, db, random, few)
			}
		})
	}
}

// BenchmarkDataKeysWritten makes one key, whereupon each reader drops what it holds, and asks for those of a thousand people.
func BenchmarkDataKeysWritten(b *testing.B) {
	db, random, made := keyed(b), rand.New(rand.NewPCG(1, 2)), people
	b.ReportAllocs()
	for b.Loop() {
		makeKeys(b, db, made, 1)
		made++
		for range 1000 {
			askKeys(b, db, random, 1)
		}
	}
}

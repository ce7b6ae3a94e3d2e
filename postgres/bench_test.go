package postgres_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// richDesk has so many offers, each with a public code and a budget that a benchmark does not exhaust.
func richDesk(offers int) *redeem.Desk {
	r := conformance.BookRelease()
	r.Bundle.Budgets, r.Bundle.Offers = nil, nil
	for n := range offers {
		id := fmt.Sprint("offer", n)
		r.Bundle.Budgets = append(r.Bundle.Budgets, boon.Budget{ID: id, Currency: "USD", Amount: 1 << 50, Period: boon.PeriodTotal, Commitment: "worst_case"})
		r.Bundle.Offers = append(r.Bundle.Offers, boon.Offer{ID: id, Budget: id, Caps: boon.Caps{Total: 1 << 40, PerProfile: 1},
			Codes:  boon.Codes{Mode: "public", Code: fmt.Sprint("GO", n)},
			Reward: boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}, MaxDiscount: 2_000}, Duration: 14 * 24 * 3600e9})
	}
	return &redeem.Desk{Terms: redeem.NewReleases(r), Key: []byte("codes")}
}

// BenchmarkRedeemCalls is the way of the API: 64 concurrent callers with a key each, group-committed, on one offer or spread over fifty.
func BenchmarkRedeemCalls(b *testing.B) {
	for _, offers := range []int{1, 50} {
		b.Run(map[int]string{1: "hot", 50: "spread"}[offers], func(b *testing.B) {
			b.ReportAllocs()
			address := newDatabase(b)
			teller := &redeem.Teller{Book: open(b, address, "one"), Desk: richDesk(offers)}
			var next atomic.Int64
			b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := int(next.Add(1))
					q := redeem.Request{Code: fmt.Sprint("GO", n%offers), Owners: []boon.Identifier{conformance.Shopper(n)}, Cart: conformance.Basket(fmt.Sprint("o", n), 5_000)}
					if _, err := teller.Redeem(b.Context(), redeem.OnceFor(fmt.Sprint(n)), q, conformance.Monday); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
			b.ReportMetric(float64(b.N)/float64(batches(b, address)), "calls/batch")
		})
	}
}

// BenchmarkIssue issues 500 grants in each update, as the applier does.
func BenchmarkIssue(b *testing.B) {
	b.ReportAllocs()
	const perBatch = 500
	db, d := open(b, newDatabase(b), "one"), richDesk(1)
	o, _ := d.Terms.Offer("", "offer0")
	n := 0
	for b.Loop() {
		reads := redeem.Reads{}
		for i := n; i < n+perBatch; i++ {
			reads.Owners = append(reads.Owners, conformance.Shopper(i))
			reads.Grants = append(reads.Grants, fmt.Sprint("grt_", i))
		}
		err := db.Expecting(reads).Update(b.Context(), func(tx redeem.Tx) error {
			for i := n; i < n+perBatch; i++ {
				owner := conformance.Shopper(i)
				g := boon.Grant{ID: fmt.Sprint("grt_", i), Owner: owner, Level: o.Reward.Levels[0], Release: "rel_1"}
				if _, err := d.Issue(tx, g, o, []boon.Identifier{owner}, conformance.Monday); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		n += perBatch
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "issues/s")
}

// batches counts what was committed on a database.
func batches(b *testing.B, address string) (n int64) {
	c, err := pgx.Connect(context.Background(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.Background())
	if err := c.QueryRow(context.Background(), "SELECT batch FROM clock").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

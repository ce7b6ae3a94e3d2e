//go:build unix

package sqlite_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
	"boon/sqlite"
)

// BenchmarkIssueFew commits one to three grants at a time, as a shop's calls do, into a table that has many. The owners are new to it.
func BenchmarkIssueFew(b *testing.B) {
	const stored = 100_000
	db := open(b, b.TempDir())
	<-db.OwnersKnown()
	d, all := richDesk(3)
	for n := 0; n < stored; n += perBatch {
		issueBatch(b, db, d, all[0], n)
	}
	for _, few := range []int{1, 2, 3} {
		n := stored * (few + 1)
		b.Run(fmt.Sprint(few), func(b *testing.B) {
			b.ReportAllocs()
			pages, began, from := sqlite.PagesWritten(db), processor(b), n
			for b.Loop() {
				issueFew(b, db, d, all, n, few)
				n += few
			}
			grants := float64(n - from)
			b.ReportMetric(float64((processor(b)-began).Microseconds())/grants, "cpu-µs/grant")
			b.ReportMetric(float64(sqlite.PagesWritten(db)-pages)/grants, "pages/grant")
		})
	}
}

// issueFew issues a few grants of several offers in one update.
func issueFew(b *testing.B, db redeem.Book, d *redeem.Desk, all []boon.Offer, from, few int) {
	err := db.Update(b.Context(), func(tx redeem.Tx) error {
		for n := from; n < from+few; n++ {
			owner, o, at := conformance.Shopper(n), all[n%len(all)], conformance.Monday.Add(time.Duration(n)*time.Millisecond)
			g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, at, fmt.Sprint(n)), Owner: owner, Level: o.Reward.Levels[0], Release: "rel_1"}
			if _, err := d.Issue(tx, g, o, []boon.Identifier{owner}, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// processor is the time that this process has had of it, in the kernel too.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

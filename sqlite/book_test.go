package sqlite_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"boon/conformance"
	"boon/memory"
	"boon/redeem"
	"boon/redeem/batch"
	"boon/sqlite"
)

func open(t testing.TB, dir string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestBook(t *testing.T) {
	conformance.Book(t,
		func(t testing.TB) conformance.AuditedBook { return open(t, t.TempDir()) },
		func(testing.TB) conformance.AuditedBook { return memory.NewBook() })
}

// A caller that queued a thousand updates delays another by a few, not by a thousand.
func TestNobodyStarves(t *testing.T) {
	db := open(t, t.TempDir())
	var order []string // the writer runs one update at a time
	note := func(who string) func(redeem.Tx) error {
		return func(redeem.Tx) error {
			order = append(order, who)
			return nil
		}
	}
	started, release := make(chan bool), make(chan bool)
	var all sync.WaitGroup
	update := func(who string, fn func(redeem.Tx) error) {
		all.Go(func() {
			if err := db.Update(batch.From(t.Context(), who), fn); err != nil {
				t.Error(err)
			}
		})
	}
	update("first", func(redeem.Tx) error {
		close(started)
		<-release
		return nil
	})
	<-started
	for range 3_000 {
		update("importer", note("importer"))
	}
	for db.Waiting() < 3_000 {
		runtime.Gosched()
	}
	update("shopper", note("shopper"))
	for db.Waiting() < 3_001 {
		runtime.Gosched()
	}
	close(release)
	all.Wait()
	if at := slices.Index(order, "shopper"); at > 1 {
		t.Errorf("the shopper came after %d updates of the importer", at)
	}
}

// SQLite takes a pragma that it does not know without a word.
func TestAReaderHoldsLittle(t *testing.T) {
	if kib, err := sqlite.CacheOfReader(open(t, t.TempDir())); kib != -512 || err != nil {
		t.Errorf("a reader holds up to %d KiB, %v; want -512", kib, err)
	}
}

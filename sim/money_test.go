package sim

import (
	"flag"
	"testing"

	"boon/memory"
	"boon/sqlite"
)

var (
	seed      = flag.Uint64("seed", 0, "repeat the run of one seed, instead of many")
	histories = flag.Uint64("histories", 1, "how many runs from that seed on")
)

func TestHistories(t *testing.T) {
	first, last := uint64(1), uint64(20)
	if *seed != 0 {
		first, last = *seed, *seed+*histories-1
	}
	for s := first; s <= last; s++ {
		if err := Money(t.Context(), Options{Seed: s, Ticks: 250, Fault: 0.15, Book: memory.NewBook()}); err != nil {
			t.Fatal(err)
		}
	}
}

// The same seeds on the real book, fewer of them.
func TestHistoriesOnSQLite(t *testing.T) {
	for s := uint64(1); s <= 2; s++ {
		db, err := sqlite.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := Money(t.Context(), Options{Seed: s, Ticks: 40, Fault: 0.15, Book: db}); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPlantedDefectsAreFound proves the harness: a few seeds find each defect.
func TestPlantedDefectsAreFound(t *testing.T) {
	for _, plant := range []Plant{SkipCaps, SkipStates, ForgetAnswers, LoseRollback} {
		var found error
		for s := uint64(1); s <= 8 && found == nil; s++ {
			found = Money(t.Context(), Options{Seed: s, Ticks: 250, Fault: 0.15, Plant: plant, Book: memory.NewBook()})
		}
		if found == nil {
			t.Errorf("no run found %q", plant)
		} else {
			t.Logf("%s: %.160s", plant, found)
		}
	}
}

func TestARunIsAFunctionOfItsSeed(t *testing.T) {
	o := func() Options {
		return Options{Seed: 7, Ticks: 250, Plant: SkipCaps, Fault: 0.2, Book: memory.NewBook()}
	}
	one, two := Money(t.Context(), o()), Money(t.Context(), o())
	if one == nil || two == nil || one.Error() != two.Error() {
		t.Errorf("two runs of one seed differ:\n%v\n%v", one, two)
	}
}

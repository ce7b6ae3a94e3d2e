package sim

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"boon"
	"boon/memory"
	"boon/sqlite"
)

var (
	seed      = flag.Uint64("seed", 1, "begin with this seed")
	histories = flag.Uint64("histories", 200, "how many runs from that seed on")
	plant     = flag.String("plant", "", "the only defect to plant")
)

func options(seed uint64, p Plant) Options {
	return Options{Seed: seed, Clients: 4, Calls: 14, Fault: 0.06, Plant: p, Books: []Audited{memory.NewBook()}}
}

// TestHistories runs a range of seeds, a part of it on each processor.
func TestHistories(t *testing.T) {
	parts := uint64(runtime.GOMAXPROCS(0))
	for part := range parts {
		t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
			t.Parallel()
			for i := part; i < *histories; i += parts {
				if err := Money(t.Context(), options(*seed+i, NoDefect)); err != nil {
					t.Fatal(err)
				}
				if done := i/parts + 1; done%5_000 == 0 {
					t.Logf("%d histories", done)
				}
			}
		})
	}
}

// TestSeeds repeats the runs that found something.
func TestSeeds(t *testing.T) {
	f, err := os.Open("testdata/seeds")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s uint64
		var word string
		if text := lines.Text(); strings.HasPrefix(text, "#") {
			continue
		} else if _, err := fmt.Sscan(text, &s, &word); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := Money(t.Context(), options(s, NoDefect)); err != nil {
			t.Errorf("%s is back: %v", word, err)
		}
	}
}

// The same on the real book, a few of them.
func TestHistoriesOnSQLite(t *testing.T) {
	for s := uint64(1); s <= 3; s++ {
		db, err := sqlite.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		o := options(s, NoDefect)
		o.Books = []Audited{db}
		if err := Money(t.Context(), o); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPlanted proves the harness: each defect is found within the thousand histories, and what is said of it can be repeated.
func TestPlanted(t *testing.T) {
	for _, p := range Plants {
		if *plant != "" && Plant(*plant) != p {
			continue
		}
		t.Run(string(p), func(t *testing.T) {
			var found error
			s := *seed
			for ; s < *seed+1000 && found == nil; s++ {
				found = Money(t.Context(), options(s, p))
			}
			if found == nil {
				t.Fatal("no run found it")
			}
			t.Log(found)
			text := found.Error()
			for _, part := range []string{fmt.Sprintf("seed %d, step ", s-1), "last operations:\n  ", fmt.Sprintf("-seed %d -plant %q", s-1, p)} {
				if !strings.Contains(text, part) {
					t.Errorf("the failure does not say %q", part)
				}
			}
			if err := Money(t.Context(), options(s-1, p)); err == nil || err.Error() != text {
				t.Errorf("the seed tells another story the second time:\n%v", err)
			}
			if err := Money(t.Context(), options(s-1, NoDefect)); err != nil {
				t.Errorf("the seed fails without the defect: %v", err)
			}
		})
	}
}

// TestHistoriesMeetWhatTheyAreFor: limits, refusals and faults that no history meets are not shown by any.
func TestHistoriesMeetWhatTheyAreFor(t *testing.T) {
	met := map[string]int{}
	for s := uint64(1); s <= 700; s++ {
		w, err := play(t.Context(), options(s, NoDefect))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range w.history {
			met[string(e.in.op)+" "+string(e.out.reason)]++
			for _, o := range e.out.settled {
				met[fmt.Sprintf("settled again %v", o.repeated)]++
			}
			if b := e.out.balances; b[3] < 0 {
				met["overrun"]++
			}
		}
	}
	for op, reasons := range map[op][]boon.Reason{
		opIssue: {"", boon.ReasonCapTotal, boon.ReasonCapProfile, boon.ReasonCapIdentifier, boon.ReasonBudgetExhausted},
		opRedeem: {"", boon.ReasonCapTotal, boon.ReasonCapPeriod, boon.ReasonBudgetExhausted, boon.ReasonAlreadyRedeemed, boon.ReasonExpired,
			boon.ReasonRevoked, boon.ReasonStacking, boon.ReasonWrongProfile, boon.ReasonIdempotencyMismatch},
		opReserve:  {"", boon.ReasonCapTotal, boon.ReasonAlreadyRedeemed, boon.ReasonStacking, boon.ReasonIdempotencyMismatch},
		opValidate: {"", boon.ReasonAlreadyRedeemed},
		opUseHeld:  {"", boon.ReasonReservationGone, boon.ReasonStacking},
		opRelease:  {"", boon.ReasonReservationGone},
		opReverse:  {"", boon.ReasonNotApplicable},
		opSave:     {"", boon.ReasonAlreadyRedeemed, boon.ReasonExpired},
		opRevoke:   {"", boon.ReasonAlreadyRedeemed, boon.ReasonRevoked},
		opSweep:    {""}, opApply: {""}, opWallet: {""}, opBalances: {""},
	} {
		for _, r := range reasons {
			if met[string(op)+" "+string(r)] == 0 {
				t.Errorf("no history has a %s that ends with %q", op, r)
			}
		}
	}
	for _, what := range []string{"settled again true", "settled again false", "overrun"} {
		if met[what] == 0 {
			t.Errorf("no history has: %s", what)
		}
	}
}

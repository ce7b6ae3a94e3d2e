package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"boon/engine"
)

// A file replayed on PostgreSQL comes to what it comes to on SQLite; the same again is all duplicates.
func TestAReplayIsTheSameOnEitherLedger(t *testing.T) {
	replay := func(c engine.Config) (s engine.Summary) {
		c.Virtual, c.AutoRedeem, c.Seed = true, true, "seed"
		e, err := engine.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		b, err := engine.LoadBundle([]string{"../examples/grocer"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Apply(t.Context(), b, "replay"); err != nil {
			t.Fatal(err)
		}
		s, err = e.Replay(t.Context(), engine.ReplayOptions{Files: []string{"../cmd/boon/testdata/events.jsonl"}})
		if err != nil {
			t.Fatal(err)
		}
		s.Rates, s.Seconds = engine.Rates{}, 0
		return s
	}
	shared := engine.Config{Data: t.TempDir(), Ledger: newLedger(t)}
	want, got := replay(engine.Config{Data: t.TempDir()}), replay(shared)
	if diff := cmp.Diff(want, got); diff != "" || got.Events.Accepted == 0 {
		t.Errorf("summaries differ (-sqlite +postgres):\n%s", diff)
	}
	if again := replay(shared); again.Events.Accepted != 0 || again.Events.Duplicate != got.Events.Accepted+got.Events.Duplicate || !cmp.Equal(again.Grants, got.Grants) {
		t.Errorf("the same file again: %+v, want duplicates alone and %+v", again, got.Grants)
	}
}

// Commands that need no log take the ledger alone, and leave nothing behind in it.
func TestALedgerAloneServesAScratchFolder(t *testing.T) {
	ledger := newLedger(t)
	if _, err := engine.Open(t.Context(), engine.Config{Data: t.TempDir(), Ledger: ledger, MustExist: true, Scratch: true}); err == nil || !strings.Contains(err.Error(), "holds no engine") {
		t.Errorf("an empty database is opened as if it held an engine: %v", err)
	}
	s := fleet(t, 1, ledger)[0]
	s.apply(boutique)
	e, err := engine.Open(t.Context(), engine.Config{Data: t.TempDir(), Ledger: ledger, MustExist: true, Scratch: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b, err := engine.LoadBundle([]string{"../examples/grocer"})
	if err != nil {
		t.Fatal(err)
	}
	published, err := e.Apply(t.Context(), b, "from the command line")
	if err != nil {
		t.Fatal(err)
	}
	soon(t, "what a command published is live at the server", func() bool { return s.live() == published.Release })
}

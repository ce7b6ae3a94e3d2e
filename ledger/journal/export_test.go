package journal

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"boon"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func posting(budget, currency, kind string, minor int64) boon.Posting {
	return boon.Posting{Account: boon.Account{Budget: budget, Currency: boon.Currency(currency), Kind: boon.AccountKind(kind)}, Minor: minor}
}

func move(budget, currency, from, to string, minor int64) []boon.Posting {
	return []boon.Posting{posting(budget, currency, from, -minor), posting(budget, currency, to, minor)}
}

// story is a journal with what is hard to write down: a day that differs by time zone, currencies without and with three decimals, budgets whose
// ids read alike or would end a name, an order id that would end a comment, and an entry without money.
func story() []Entry {
	at := time.Date(2026, 3, 1, 4, 59, 59, 123, time.UTC) // still February in New York
	later := at.Add(time.Second)
	list := []boon.Entry{
		{ID: "ent_1", At: at, Transition: "fund", Postings: move("spring", "USD", "funding", "available", 100_000)},
		{ID: "ent_2", At: at, Transition: "issue", Grant: "grt_1", Postings: move("spring", "USD", "available", "committed", 1_001)},
		{ID: "ent_3", At: later, Transition: "save", Grant: "grt_1"},
		{ID: "ent_4", At: later, Transition: "redeem", Grant: "grt_1", OrderID: "A-7, date:2020-01-01; [2020-01-01]\nP 1 \"é\"", Postings: []boon.Posting{
			posting("spring", "USD", "committed", -1_001), posting("spring", "USD", "promo_expense", 334), posting("spring", "USD", "available", 667)}},
		{ID: "ent_5", At: later, Transition: "fund", Postings: move("Spring", "JPY", "funding", "available", 5)},
		{ID: "ent_6", At: later, Transition: "fund", Postings: move("a_b", "KWD", "funding", "available", 1_234_567)},
		{ID: "ent_7", At: later, Transition: "fund", Postings: move("a-b", "KWD", "funding", "available", 1)},
		{ID: "ent_8", At: later, Transition: "fund", Postings: move("a:b  (c); d", "USD", "funding", "available", 2)},
		{ID: "ent_9", At: at, Transition: "settle", Grant: "grt_2", OrderID: "9", Adjusts: at.AddDate(0, -1, 0), Postings: move("_", "USD", "overrun", "liability", 3)},
	}
	entries := make([]Entry, len(list))
	for i, e := range list {
		entries[i] = Entry{Seq: int64(i) + 1, Entry: e}
	}
	return entries
}

func written(t *testing.T, format string) []byte {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewWriter(format, &out, zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range story() {
		if err := w.Entry(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFormats(t *testing.T) {
	for _, format := range Formats() {
		got := written(t, format)
		path := filepath.Join("testdata", "story."+format)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs (go test -update rewrites it):\n%s", path, got)
		}
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	if _, err := NewWriter("word", &bytes.Buffer{}, time.UTC); !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
		t.Error(err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// An export to a full disk says so, and long before the last of millions of entries.
func TestAFullDiskIsTold(t *testing.T) {
	for _, format := range Formats() {
		w, err := NewWriter(format, full{}, time.UTC)
		for n := 0; err == nil && n < 10_000; n++ {
			err = w.Entry(story()[1])
		}
		if err == nil {
			t.Errorf("%s: nothing was told", format)
		}
		if w.Close() == nil {
			t.Errorf("%s: Close tells nothing", format)
		}
	}
}

func TestDays(t *testing.T) {
	for d, field := range map[Days]string{
		{}: "", {From: "2026-01-31"}: "", {From: "2026-01-31", To: "2026-01-31"}: "",
		{From: "31.1."}: "from", {To: "2026-02-30"}: "to", {From: "2026-02-01", To: "2026-01-31"}: "to",
	} {
		var refusal *boon.Error
		if err := d.Check(); errors.As(err, &refusal) != (field != "") || field != "" && refusal.Field != field {
			t.Errorf("%+v: %v", d, err)
		}
	}
	d := Days{From: "2026-01-02", To: "2026-01-03"}
	for day, want := range map[string][2]bool{"2026-01-01": {true, false}, "2026-01-02": {}, "2026-01-03": {}, "2026-01-04": {false, true}} {
		if got := [2]bool{d.Before(day), d.Past(day)}; got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
}

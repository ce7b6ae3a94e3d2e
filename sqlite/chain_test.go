package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/ledger/journal"
	"boon/redeem"
	"boon/sqlite"
)

func fund(n int) boon.Entry {
	account := boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountAvailable}
	source := account
	source.Kind = boon.AccountFunding
	return boon.Entry{ID: fmt.Sprint("ent_", n), At: conformance.Monday.Add(time.Duration(n) * time.Hour), Transition: "fund",
		Postings: []boon.Posting{{Account: source, Minor: -100}, {Account: account, Minor: 100}}}
}

// books has five entries and four acts; the third entry adjusts a closed period.
func books(t *testing.T, dir string) *sqlite.DB {
	t.Helper()
	db := open(t, dir)
	for n := range 5 {
		e := fund(n)
		if n == 2 {
			e.Adjusts = conformance.Monday.Add(-time.Hour)
		}
		if err := db.Update(t.Context(), func(tx redeem.Tx) error { return tx.Post(e) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Audit(t.Context(), conformance.Monday, "ada", "changed", fmt.Sprint("Offer/", n), nil); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// behind runs SQL on the file behind Boon's back, and opens it again.
func behind(t *testing.T, db *sqlite.DB, dir string, statements ...string) *sqlite.DB {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, s := range statements {
		if _, err := raw.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return open(t, dir)
}

const unlock = "DROP TRIGGER entries_stay; DROP TRIGGER entries_last; DROP TRIGGER audit_stays; DROP TRIGGER audit_lasts"

func broken(t *testing.T, db *sqlite.DB, noted journal.Heads) string {
	t.Helper()
	r, err := db.Report(t.Context(), nil, noted)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range r.Findings {
		if f.Rule == "chain" {
			all = append(all, f.Subject+": "+f.Detail)
		}
	}
	return strings.Join(all, "\n")
}

func TestChainsAreFollowedOverARestart(t *testing.T) {
	dir := t.TempDir()
	db := behind(t, books(t, dir), dir)
	if err := db.Update(t.Context(), func(tx redeem.Tx) error { return tx.Post(fund(9)) }); err != nil {
		t.Fatal(err)
	}
	r, err := db.Report(t.Context(), nil, journal.Heads{})
	if err != nil || r.Entries != 6 || r.Acts != 5 || r.Journal.Seq != 6 || r.Audit.Seq != 5 || len(r.Findings) != 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// What failed leaves no link behind: the next entry follows the last that was committed.
func TestWhatIsTakenBackIsNoLink(t *testing.T) {
	db := books(t, t.TempDir())
	boom := fmt.Errorf("taken back")
	err := db.Update(t.Context(), func(tx redeem.Tx) error {
		if err := tx.Post(fund(7)); err != nil {
			return err
		}
		return boom
	})
	if err != boom {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx redeem.Tx) error { return tx.Post(fund(8)) }); err != nil {
		t.Fatal(err)
	}
	if found := broken(t, db, journal.Heads{}); found != "" {
		t.Error(found)
	}
}

func TestTamperingIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ sql, want string }{
		"a cent":             {"UPDATE entries SET postings = 'funding=-101 available=101' WHERE seq = 3", "journal: link 3 (ent_2)"},
		"a date":             {"UPDATE entries SET at = at + 1 WHERE seq = 2", "journal: link 2 (ent_1)"},
		"what it adjusts":    {"UPDATE entries SET adjusts = NULL WHERE seq = 3", "journal: link 3 (ent_2)"},
		"one taken out":      {"DELETE FROM entries WHERE seq = 4", "journal: link 5 (ent_4)"},
		"the first":          {"DELETE FROM entries WHERE seq = 1", "journal: link 2 (ent_1)"},
		"two changed places": {"UPDATE entries SET seq = 99 WHERE seq = 1; UPDATE entries SET seq = 1 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 99", "journal: link 1 (ent_1)"},
		"who did it":         {"UPDATE audit SET actor = 'bob' WHERE seq = 2", "audit: link 2 (changed Offer/1)"},
		"an act taken out":   {"DELETE FROM audit WHERE seq = 2", "audit: link 3 (changed Offer/2)"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := behind(t, books(t, dir), dir, unlock, c.sql)
			if found := broken(t, db, journal.Heads{}); !strings.HasPrefix(found, c.want) || strings.Contains(found, "\n") {
				t.Errorf("found %q, want %q alone", found, c.want)
			}
		})
	}
}

// A chain that was cut off at its end holds by itself; a head that was noted tells.
func TestTruncationIsFoundByTheHead(t *testing.T) {
	dir := t.TempDir()
	db := books(t, dir)
	r, err := db.Report(t.Context(), nil, journal.Heads{})
	if err != nil {
		t.Fatal(err)
	}
	noted := journal.Heads{Journal: r.Journal, Audit: r.Audit}
	if found := broken(t, db, noted); found != "" {
		t.Error(found)
	}
	forged := noted
	forged.Journal = journal.Head{Seq: 2, Hash: r.Journal.Hash}
	if found := broken(t, db, forged); !strings.HasPrefix(found, "journal: link 2 (ent_1) was ") {
		t.Error(found)
	}
	db = behind(t, db, dir, unlock, "DELETE FROM entries WHERE seq = 5", "DELETE FROM audit WHERE seq >= 4")
	if found := broken(t, db, journal.Heads{}); found != "" {
		t.Error(found)
	}
	want := "audit: it ends at link 3, but link 5 was there when its head was noted: the end was cut off\n" +
		"journal: it ends at link 4, but link 5 was there when its head was noted: the end was cut off"
	if found := broken(t, db, noted); found != want {
		t.Error(found)
	}
}

func TestTheSchemaForbidsChanges(t *testing.T) {
	dir := t.TempDir()
	db := books(t, dir)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, s := range []string{"UPDATE entries SET at = 0", "DELETE FROM entries", "UPDATE audit SET actor = ''", "DELETE FROM audit", "REPLACE INTO audit SELECT * FROM audit WHERE seq = 0"} {
		_, err := raw.Exec(s)
		if refused := err != nil && strings.Contains(err.Error(), "append-only"); refused == strings.HasPrefix(s, "REPLACE") {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// A journal of the schema before chains is chained from its first entry on.
func TestAnOlderJournalIsChained(t *testing.T) {
	dir := t.TempDir()
	raw, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"0001_start.sql", "0002_late_alarms.sql"} {
		text, err := os.ReadFile(filepath.Join("migrations", file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.Exec("PRAGMA user_version = 2"); err != nil {
		t.Fatal(err)
	}
	for n := range 1001 { // more than a page
		_, err := raw.Exec("INSERT INTO entries (id, at, transition, grant_id, order_id, budget, currency, postings) VALUES (?, ?, 'fund', '', '', 'spring', 'USD', 'funding=-1 available=1')",
			fmt.Sprint("ent_", n), n)
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = raw.Exec(`INSERT INTO balances (budget, currency, kind, minor) VALUES ('spring', 'USD', 'funding', -1001), ('spring', 'USD', 'available', 1001);
		INSERT INTO audit (at, actor, action, subject) VALUES (1, 'ada', 'added', 'Offer/x')`)
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir)
	r, err := db.Report(t.Context(), nil, journal.Heads{})
	if err != nil || len(r.Findings) != 0 || r.Journal.Seq != 1001 || r.Journal.Hash == (journal.Hash{}) || r.Audit.Seq != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if err := db.Update(t.Context(), func(tx redeem.Tx) error { return tx.Post(fund(2000)) }); err != nil {
		t.Fatal(err)
	}
	db = behind(t, db, dir, unlock, "UPDATE entries SET order_id = 'x' WHERE seq = 1")
	if found := broken(t, db, journal.Heads{}); !strings.HasPrefix(found, "journal: link 1 (ent_0)") {
		t.Error(found)
	}
}

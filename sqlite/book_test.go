package sqlite_test

import (
	"testing"

	"boon/conformance"
	"boon/memory"
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

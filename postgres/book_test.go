package postgres_test

import (
	"testing"

	"boon/conformance"
	"boon/memory"
	"boon/postgres"
)

// emptied is a book that a test opens again and again: each time it is empty.
type emptied struct{ conformance.AuditedBook }

func TestBook(t *testing.T) {
	addresses, books := map[string]string{}, map[string]*postgres.DB{}
	conformance.Book(t, func(t testing.TB) conformance.AuditedBook {
		if addresses[t.Name()] == "" {
			addresses[t.Name()] = newDatabase(t)
			books[t.Name()] = open(t, addresses[t.Name()], "one")
		} else {
			empty(t, addresses[t.Name()])
		}
		return emptied{books[t.Name()]}
	}, func(testing.TB) conformance.AuditedBook { return memory.NewBook() })
}

// empty takes everything out of the books behind Boon's back, also what is append-only, and moves the clock, which tells a process that holds
// values to drop them.
func empty(t testing.TB, address string) {
	statement := "SET session_replication_role = replica; UPDATE clock SET batch = batch + 1, entries = 0, grants = 0, head = ''"
	for _, table := range []string{"grants", "entries", "balances", "counters", "reservations", "redemptions", "reversals", "answers", "late", "alarms", "pauses", "rulings"} {
		statement += "; DELETE FROM " + table
	}
	admin(t, address, statement)
}

// Two processes on one database: what holds in one holds over both.
func TestTwoProcesses(t *testing.T) {
	conformance.BookShared(t, func(t testing.TB) []conformance.AuditedBook {
		address := newDatabase(t)
		return []conformance.AuditedBook{open(t, address, "one"), open(t, address, "two")}
	})
}

package memory_test

import (
	"testing"

	"boon/conformance"
	"boon/memory"
)

func TestBook(t *testing.T) {
	open := func(testing.TB) conformance.AuditedBook { return memory.NewBook() }
	conformance.Book(t, open, open)
}

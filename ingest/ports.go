package ingest

import (
	"context"
	"time"

	"boon"
)

// Hasher turns a normalised identifier into its keyed hash (internal/seal has it).
type Hasher interface {
	Hash(ns boon.Namespace, normalised string) boon.Identifier
}

// Cleaner normalises a raw identifier of a namespace; false: it identifies nobody ("null", "", "unknown"). internal/seal has it.
type Cleaner func(ns boon.Namespace, raw string) (string, bool)

// Log is the event log's writing end. Entries are durable on return and de-duplicated by MessageID; what with returns is written in the same
// atomic batch, also when there are no entries.
type Log interface {
	Append(ctx context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error)
}

// Sealer encrypts under a person's own key. Prepare makes the keys that are missing, all at once; Seal is safe for concurrent use.
type Sealer interface {
	Prepare(ctx context.Context, owners []boon.Identifier) error
	Seal(ctx context.Context, owner boon.Identifier, plain []byte) ([]byte, error)
}

// Vault keeps what must be known in the clear to reach someone, sealed. Of two values for one owner and field the later At stays.
type Vault interface {
	PutContacts(ctx context.Context, contacts []SealedContact) error
}

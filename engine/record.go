package engine

import (
	"context"
	"time"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
	"boon/ledger"
	"boon/ledger/journal"
	"boon/publish"
	"boon/redeem"
)

// record is the system of record: what stands when every online state is lost. Package sqlite keeps it for one process, package postgres for many.
type record interface {
	redeem.Book
	redeem.CodeStore
	seal.KeyStore
	ingest.Vault
	holdings
	figures
	releases
	accessKeys
	notes
	alarms
	Close() error
}

// holdings reads wallets, the oldest grant first, as committed. What it returns must not be changed.
type holdings interface {
	Owned(ctx context.Context, owners []boon.Identifier) ([]boon.Grant, error)
}

// figures reads the books back whole.
type figures interface {
	Report(ctx context.Context, caps map[string]int64, noted journal.Heads) (journal.Report, error)
	EntriesOf(ctx context.Context, q journal.Query) (journal.Page, error)
	Balances(ctx context.Context) ([]ledger.Balance, error)
	GrantCounts(ctx context.Context) (ledger.Counts, error)
}

// releases keeps what was published. "" and nil: there is none.
type releases interface {
	Configuration() publish.Book
	ActiveRelease(ctx context.Context) (id string, source []byte, err error)
	Release(ctx context.Context, id string) (source []byte, err error)
	Releases(ctx context.Context, max int) ([]boon.ReleaseInfo, error)
}

// accessKeys keeps the hashes of API keys.
type accessKeys interface {
	PutAccessKey(ctx context.Context, hash []byte, scopes []string, name string, at time.Time) error
	AccessKey(ctx context.Context, hash []byte) (scopes []string, name string, found bool, err error)
	ListAccessKeys(ctx context.Context) ([]boon.AccessKey, error)
	DropAccessKeyNamed(ctx context.Context, name string) (bool, error)
}

// notes reads named values, and what operators did.
type notes interface {
	settings
	Audit(ctx context.Context, at time.Time, actor, action, subject string, detail []byte) error
	AuditLog(ctx context.Context, after int64, max int) ([]boon.AuditEntry, error)
	AuditReport(ctx context.Context, noted journal.Head) (journal.Report, error)
	AuditBefore(ctx context.Context, before int64, max int) ([]boon.AuditEntry, error)
}

type settings interface {
	Setting(ctx context.Context, name string) ([]byte, error)
	PutSetting(ctx context.Context, name string, value []byte) error
}

// shared is what a record that several processes use has besides: by it they follow each other.
type shared interface {
	ingest.Edges
	// FirstSetting stores a value unless there is one, and returns the stored one.
	FirstSetting(ctx context.Context, name string, value []byte) ([]byte, error)
	Setting(ctx context.Context, name string) ([]byte, error)
	sharedShelf
	// News is what a process compares with what it knows: the release in force, the last edge, and the last change of the shelf.
	News(ctx context.Context) (release string, edge, shelf int64, err error)
	Edges(ctx context.Context, after int64, max int) ([]ingest.Edge, error)
	// Listen calls heard when there may be news; it returns when it can no longer hear.
	Listen(ctx context.Context, heard func()) error
}

// sharedShelf keeps what feeds say, for every process to read.
type sharedShelf interface {
	// PutShelf stores changes unless there are others after known, and says the place of the last.
	PutShelf(ctx context.Context, known int64, writes []boon.Write) (last int64, stored bool, err error)
	Shelf(ctx context.Context, after int64, max int) (writes []boon.Write, last int64, err error)
	// Followed tells the others up to which place this process has read; Behind says whether one of them hears of changes and is not there yet.
	Followed(ctx context.Context, place int64) error
	Behind(ctx context.Context, place int64) (bool, error)
}

// alarms reads what was raised, in the order in which it was stored: what comes later has a higher Seq.
type alarms interface {
	AlarmsAfter(ctx context.Context, after int64, max int) ([]boon.StoredAlarm, error)
	AlarmCounts(ctx context.Context) (byRule map[string]int64, err error)
}

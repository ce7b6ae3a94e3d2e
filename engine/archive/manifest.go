package archive

import (
	"errors"
	"time"
)

// Format is the version of the file's layout. Another one is refused.
const Format = 1

const (
	formatName   = "format"
	manifestName = "manifest.json"
)

// ErrIncomplete says that the manifest is missing: the file was cut short.
var ErrIncomplete = errors.New("the backup has no end: it was cut short while it was written or copied")

// ErrDamaged says that a file of the archive is not what the manifest says.
var ErrDamaged = errors.New("the backup is damaged")

// Manifest is what a backup says of itself.
type Manifest struct {
	Format   int       `json:"format"`
	Program  string    `json:"program"` // version that wrote it
	Taken    time.Time `json:"taken"`
	Ledger   string    `json:"ledger"` // "sqlite": inside; "postgres": dumped apart
	Schema   int       `json:"schema,omitempty"`
	Release  string    `json:"release,omitempty"` // live when it was taken
	Position uint64    `json:"position"`          // of the log: it reaches at least this far
	Applied  uint64    `json:"applied"`           // position that the online state has
	Mark     uint64    `json:"mark"`              // position whose money is booked
	Entries  int64     `json:"entries"`           // of the journal
	Totals   []Total   `json:"totals,omitempty"`
	Key      bool      `json:"key"` // instance.key is inside
	Parts    []Part    `json:"parts"`
}

// Total is what the journal's accounts of one kind come to, over all budgets.
type Total struct {
	Account  string `json:"account"`
	Currency string `json:"currency"`
	Minor    int64  `json:"minor"`
}

// Part is one file.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

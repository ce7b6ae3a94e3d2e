package batch

import (
	"time"

	"boon"
	"boon/ledger"
	"boon/redeem"
)

// ErrClosed says that the book was closed.
var ErrClosed error = boon.Refuse(boon.ReasonUnavailable, "the system of record is closed")

// Want names rows by their keys.
type Want struct {
	redeem.Reads
	Held     []string // grants: their open reservations
	Late     []string // orders: what came before them
	Accounts []boon.Account
	Marks    []uint32
	Paused   bool // all that is paused

	Rulings     []string // kind/id
	OpenRulings string   // all open ones of a kind
}

// Rows are rows as stored. A row may come twice, and more may come than was asked for; what was asked for and is not there does not exist.
type Rows struct {
	Grants       []boon.Grant
	Coded        []Coded
	Reservations []boon.Reservation
	Redemptions  []boon.Redemption
	Answers      []redeem.Answer
	Counters     []Count
	Balances     []ledger.Balance
	Late         []Late // in the order of arrival
	Marks        []Mark
	Paused       []boon.Pause
	Rulings      []redeem.Ruling
}

// Coded is the first grant with a code; the grant is among the rows.
type Coded struct{ Code, Grant string }

// Count is a counter.
type Count struct {
	Key string
	N   int64
}

// Late is an event that came before its order.
type Late struct {
	Order, ID string
	Body      []byte
}

// Mark is a partition's.
type Mark struct {
	Partition uint32
	At        boon.Position
}

// Reader reads rows of one state of the database.
type Reader interface {
	redeem.Deadlines
	redeem.Pools
	Load(w Want) (Rows, error)
}

// Store is the database as the one writer of this process sees it. It reads in the transaction that is open.
type Store interface {
	Reader
	// Begin opens a transaction that no other writer of the database is beside, and loads. moved: somebody else wrote since the last Commit.
	Begin(w Want) (rows Rows, moved bool, err error)
	// Commit writes the changes and makes them durable; an error says that nothing happened.
	Commit(c Changes) error
	// Rollback ends a transaction after whatever error.
	Rollback()
}

// Changes are what a batch leaves. Rows that are new come in the order in which they were made.
type Changes struct {
	Counters     []Shift
	Balances     []Shift
	Entries      []boon.Entry
	Grants       []Row[boon.Grant]
	Reservations []boon.Reservation // to insert or replace, in this order: a grant's hold that ended is before the one that took its place
	Redemptions  []Row[boon.Redemption]
	Reversals    []boon.Reversal
	Answers      []redeem.Answer // to insert or replace
	Forget       time.Time       // answers before it, if it is not zero, before Answers are written
	Marks        []Mark          // to insert or replace
	Late         []Late          // to insert, unless there
	Alarms       []boon.Alarm    // to insert, unless there
	Stops        []Stop          // in this order
	Acts         []boon.AuditEntry
	Rulings      []redeem.Ruling // to insert or replace
}

// Row is a row to insert, or to update when it is stored.
type Row[T any] struct {
	Value  T
	Stored bool
}

// Stop is a pause to insert, or, when it is gone, to delete.
type Stop struct {
	Pause boon.Pause
	Gone  bool
}

// Shift adds to a counter or a balance, if the sum stays within Floor and Most. Base is what was read.
type Shift struct {
	Key     string
	Account boon.Account
	Stored  bool // false: there is no row yet
	Base    int64
	Add     int64
	Floor   int64
	Most    int64
}

package publish

import (
	"context"
	"time"

	"boon"
)

// Checker checks what is written in languages of its own. Errors are *boon.Error with Line and Column within the text.
type Checker interface {
	Expression(expr string, use Use) error
	Message(m boon.Message) error // the error's Field is "message.title" or "message.body"
}

// Compiler prepares a Checker of expressions that may name the segments. An error of a segment says which: `segment "id"`.
type Compiler func(segments []boon.Segment) (Checker, error)

// Book is the system of record. Update runs fn in one transaction, which counts only when fn gives nil.
type Book interface {
	Update(ctx context.Context, fn func(Desk) error) error
}

// Desk is what one publication reads and writes within its transaction.
type Desk interface {
	// ActiveRelease is the release in force; "" before the first.
	ActiveRelease(ctx context.Context) (id string, body []byte, err error)
	// Release is the body of any release; nil when there is none of that id.
	Release(ctx context.Context, id string) ([]byte, error)
	// PutRelease keeps a release, unless it is kept already, and puts it in force.
	PutRelease(ctx context.Context, id string, body []byte, author string, at time.Time) error
	// Audit adds an entry to the audit trail.
	Audit(ctx context.Context, entry AuditEntry) error
	Drafts
}

// Drafts keeps proposals.
type Drafts interface {
	Proposal(ctx context.Context, id string) (p boon.Proposal, found bool, err error)
	PutProposal(ctx context.Context, p boon.Proposal) error                     // inserts or replaces
	Proposals(ctx context.Context, max int) (newest []boon.Proposal, err error) // newest first
}

// AuditEntry says who changed what. Old and New are the element's canonical JSON; nil where there was or is none.
type AuditEntry struct {
	At      time.Time
	Author  string
	Action  string // "added", "removed", "changed"; "activated" for the release itself
	Object  string // "Offer/ten-off", "Release/rel_..."
	Release string
	Old     []byte
	New     []byte
}

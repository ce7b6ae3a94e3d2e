package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"boon"
	"boon/ingest"
	"boon/ledger/journal"
	"boon/redeem"
)

// Ports are what the API is served by. All are required.
type Ports struct {
	Keys        Keys
	KeyRing     KeyRing
	Approvals   Approvals
	Hasher      Hasher
	Links       Links
	Events      Events
	Asides      Asides
	Decisions   Decisions
	Wallets     Wallets
	Checkout    Checkout
	Validator   Validator
	Codes       Codes
	Catalogue   Catalogue
	Releases    Releases
	Profiles    Profiles
	Ledger      Ledger
	Audit       Audit
	Shop        Shop
	Flags       Flags
	Experiments Experiments
	Stream      Stream
	Operations  Operations
	Pauses      Pauses
	Alarms      Alarms
	Reports     Reports
	Overrides   Overrides
	Holds       Holds
	Whys        Whys
}

// Keys knows API keys by their secret. A false ok stands for an unknown or revoked key.
type Keys interface {
	Key(ctx context.Context, secret string) (a Access, ok bool, err error)
}

// KeyRing makes keys and takes them away; by is the name of the key that asks. Add gives the secret, which is kept nowhere; a name that is taken is
// invalid_request. Drop of an unknown name is not_found.
type KeyRing interface {
	List(ctx context.Context) ([]boon.AccessKey, error)
	Add(ctx context.Context, name string, scopes []Scope, by string) (secret string, err error)
	Drop(ctx context.Context, name, by string) error
}

// Approvals keeps what waits for somebody else's approval. What is approved comes into force in the same transaction. Refusals: not_found, four_eyes,
// stale_proposal, already_decided.
type Approvals interface {
	Propose(ctx context.Context, bundle []byte, author, note string) (boon.Proposal, error)
	Approve(ctx context.Context, id, by, reply string) (boon.Proposal, error)
	Reject(ctx context.Context, id, by, reply string) (boon.Proposal, error)
	Proposals(ctx context.Context, max int) ([]boon.Proposal, error)
}

// Hasher normalises a raw identifier and hashes it under the instance's key. A value that cannot identify anyone is refused
// with invalid_request.
type Hasher interface {
	Identifier(namespace boon.Namespace, raw string) (boon.Identifier, error)
}

// Links keeps what a server key asserts: that these identifiers are one person (verified), or that a and b are not. Assert comes with
// every request that names several, so it is to be cheap when the links stand.
type Links interface {
	Assert(ctx context.Context, ids []boon.Identifier) error
	Cut(ctx context.Context, a, b boon.Identifier) error
}

// Events takes events in, in their order. It returns one receipt a message when every accepted one is durable; an error means that
// nothing is promised. When the log cannot keep up it is ReasonThrottled.
type Events interface {
	Accept(ctx context.Context, messages []ingest.Message) ([]ingest.Receipt, error)
}

// Decided is a decision and, in the order of evaluation, how each candidate fared.
type Decided struct {
	Decision   boon.Decision
	Candidates func() []boon.Candidate // in words; asked for only when the caller wants an explanation
	Replayed   bool                    // an equal request was decided before, and this is that decision
}

// Replayed says whether a record, computed again, gives the same bytes.
type Replayed struct {
	DecisionID  string   `json:"decisionId"`
	Equal       bool     `json:"equal"`
	Engine      string   `json:"engine" doc:"version of the engine that recorded the decision"`
	Differences []string `json:"differences" doc:"fields that differ, empty when equal"`
}

// Explained is a past decision in words, computed again from its record, and what became of it on the shopper's side.
type Explained struct {
	Decision   boon.Decision    `json:"decision"`
	Candidates []boon.Candidate `json:"candidates" doc:"in the order of evaluation"`
	Exposure   any              `json:"exposure" doc:"how often it was viewed, clicked, dismissed, saved"`
}

// Decisions decides and remembers. Decide returns when the grants it made are durable. Without an Idempotency-Key once is zero; with one
// the request's ID is the same on every call, and another digest under it is ReasonIdempotencyMismatch.
type Decisions interface {
	Decide(ctx context.Context, request boon.Request, once redeem.Once) (Decided, error)
	Record(ctx context.Context, id string) (json.RawMessage, error)
	Explain(ctx context.Context, id string) (Explained, error)
	Replay(ctx context.Context, id string) (Replayed, error)
}

// Wallets shows and keeps what a person was given: the grants of everyone in the verified component of the owners. Wallet lists them
// newest first. Save is refused with wrong_profile when the grant is someone else's; without owners a server key vouches for the shopper.
type Wallets interface {
	Wallet(ctx context.Context, owners []boon.Identifier) (profileID string, grants []boon.Grant, err error)
	Save(ctx context.Context, once redeem.Once, grantID string, owners []boon.Identifier) (Answer[boon.Grant], error)
	Revoke(ctx context.Context, once redeem.Once, grantID string) (Answer[boon.Grant], error)
}

// Answer is a write's result, or the one that its first call got when Replayed. A refusal that was stored comes back as the error,
// wrapped in [Again] when it is a replay.
type Answer[T any] struct {
	Value    T
	Replayed bool
}

// Again marks a refusal that answers a repeated Idempotency-Key.
type Again struct{ Refusal *boon.Error }

func (a Again) Error() string { return a.Refusal.Error() }

// Unwrap gives the refusal.
func (a Again) Unwrap() error { return a.Refusal }

// Checkout takes a code through a checkout; every write is exact and durable when it returns. Owners of a request are those that the caller
// named, hashed; the port widens them to their verified component.
type Checkout interface {
	Reserve(ctx context.Context, once redeem.Once, r redeem.Request) (Answer[redeem.Reserved], error)
	Release(ctx context.Context, once redeem.Once, reservationID string) (Answer[struct{}], error)
	Redeem(ctx context.Context, once redeem.Once, r redeem.Request) (Answer[redeem.Redeemed], error)
	Reverse(ctx context.Context, once redeem.Once, redemptionID string, back redeem.ReversalBody) (Answer[redeem.Reversed], error)
	Draw(ctx context.Context, once redeem.Once, redemptionID string, spent redeem.DrawBody) (Answer[redeem.Drawn], error)
}

// Validator says whether a code applies to a cart, and changes nothing. Refusals are in the answer.
type Validator interface {
	Validate(ctx context.Context, r redeem.Request) (redeem.Validation, error)
}

// Codes shows and fills pools. List calls each for at most count codes of an offer's pool from the number from on; what is not there ends it early.
// Guessed stores an alarm.
type Codes interface {
	Check(ctx context.Context, code string) (redeem.CodeState, error)
	List(ctx context.Context, offer string, from, count int64, each func(redeem.PoolCode) error) error
	Import(ctx context.Context, offer string, file io.Reader, progress func(done, of int)) (redeem.Import, error)
	Guessed(ctx context.Context, a boon.Alarm) error
}

// Feed is one bulk file in its own form.
type Feed struct {
	Kind   string // products | inventory | prices
	Format string // json | jsonl | csv | tsv
	Body   io.Reader
}

// Loaded says what became of a feed's rows. It is in effect for the next decision.
type Loaded struct {
	Read     int            `json:"read"`
	Accepted int            `json:"accepted"`
	Refused  int            `json:"refused"`
	Refusals []RefusedEntry `json:"refusals" doc:"each refused row, by its line"`
	Late     int            `json:"late,omitempty" doc:"competitors' prices that were seen before those that are known: accepted, and nothing changed"`
	Told     int            `json:"told,omitempty" doc:"shoppers for whom a product that they watch is back in stock or costs less: so many events are on the log"`
	Untold   []string       `json:"untold,omitempty" doc:"SKUs watched by more shoppers than one feed tells; those who looked last were told"`
}

// RefusedEntry is one refused row.
type RefusedEntry struct {
	Line   int         `json:"line"`
	Reason boon.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Field  string      `json:"field,omitempty"`
}

// Catalogue loads products, stock and prices.
type Catalogue interface {
	Load(ctx context.Context, feed Feed) (Loaded, error)
}

// Applied says what applying a bundle did, or with dry run would do.
type Applied struct {
	Release  string   `json:"release" doc:"id of the release, which is the digest of its content"`
	Changed  bool     `json:"changed"`
	Approval bool     `json:"approval,omitempty" doc:"one person may not publish it alone: propose it"`
	DryRun   bool     `json:"dryRun"`
	Changes  []Change `json:"changes"`
	Warnings []string `json:"warnings,omitempty" doc:"what the bundle does that is allowed and rarely meant"`
}

// Change is one object of a bundle that differs.
type Change struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Action string `json:"action" doc:"added, changed or removed"`
	Detail string `json:"detail,omitempty"`
}

// ReleaseInfo is one line of the release history.
type ReleaseInfo struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author,omitempty"`
	Live   bool      `json:"live"`
}

// Releases applies, exports and lists configuration. Apply of a bundle with mistakes is invalid_request with line and column.
type Releases interface {
	Apply(ctx context.Context, bundle []byte, author string, dryRun bool) (Applied, error)
	Rollback(ctx context.Context, id, author string) (Applied, error) // puts an earlier release in force: not_found, approval_required
	Export(ctx context.Context) ([]byte, error)
	List(ctx context.Context, max int) ([]ReleaseInfo, error)
}

// Profile is what is known of one person, for an operator.
type Profile struct {
	ID          string            `json:"id"`
	Identifiers []boon.Identifier `json:"identifiers" doc:"namespace:hash, never the raw value"`
	Links       []Link            `json:"links"`
	Features    map[string]any    `json:"features"`
	Consent     Consent           `json:"consent"`
}

// Consent is what the person has chosen; what is not listed was never asked.
type Consent struct {
	Choices []boon.Choice `json:"choices" doc:"the choice that stands for each purpose"`
	GPC     *time.Time    `json:"gpc,omitempty" doc:"last Global Privacy Control signal"`
}

// Link is one edge of the identity graph.
type Link struct {
	A        boon.Identifier `json:"a"`
	B        boon.Identifier `json:"b"`
	Verified bool            `json:"verified"`
	Cut      bool            `json:"cut,omitempty"`
	At       time.Time       `json:"at"`
}

// Ref names a profile: by its id, or by one of its identifiers.
type Ref struct {
	ID         string
	Identifier boon.Identifier
	Asked      string // as the caller wrote it, for answers
}

// Profiles shows profiles; an unknown one is ReasonNotFound.
type Profiles interface {
	Profile(ctx context.Context, ref Ref) (Profile, error)
	Fired(ctx context.Context, ref Ref) ([]Fired, error)
}

// Fired is one decision that a trigger asked for.
type Fired struct {
	DecisionID string         `json:"decisionId"`
	Trigger    string         `json:"trigger"`
	At         time.Time      `json:"at"`
	Deferred   time.Time      `json:"deferred,omitzero" doc:"when the trigger fired, where quiet hours put the decision off"`
	Placements []Placed       `json:"placements" doc:"empty when the trigger decides for none"`
	LeftOut    []boon.LeftOut `json:"leftOut,omitempty" doc:"what the shop's bound on candidates left out, by placement"`
}

// Placed is what a decision came to at one placement.
type Placed struct {
	Placement string       `json:"placement"`
	Outcome   boon.Outcome `json:"outcome"`
	Reason    boon.Reason  `json:"reason,omitempty"`
	Offer     string       `json:"offer,omitempty" doc:"of a holdout: what would have been offered"`
	Grant     string       `json:"grant,omitempty" doc:"its id"`
}

// Balance is one account's balance.
type Balance struct {
	Account boon.Account
	Minor   int64
}

// Ledger shows the books. Journal reads a page of entries.
// Close closes the books up to the end of a day that is over: period_closed when that is done; Closings lists what is closed, oldest first.
type Ledger interface {
	Journal(ctx context.Context, q journal.Query) (journal.Page, error)
	Close(ctx context.Context, day, by, actor string) (journal.Closing, error)
	Closings(ctx context.Context) ([]journal.Closing, error)
	Verify(ctx context.Context, noted journal.Heads) (journal.Report, error)
	Standing
}

// Standing shows where money is: Balances sorted by budget, currency and account, Budgets in the order of the bundle.
type Standing interface {
	Balances(ctx context.Context) ([]Balance, error)
	Budgets(ctx context.Context) ([]redeem.BudgetState, error)
}

// AuditEntry is one recorded act of an operator.
type AuditEntry struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor" doc:"name of the key"`
	Action string    `json:"action"`
	Object string    `json:"object"`
	Detail string    `json:"detail,omitempty"`
}

// Audit lists what was changed, newest first; before 0 starts at the newest.
type Audit interface {
	VerifyAudit(ctx context.Context, noted journal.Head) (journal.Report, error)
	Entries(ctx context.Context, before int64, max int) ([]AuditEntry, error)
}

// Shop gives the live release's shop: its currency and the origins that browsers may call from.
type Shop interface {
	Shop() boon.Shop
}

// Flags names the placements and experiments of the live release, in the order of the bundle.
type Flags interface {
	Flags() (placements, experiments []string)
}

// By is what a decision was taken for.
type By string

// A call asked for it, or an event completed a trigger.
const (
	ByCall  By = "call"
	ByEvent By = "event"
)

// Taken is a decision that holds.
type Taken struct {
	Decision boon.Decision
	Trigger  string
	By       By
}

// MissedUnknown stands for a number of decisions that nobody can tell: the one that was read last is of another process, or of none.
const MissedUnknown = -1

// Stream keeps the latest decisions of this process under ascending numbers. Next copies those that follow a number, from the number from on; missed
// is how many came in between and are kept no longer. Changed gives a channel that is closed when there are any; Done, one that is when there will be
// no more. Next and Changed never wait.
type Stream interface {
	Last() uint64
	Next(after uint64, into []Taken) (n int, from uint64, missed int64)
	Changed(after uint64) <-chan struct{}
	Done() <-chan struct{}
}

// Gauges are what an engine says of itself at a moment.
type Gauges struct {
	ApplyLag int64 // events in the log that are not applied yet
	LeftOut  int64 // offers that the bound on candidates left out of the decisions of triggers, since this process began
	Merges   int64 // of the event store's tables, and writings of new ones, under way
}

// Operations tell whether the engine can serve, with a note on what an operator should see to all the same. Backup writes all of it as one archive, as it
// stands at one moment; an error before the first byte is answered, one after it cuts the answer off.
type Operations interface {
	Ready(ctx context.Context) (note string, err error)
	Gauges() Gauges
	Backup(ctx context.Context, w io.Writer, withoutKey bool) error
}

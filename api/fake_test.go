package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"boon"
	"boon/ingest"
	"boon/ledger"
	"boon/ledger/journal"
	"boon/redeem"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// engine stands in for the flows behind the ports. It records what it is asked; err, when set, is what every port answers.
type engine struct {
	note       string // of readiness
	mu         sync.Mutex
	err        error
	panics     bool
	half       bool          // Backup writes before it fails
	entered    chan struct{} // not nil: Accept says that it began, and waits for leave
	leave      chan struct{}
	now        time.Time
	messages   []ingest.Message
	seen       map[string]bool
	request    boon.Request
	once       redeem.Once
	uses       redeem.Request
	back       redeem.ReversalBody
	owners     []boon.Identifier
	asserted   [][]boon.Identifier
	cut        []boon.Identifier
	feed       Feed
	feedBody   string
	bundle     string
	author     string
	dryRun     bool
	ref        Ref
	origins    []string
	replayed   bool
	candidates []boon.Candidate
	picks      []boon.Pick
	arms       []boon.Assigned
	leftOut    []boon.LeftOut
	looked     int // key look-ups
	alarms     []boon.Alarm
	query      journal.Query
	noted      journal.Heads
	closed     string
	asked      string
}

const (
	fullKey   = "sk_full"
	browseKey = "wk_browser"
	readKey   = "sk_read"
)

func newEngine() *engine { return &engine{now: noon, seen: map[string]bool{}} }

func (e *engine) ports() Ports {
	return Ports{
		Keys: e, Hasher: e, Links: e, Events: e, Decisions: e, Wallets: e, Checkout: e, Validator: e, Codes: pools{e}, Catalogue: e,
		KeyRing: ring{e}, Approvals: e, Releases: e, Profiles: e, Ledger: e, Audit: e, Shop: e, Flags: e, Experiments: e, Stream: silent{}, Operations: e, Pauses: &stops{engine: e}, Alarms: &stops{engine: e}, Reports: e,
		Overrides: rulings{e}, Holds: rulings{e}, Whys: rulings{e}, Asides: &unapplied{},
	}
}

func (e *engine) handler() http.Handler {
	return New(Config{Version: "test", TokenKey: []byte("0123456789abcdef0123456789abcdef"), Now: func() time.Time { return e.now }}, e.ports())
}

func (e *engine) Key(_ context.Context, secret string) (Access, bool, error) {
	e.looked++
	switch secret {
	case fullKey:
		return Access{Name: "full", Scopes: Scopes()}, true, nil
	case browseKey:
		return Access{Name: "browser", Scopes: []Scope{ScopeIngest}}, true, nil
	case readKey:
		return Access{Name: "reader", Scopes: []Scope{ScopeRead}}, true, nil
	}
	return Access{}, false, nil
}

func (e *engine) Identifier(n boon.Namespace, raw string) (boon.Identifier, error) {
	if raw == "null" {
		return boon.Identifier{}, boon.Invalid("", "%q identifies nobody.", raw)
	}
	return testID(n, raw), nil
}

func testID(n boon.Namespace, raw string) boon.Identifier {
	id := boon.Identifier{Namespace: n}
	digest := sha256.Sum256([]byte(raw))
	copy(id.Hash[:], digest[:])
	return id
}

func (e *engine) Assert(_ context.Context, ids []boon.Identifier) error {
	e.asserted = append(e.asserted, ids)
	return e.err
}

func (e *engine) Cut(_ context.Context, a, b boon.Identifier) error {
	e.cut = []boon.Identifier{a, b}
	return e.err
}

func (e *engine) Accept(_ context.Context, messages []ingest.Message) ([]ingest.Receipt, error) {
	if e.panics {
		panic("the log fell over: secret-detail")
	}
	if e.err != nil {
		return nil, e.err
	}
	if e.entered != nil {
		close(e.entered)
		<-e.leave
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.messages = append(e.messages, messages...)
	receipts := make([]ingest.Receipt, len(messages))
	for i, m := range messages {
		receipts[i] = ingest.Receipt{Index: i, Duplicate: m.MessageID != "" && e.seen[m.MessageID]}
		e.seen[m.MessageID] = true
		if m.UserID == "null" {
			receipts[i].Err = boon.Invalid("userId", "It identifies nobody.")
		}
	}
	return receipts, nil
}

func (e *engine) Decide(_ context.Context, r boon.Request, once redeem.Once) (Decided, error) {
	e.request, e.once = r, once
	d := boon.Decision{ID: r.ID, At: r.At, ProfileID: "prf_1", ReleaseID: "rel_1", Personal: true, Picks: e.picks, Experiments: e.arms, LeftOut: e.leftOut}
	return Decided{Decision: d, Candidates: func() []boon.Candidate { return e.candidates }, Replayed: e.replayed}, e.err
}

func (e *engine) Explain(_ context.Context, id string) (Explained, error) {
	return Explained{Decision: boon.Decision{ID: id}, Candidates: e.candidates}, e.err
}

func (e *engine) Record(_ context.Context, id string) (json.RawMessage, error) {
	if id != "dec_1" {
		return nil, boon.Refuse(boon.ReasonNotFound, "There is no decision %q.", id)
	}
	return json.RawMessage(`{"id":"dec_1"}`), e.err
}

func (e *engine) Replay(_ context.Context, id string) (Replayed, error) {
	return Replayed{DecisionID: id, Equal: true, Engine: "v1"}, e.err
}

func (e *engine) Wallet(_ context.Context, owners []boon.Identifier) (string, []boon.Grant, error) {
	e.owners = owners
	return "prf_1", []boon.Grant{testGrant()}, e.err
}

func testGrant() boon.Grant {
	return boon.Grant{
		ID: "grt_1", Offer: "ten-off", Decision: "dec_1", Type: boon.RewardPercentage, Level: 10 * boon.Unit, Currency: "USD",
		State: boon.StateIssued, Code: "ABC", Uses: 1, IssuedAt: noon, ExpiresAt: noon.Add(time.Hour), Discount: 250,
	}
}

func (e *engine) Save(_ context.Context, once redeem.Once, id string, owners []boon.Identifier) (Answer[boon.Grant], error) {
	e.once, e.owners = once, owners
	g := testGrant()
	g.ID, g.State = id, boon.StateSaved
	return Answer[boon.Grant]{g, e.replayed}, e.err
}

func (e *engine) Revoke(_ context.Context, once redeem.Once, id string) (Answer[boon.Grant], error) {
	e.once = once
	g := testGrant()
	g.ID, g.State = id, boon.StateRevoked
	return Answer[boon.Grant]{g, e.replayed}, e.err
}

func (e *engine) Validate(_ context.Context, r redeem.Request) (redeem.Validation, error) {
	e.uses = r
	if strings.HasPrefix(r.Code, "GUESS") {
		return redeem.Validation{Reason: boon.ReasonUnknownCode, Detail: "No such code."}, nil
	}
	if strings.HasPrefix(r.Code, "OTHERS") {
		return redeem.Validation{Reason: boon.ReasonWrongProfile, Detail: "Somebody else's."}, nil
	}
	return redeem.Validation{Valid: true, GrantID: "grt_1", Discount: &boon.Money{Minor: 600, Currency: "USD"},
		Lines: []redeem.LineAnswer{{ID: "l1", Discount: "6.00"}}}, e.err
}

// pools is the engine as the port of codes.
type pools struct{ *engine }

func (e pools) Check(_ context.Context, code string) (redeem.CodeState, error) {
	return redeem.CodeState{Code: code, Kind: "generated", Valid: true, State: "free", Offer: "spring", Number: 7}, e.err
}

func (e pools) List(_ context.Context, offer string, from, count int64, each func(redeem.PoolCode) error) error {
	if e.err != nil {
		return e.err
	}
	for n := from; n < min(from+count, 3); n++ {
		state := func() (string, error) { return "free", nil }
		if err := each(redeem.PoolCode{Code: fmt.Sprintf("%s-%d", offer, n+1), Number: n + 1, State: state}); err != nil {
			return err
		}
	}
	return nil
}

func (e pools) Import(_ context.Context, offer string, file io.Reader, progress func(done, of int)) (redeem.Import, error) {
	f, err := redeem.ReadCodes(offer, file)
	progress(len(f.Codes), len(f.Codes))
	if err == nil && e.err != nil {
		return redeem.Import{}, e.err
	}
	return redeem.Import{Offer: offer, Codes: int64(len(f.Codes)), Total: int64(len(f.Codes))}, err
}

func (e pools) Guessed(_ context.Context, a boon.Alarm) error {
	e.alarms = append(e.alarms, a)
	return nil
}

func (e *engine) Reserve(_ context.Context, once redeem.Once, r redeem.Request) (Answer[redeem.Reserved], error) {
	e.once, e.uses = once, r
	v := redeem.Reserved{ID: "rsv_1", GrantID: "grt_1", ExpiresAt: noon, Discount: boon.Money{Minor: 600, Currency: "USD"}, Lines: []redeem.LineAnswer{}}
	return Answer[redeem.Reserved]{v, e.replayed}, e.err
}

func (e *engine) Release(_ context.Context, once redeem.Once, _ string) (Answer[struct{}], error) {
	e.once = once
	return Answer[struct{}]{Replayed: e.replayed}, e.err
}

func (e *engine) Redeem(_ context.Context, once redeem.Once, r redeem.Request) (Answer[redeem.Redeemed], error) {
	e.once, e.uses = once, r
	if strings.HasPrefix(r.Code, "GUESS") {
		return Answer[redeem.Redeemed]{}, boon.Refuse(boon.ReasonUnknownCode, "No such code.")
	}
	v := redeem.Redeemed{ID: "rdm_1", GrantID: "grt_1", Discount: boon.Money{Minor: 600, Currency: "USD"}, Lines: []redeem.LineAnswer{}}
	return Answer[redeem.Redeemed]{v, e.replayed}, e.err
}

func (e *engine) Reverse(_ context.Context, once redeem.Once, _ string, back redeem.ReversalBody) (Answer[redeem.Reversed], error) {
	e.once, e.back = once, back
	return Answer[redeem.Reversed]{redeem.Reversed{ID: "rev_1", Amount: boon.Money{Minor: 300, Currency: "USD"}}, e.replayed}, e.err
}

func (e *engine) Draw(_ context.Context, once redeem.Once, _ string, spent redeem.DrawBody) (Answer[redeem.Drawn], error) {
	e.once = once
	return Answer[redeem.Drawn]{redeem.Drawn{ID: "drw_1", Points: spent.Points, Left: 100}, e.replayed}, e.err
}

func (e *engine) Load(_ context.Context, f Feed) (Loaded, error) {
	body, _ := io.ReadAll(f.Body)
	e.feed, e.feedBody = f, string(body)
	return Loaded{Read: 2, Accepted: 1, Refused: 1, Refusals: []RefusedEntry{{Line: 2, Reason: boon.ReasonInvalidRequest, Detail: "No id.", Field: "id"}}}, e.err
}

func (e *engine) Apply(_ context.Context, bundle []byte, author string, dryRun bool) (Applied, error) {
	e.bundle, e.author, e.dryRun = string(bundle), author, dryRun
	return Applied{Release: "rel_2", Changed: true, DryRun: dryRun}, e.err
}

func (e *engine) Rollback(_ context.Context, id, author string) (Applied, error) {
	e.asked = fmt.Sprint("roll back ", id, " ", author)
	return Applied{Release: id, Changed: true}, e.err
}

func (e *engine) Export(context.Context) ([]byte, error) { return []byte("kind: Shop\n"), e.err }

func (e *engine) List(context.Context, int) ([]ReleaseInfo, error) { return nil, e.err }

func (e *engine) Verify(_ context.Context, noted journal.Heads) (journal.Report, error) {
	e.noted = noted
	return journal.Report{Entries: 3, Grants: 2, Accounts: 4, Journal: journal.Head{Seq: 3, Hash: journal.Hash{31: 1}}}, e.err
}

func (e *engine) Close(_ context.Context, day, by, actor string) (journal.Closing, error) {
	e.closed = day + " " + by + " " + actor
	return journal.Closing{Day: day, Until: noon, At: noon, By: by, Head: journal.Head{Seq: 3}}, e.err
}

func (e *engine) Closings(context.Context) ([]journal.Closing, error) {
	account := boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountAvailable}
	return []journal.Closing{{Day: "2026-01-31", Until: noon, At: noon, By: "ada", Balances: []ledger.Balance{{Account: account, Minor: 5}}}}, e.err
}

func (e *engine) VerifyAudit(_ context.Context, noted journal.Head) (journal.Report, error) {
	e.noted = journal.Heads{Audit: noted}
	return journal.Report{Acts: 1, Findings: []ledger.Finding{{Rule: "chain", Subject: "audit", Detail: "link 1 is broken"}}}, e.err
}

func (e *engine) Journal(_ context.Context, q journal.Query) (journal.Page, error) {
	e.query = q
	account := boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountAvailable}
	back := account
	back.Kind = boon.AccountFunding
	entry := boon.Entry{ID: "ent_1", At: noon, Transition: "fund", Postings: []boon.Posting{{Account: back, Minor: -500}, {Account: account, Minor: 500}}}
	return journal.Page{Entries: []journal.Entry{{Seq: q.After + 1, Entry: entry}}, After: q.After + 1, Last: 9}, e.err
}

func (e *engine) Balances(context.Context) ([]Balance, error) {
	return []Balance{{boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountAvailable}, 4990}}, e.err
}

func (e *engine) Entries(context.Context, int64, int) ([]AuditEntry, error) { return nil, e.err }

func (e *engine) Shop() boon.Shop {
	return boon.Shop{Currency: "USD", Timezone: "UTC", Origins: e.origins}
}

func (e *engine) Ready(context.Context) (string, error) { return e.note, e.err }

func (e *engine) Gauges() Gauges { return Gauges{ApplyLag: 7, LeftOut: 100, Merges: 2} }

// Backup writes half of something before it fails.
func (e *engine) Backup(_ context.Context, w io.Writer, withoutKey bool) error {
	if e.err == nil || e.half {
		_, _ = io.WriteString(w, fmt.Sprintf("an archive, without key: %t", withoutKey))
	}
	return e.err
}

// call sends one request; headers come in pairs. A key of "" sends none.
func call(t testing.TB, h http.Handler, method, path, key, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func wantStatus(t testing.TB, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
}

func problemIn(t testing.TB, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("content type %q of %s", got, w.Body)
	}
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// golden compares with testdata, or rewrites it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", path, got)
	}
}

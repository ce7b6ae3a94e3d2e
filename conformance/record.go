package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
	"boon/ledger/journal"
	"boon/publish"
)

// Record is the system of record besides money.
type Record interface {
	Published
	Trail
	AuditReport(ctx context.Context, noted journal.Head) (journal.Report, error)
	seal.KeyStore
	DropDataKey(ctx context.Context, id boon.Identifier) error
	Contacts
	Access
}

// Published keeps what was published.
type Published interface {
	Configuration() publish.Book
	ActiveRelease(ctx context.Context) (id string, source []byte, err error)
	Release(ctx context.Context, id string) (source []byte, err error)
	Releases(ctx context.Context, max int) ([]boon.ReleaseInfo, error)
}

// Trail keeps what operators did, and named values.
type Trail interface {
	Audit(ctx context.Context, at time.Time, actor, action, subject string, detail []byte) error
	AuditLog(ctx context.Context, after int64, max int) ([]boon.AuditEntry, error)
	AuditBefore(ctx context.Context, before int64, max int) ([]boon.AuditEntry, error)
	Setting(ctx context.Context, name string) ([]byte, error)
	PutSetting(ctx context.Context, name string, value []byte) error
}

// Contacts is the vault.
type Contacts interface {
	ingest.Vault
	Contacts(ctx context.Context, owner boon.Identifier) ([]ingest.SealedContact, error)
	DropContacts(ctx context.Context, owner boon.Identifier) error
}

// Access keeps the hashes of API keys.
type Access interface {
	PutAccessKey(ctx context.Context, hash []byte, scopes []string, name string, at time.Time) error
	AccessKey(ctx context.Context, hash []byte) (scopes []string, name string, found bool, err error)
	AccessKeys(ctx context.Context) (int, error)
	DropAccessKey(ctx context.Context, hash []byte) error
	Named
}

// Named lists and drops access keys by their names.
type Named interface {
	ListAccessKeys(ctx context.Context) ([]boon.AccessKey, error)
	DropAccessKeyNamed(ctx context.Context, name string) (bool, error)
}

// RunRecord exercises a system of record besides money; open makes an empty one.
func RunRecord(t *testing.T, open func(testing.TB) Record) {
	t.Run("a release never changes, and any can be in force", func(t *testing.T) { recordReleases(t, open(t)) })
	t.Run("a publication that fails leaves nothing", func(t *testing.T) { recordFailedPublication(t, open(t)) })
	t.Run("one bundle published by many at once is one release", func(t *testing.T) { recordOneRelease(t, open(t)) })
	t.Run("the audit keeps its order", func(t *testing.T) { recordAudit(t, open(t)) })
	t.Run("the first data key wins", func(t *testing.T) { recordDataKeys(t, open(t)) })
	t.Run("many data keys at once", func(t *testing.T) { recordManyDataKeys(t, open(t)) })
	t.Run("the latest contact stays", func(t *testing.T) { recordContacts(t, open(t)) })
	t.Run("proposals, the newest first", func(t *testing.T) { recordProposals(t, open(t)) })
	t.Run("access keys have names", func(t *testing.T) { recordKeyNames(t, open(t)) })
	t.Run("access keys and settings", func(t *testing.T) { recordAccess(t, open(t)) })
}

// put publishes a body under an id.
func put(t testing.TB, r Record, id string, at time.Time, body string) {
	t.Helper()
	err := r.Configuration().Update(t.Context(), func(d publish.Desk) error {
		return d.PutRelease(t.Context(), id, []byte(body), "ada", at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func inForce(t testing.TB, r Record, wantID, wantSource string) {
	t.Helper()
	if id, source, err := r.ActiveRelease(t.Context()); id != wantID || string(source) != wantSource || err != nil {
		t.Errorf("in force: %q %q %v; want %q %q", id, source, err, wantID, wantSource)
	}
}

func recordReleases(t *testing.T, r Record) {
	inForce(t, r, "", "")
	for n := range 3 {
		put(t, r, fmt.Sprint("rel_", n), Monday.Add(time.Duration(n)*time.Hour), fmt.Sprint("source of ", n))
	}
	inForce(t, r, "rel_2", "source of 2")
	put(t, r, "rel_0", Monday, "forged")
	inForce(t, r, "rel_0", "source of 0")
	list, err := r.Releases(t.Context(), 2)
	want := []boon.ReleaseInfo{{ID: "rel_2", At: Monday.Add(2 * time.Hour), Author: "ada"}, {ID: "rel_1", At: Monday.Add(time.Hour), Author: "ada"}}
	if diff := cmp.Diff(want, list); diff != "" || err != nil {
		t.Errorf("the two newest first: %v %s", err, diff)
	}
	if source, err := r.Release(t.Context(), "rel_9"); source != nil || err != nil {
		t.Errorf("a release that is not there: %q %v", source, err)
	}
}

func recordFailedPublication(t *testing.T, r Record) {
	put(t, r, "rel_0", Monday, "first")
	err := r.Configuration().Update(t.Context(), func(d publish.Desk) error {
		return errors.Join(d.PutRelease(t.Context(), "rel_1", []byte("second"), "bob", Monday),
			d.Audit(t.Context(), publish.AuditEntry{At: Monday, Author: "bob", Action: "activated", Object: "Release/rel_1"}), errBook)
	})
	if !errors.Is(err, errBook) {
		t.Errorf("the publication ends with %v, want its own error", err)
	}
	inForce(t, r, "rel_0", "first")
	if list, err := r.AuditLog(t.Context(), 0, 10); len(list) != 0 || err != nil {
		t.Errorf("audit of what did not happen: %+v %v", list, err)
	}
}

func recordOneRelease(t *testing.T, r Record) {
	bundle := BookRelease().Bundle
	var all sync.WaitGroup
	results := make([]publish.Result, 8)
	for n := range results {
		all.Go(func() {
			var err error
			if results[n], err = (publish.Service{Book: r.Configuration()}).Apply(t.Context(), bundle, fmt.Sprint("editor ", n), Monday); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	changed := 0
	for _, result := range results {
		if !result.Unchanged {
			changed++
		}
	}
	list, err := r.Releases(t.Context(), 10)
	if changed != 1 || len(list) != 1 || err != nil {
		t.Errorf("%d publications changed something and there are %d releases, %v; want one of each", changed, len(list), err)
	}
	acts, err := r.AuditBefore(t.Context(), 0, 1000)
	activated := 0
	for _, a := range acts {
		if a.Action == "activated" {
			activated++
		}
	}
	if activated != 1 || err != nil {
		t.Errorf("activated %d times, %v; want once", activated, err)
	}
}

func recordAudit(t *testing.T, r Record) {
	for n := range 5 {
		if err := r.Audit(t.Context(), Monday, "ada", "publish", fmt.Sprint("rel_", n), []byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	first, err := r.AuditLog(t.Context(), 0, 2)
	if err != nil || len(first) != 2 {
		t.Fatal(first, err)
	}
	rest, err := r.AuditLog(t.Context(), first[1].Seq, 10)
	if err != nil || len(rest) != 3 || rest[0].Subject != "rel_2" || rest[2].Detail[0] != 4 || !rest[2].At.Equal(Monday) {
		t.Errorf("after the second: %+v %v", rest, err)
	}
	back, err := r.AuditBefore(t.Context(), rest[2].Seq, 2)
	if err != nil || len(back) != 2 || back[0].Subject != "rel_3" || back[1].Subject != "rel_2" {
		t.Errorf("before the last: %+v %v", back, err)
	}
	report, err := r.AuditReport(t.Context(), journal.Head{Seq: 5})
	if err != nil || report.Acts != 5 || report.Audit.Seq != 5 || len(report.Findings) != 1 {
		t.Errorf("the chain, against a head that is none of it: %+v %v", report, err)
	}
	if again, err := r.AuditReport(t.Context(), report.Audit); err != nil || len(again.Findings) != 0 {
		t.Errorf("the chain, against its own head: %+v %v", again, err)
	}
}

// Two callers that make the same person's key at once must seal with the same one, else what the loser sealed is lost.
func recordDataKeys(t *testing.T, r Record) {
	ids := []boon.Identifier{Shopper(1), Shopper(2), Shopper(1)}
	got := make([]map[boon.Identifier][]byte, 16)
	var all sync.WaitGroup
	for n := range got {
		all.Go(func() {
			keys, err := r.DataKeys(t.Context(), ids, func(boon.Identifier) []byte { return []byte{byte(n)} })
			if err != nil {
				t.Error(err)
			}
			got[n] = keys
		})
	}
	all.Wait()
	for _, keys := range got {
		if diff := cmp.Diff(got[0], keys); diff != "" || len(keys) != 2 {
			t.Errorf("callers disagree: %s", diff)
		}
	}
	if err := r.DropDataKey(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	if keys, err := r.DataKeys(t.Context(), ids, nil); err != nil || len(keys) != 1 {
		t.Errorf("after the drop: %v %v, want the second alone", keys, err)
	}
	if keys, err := r.DataKeys(t.Context(), ids, func(boon.Identifier) []byte { return nil }); err != nil || len(keys) != 1 {
		t.Errorf("where none could be made: %v %v, want the second alone", keys, err)
	}
	keys, err := r.DataKeys(t.Context(), ids, func(boon.Identifier) []byte { return []byte("new") })
	if err != nil || string(keys[ids[0]]) != "new" || string(keys[ids[1]]) == "new" {
		t.Errorf("made again: %q %v, want a new key for the first only", keys, err)
	}
}

// Of many people each gets the own key, those between whom there is a stranger too.
func recordManyDataKeys(t *testing.T, r Record) {
	var ids []boon.Identifier
	want := map[boon.Identifier][]byte{}
	for n := range 77 {
		ids = append(ids, Shopper(n))
		want[ids[n]] = []byte(ids[n].String())
	}
	keys, err := r.DataKeys(t.Context(), ids, func(id boon.Identifier) []byte { return []byte(id.String()) })
	if diff := cmp.Diff(want, keys); diff != "" || err != nil {
		t.Errorf("made: %v %s", err, diff)
	}
	for _, n := range []int{1, 2, 3, 31, 32, 33, 76} {
		some := append([]boon.Identifier{Shopper(1000)}, ids[n:]...)
		keys, err := r.DataKeys(t.Context(), some, nil)
		if err != nil || len(keys) != 77-n || keys[some[0]] != nil || string(keys[ids[n]]) != ids[n].String() {
			t.Errorf("of %d, one a stranger: %d keys, %v", len(some), len(keys), err)
		}
	}
}

func recordContacts(t *testing.T, r Record) {
	owner := Shopper(1)
	contact := func(field, sealed string, at time.Time) ingest.SealedContact {
		return ingest.SealedContact{Owner: owner, Field: field, Sealed: []byte(sealed), At: at}
	}
	all := []ingest.SealedContact{contact("email", "new", Monday), contact("phone", "p", Monday), contact("email", "old", Monday.Add(-time.Hour))}
	if err := r.PutContacts(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got, err := r.Contacts(t.Context(), owner)
	if diff := cmp.Diff(all[:2], got); diff != "" || err != nil {
		t.Errorf("contacts: %v %s", err, diff)
	}
	if err := r.DropContacts(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Contacts(t.Context(), owner); len(got) != 0 || err != nil {
		t.Errorf("after they were dropped: %v %v", got, err)
	}
}

func recordAccess(t *testing.T, r Record) {
	if err := r.PutAccessKey(t.Context(), []byte("hash"), []string{"ingest", "decide"}, "shop", Monday); err != nil {
		t.Fatal(err)
	}
	scopes, name, found, err := r.AccessKey(t.Context(), []byte("hash"))
	if diff := cmp.Diff([]string{"ingest", "decide"}, scopes); diff != "" || name != "shop" || !found || err != nil {
		t.Errorf("access key: %v %v %v %s", name, found, err, diff)
	}
	if _, _, found, err := r.AccessKey(t.Context(), []byte("other")); found || err != nil {
		t.Errorf("unknown key: %v %v", found, err)
	}
	if n, err := r.AccessKeys(t.Context()); n != 1 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
	if err := r.DropAccessKey(t.Context(), []byte("hash")); err != nil {
		t.Fatal(err)
	}
	if _, _, found, err := r.AccessKey(t.Context(), []byte("hash")); found || err != nil {
		t.Errorf("a key that was dropped: %v %v", found, err)
	}
	for _, value := range []string{"one", "two"} {
		if err := r.PutSetting(t.Context(), "a", []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	if value, err := r.Setting(t.Context(), "a"); string(value) != "two" || err != nil {
		t.Errorf("setting: %q %v", value, err)
	}
	if value, err := r.Setting(t.Context(), "b"); value != nil || err != nil {
		t.Errorf("a setting that was never put: %q %v", value, err)
	}
}

func recordProposals(t *testing.T, r Record) {
	in := func(fn func(publish.Desk) error) {
		t.Helper()
		if err := r.Configuration().Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	one := boon.Proposal{ID: "prp_1", At: Monday, By: "ada", Base: "rel_0", Release: "rel_1", State: boon.ProposalOpen, Source: []byte("source")}
	two := one
	two.ID = "prp_2"
	in(func(d publish.Desk) error {
		return errors.Join(d.PutProposal(t.Context(), one), d.PutProposal(t.Context(), two))
	})
	one.State, one.Decider, one.Decided = boon.ProposalApproved, "bob", Monday.Add(time.Hour)
	in(func(d publish.Desk) error { return d.PutProposal(t.Context(), one) })
	in(func(d publish.Desk) error {
		got, found, err := d.Proposal(t.Context(), "prp_1")
		if diff := cmp.Diff(one, got); diff != "" || !found {
			t.Errorf("found %v: %s", found, diff)
		}
		if _, found, err := d.Proposal(t.Context(), "prp_3"); found || err != nil {
			t.Errorf("one that is not there: %v %v", found, err)
		}
		list, more := d.Proposals(t.Context(), 1)
		if len(list) != 1 || list[0].ID != "prp_2" {
			t.Errorf("the newest: %+v", list)
		}
		return errors.Join(err, more)
	})
}

func recordKeyNames(t *testing.T, r Record) {
	for name, hash := range map[string]string{"bob": "b", "ada": "a"} {
		if err := r.PutAccessKey(t.Context(), []byte(hash), []string{"read", "write"}, name, Monday); err != nil {
			t.Fatal(err)
		}
	}
	dropped, err := r.DropAccessKeyNamed(t.Context(), "bob")
	if again, second := r.DropAccessKeyNamed(t.Context(), "bob"); !dropped || again || err != nil || second != nil {
		t.Errorf("dropped %v, again %v: %v %v", dropped, again, err, second)
	}
	list, err := r.ListAccessKeys(t.Context())
	want := []boon.AccessKey{{Name: "ada", Scopes: []string{"read", "write"}, At: Monday}}
	if diff := cmp.Diff(want, list); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

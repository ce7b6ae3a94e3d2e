package publish

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// ledgerBook is a book in memory: a transaction works on a copy, which replaces the book only when it went well.
type ledgerBook struct {
	page
	failAt int // the write that goes wrong; 0: none
}

type page struct {
	active   string
	releases map[string][]byte
	audit    []AuditEntry
	drafts   []boon.Proposal // newest first
	writes   int
	failAt   int
}

func (b *ledgerBook) Update(_ context.Context, fn func(Desk) error) error {
	copied := b.page
	copied.releases, copied.audit = maps.Clone(b.releases), slices.Clone(b.audit)
	copied.drafts = slices.Clone(b.drafts)
	copied.writes, copied.failAt = 0, b.failAt
	if copied.releases == nil {
		copied.releases = map[string][]byte{}
	}
	if err := fn(&copied); err != nil {
		return err
	}
	b.page = copied
	return nil
}

var errDisk = errors.New("the disk is full")

func (p *page) write() error {
	if p.writes++; p.writes == p.failAt {
		return errDisk
	}
	return nil
}

func (p *page) ActiveRelease(context.Context) (string, []byte, error) {
	return p.active, p.releases[p.active], nil
}

func (p *page) Release(_ context.Context, id string) ([]byte, error) { return p.releases[id], nil }

func (p *page) PutRelease(_ context.Context, id string, body []byte, _ string, _ time.Time) error {
	p.active, p.releases[id] = id, body
	return p.write()
}

func (p *page) Audit(_ context.Context, e AuditEntry) error {
	p.audit = append(p.audit, e)
	return p.write()
}

func (p *page) Proposal(_ context.Context, id string) (boon.Proposal, bool, error) {
	i := slices.IndexFunc(p.drafts, func(x boon.Proposal) bool { return x.ID == id })
	if i < 0 {
		return boon.Proposal{}, false, nil
	}
	return p.drafts[i], true, nil
}

func (p *page) PutProposal(_ context.Context, x boon.Proposal) error {
	if i := slices.IndexFunc(p.drafts, func(y boon.Proposal) bool { return x.ID == y.ID }); i >= 0 {
		p.drafts[i] = x
	} else {
		p.drafts = slices.Insert(p.drafts, 0, x)
	}
	return p.write()
}

func (p *page) Proposals(_ context.Context, max int) ([]boon.Proposal, error) {
	return p.drafts[:min(max, len(p.drafts))], nil
}

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func TestApply(t *testing.T) {
	ctx, book := context.Background(), &ledgerBook{}
	service := Service{book}
	first := loadExample(t, "boutique").Bundle
	one, err := service.Apply(ctx, first, "ada", noon)
	if err != nil {
		t.Fatal(err)
	}
	if one.Unchanged || book.active != one.Release || !strings.HasPrefix(one.Release, boon.PrefixRelease) || len(book.audit) != len(one.Changes)+1 {
		t.Fatalf("first release: %+v, %d audit entries", one, len(book.audit))
	}
	if again, err := service.Apply(ctx, first, "bob", noon); err != nil || !again.Unchanged || again.Release != one.Release || len(again.Changes) > 0 {
		t.Errorf("the same bundle again: %+v, %v", again, err)
	}

	second := altered(first)
	plan, err := service.Plan(ctx, second)
	if err != nil || book.active != one.Release {
		t.Fatalf("a plan wrote something, or %v", err)
	}
	two, err := service.Apply(ctx, second, "bob", noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Text(plan.Changes), Text(two.Changes)); diff != "" {
		t.Errorf("planned and done differ:\n%s", diff)
	}
	golden(t, "testdata/diff.txt", Text(two.Changes))
	golden(t, "testdata/audit.txt", auditText(book.audit[len(one.Changes)+1:]))

	back, err := service.Rollback(ctx, one.Release, "ada", noon.Add(2*time.Hour))
	if err != nil || back.Release != one.Release || book.active != one.Release {
		t.Errorf("roll back: %+v, %v", back, err)
	}
	if _, err := service.Rollback(ctx, "rel_none", "ada", noon); !errors.Is(err, boon.Refusal(boon.ReasonNotFound)) {
		t.Errorf("roll back to nothing: %v", err)
	}
}

// Whichever write goes wrong, the old release stays in force and nothing of the new one is there.
func TestNothingIsHalfPublished(t *testing.T) {
	ctx, book := context.Background(), &ledgerBook{}
	service := Service{book}
	first := loadExample(t, "boutique").Bundle
	one, err := service.Apply(ctx, first, "ada", noon)
	if err != nil {
		t.Fatal(err)
	}
	audits := len(book.audit)
	failed := 0
	for book.failAt = 1; ; book.failAt++ {
		two, err := service.Apply(ctx, altered(first), "bob", noon)
		if err == nil {
			if book.active != two.Release || failed < 3 {
				t.Fatalf("published %s after %d failures", book.active, failed)
			}
			return
		}
		failed++
		if !errors.Is(err, errDisk) || book.active != one.Release || len(book.releases) != 1 || len(book.audit) != audits {
			t.Fatalf("write %d: half published, %v", book.failAt, err)
		}
	}
}

// altered is the boutique with a longer offer, another trigger and without its experiment.
func altered(b boon.Bundle) boon.Bundle {
	b.Offers, b.Triggers, b.Experiments = slices.Clone(b.Offers), slices.Clone(b.Triggers), nil
	for i := range b.Offers {
		if o := &b.Offers[i]; o.ID == "before-you-go" {
			o.Duration = 3 * 24 * time.Hour
			o.Reward.MaxDiscount = 3000
			o.Reward.Levels = []boon.Micros{5 * boon.Unit, 12_500_000}
			o.Frequency = append(slices.Clone(o.Frequency), boon.Frequency{Max: 3, Per: 90 * 24 * time.Hour})
		}
	}
	b.Shop.Margins = maps.Clone(b.Shop.Margins)
	b.Shop.Margins["SHOES"] = 480_000
	b.Triggers = append(b.Triggers, boon.Trigger{ID: "quote", When: boon.Pattern{Event: boon.ShippingQuoted}})
	return b
}

func auditText(entries []AuditEntry) string {
	var out strings.Builder
	for _, e := range entries {
		out.WriteString(strings.Join([]string{e.At.Format(time.RFC3339), e.Author, e.Action, e.Object, "\n  old " + string(e.Old), "\n  new " + string(e.New)}, " ") + "\n")
	}
	return out.String()
}

func TestReleaseIDDependsOnContentOnly(t *testing.T) {
	b := loadExample(t, "grocer").Bundle
	body, err := Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	shuffled := b
	shuffled.Offers, shuffled.Budgets = slices.Clone(b.Offers), slices.Clone(b.Budgets)
	slices.Reverse(shuffled.Offers)
	slices.Reverse(shuffled.Budgets)
	same, _ := Encode(shuffled)
	if ReleaseID(body) != ReleaseID(same) {
		t.Error("the order of offers changed the release")
	}
	shuffled.Offers[0].Paused = true
	if other, _ := Encode(shuffled); ReleaseID(body) == ReleaseID(other) {
		t.Error("a paused offer did not change the release")
	}
	if _, err := Decode([]byte(`{"shop":{"id":"x","colour":"red"}}`)); err == nil {
		t.Error("a field of a later version was dropped")
	}
}

// Whatever Decode takes, Encode writes again to bytes that Decode takes as the same.
func FuzzDecode(f *testing.F) {
	body, err := Encode(loadExample(f, "boutique").Bundle)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"offers":[{"reward":{"levels":["1"]}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := Decode(body)
		if err != nil {
			return
		}
		once, err := Encode(b)
		if err != nil {
			return // a year past 9999
		}
		again, err := Decode(once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, err := Encode(again); err != nil || string(once) != string(twice) {
			t.Fatalf("%v\n%s\n%s", err, once, twice)
		}
	})
}

package publish

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"boon"
)

// governed is a book whose shop lets nobody change a budget alone.
func governed(t *testing.T) (Service, *ledgerBook, boon.Bundle) {
	t.Helper()
	book := &ledgerBook{}
	b := loadExample(t, "boutique").Bundle
	b.Shop.Approvals.Required = "budgets"
	if _, err := (Service{book}).Apply(context.Background(), b, "ada", noon); err != nil {
		t.Fatal(err)
	}
	return Service{book}, book, b
}

// more is the bundle with another hundred in its first budget.
func more(b boon.Bundle) boon.Bundle {
	b.Budgets = slices.Clone(b.Budgets)
	b.Budgets[0].Amount += 10_000
	return b
}

func TestFourEyesFromProposalToRelease(t *testing.T) {
	ctx := context.Background()
	s, book, b := governed(t)
	before := book.active
	if _, err := s.Apply(ctx, more(b), "ada", noon); !errors.Is(err, boon.Refusal(boon.ReasonApprovalRequired)) || book.active != before {
		t.Errorf("alone: %v", err)
	}
	open := b
	open.Shop.Approvals = boon.Approvals{}
	if _, err := s.Apply(ctx, open, "ada", noon); !errors.Is(err, boon.Refusal(boon.ReasonApprovalRequired)) {
		t.Errorf("taking the rule away alone: %v", err)
	}
	p, err := s.Propose(ctx, more(b), "ada", "Easter", noon)
	if err != nil || p.State != boon.ProposalOpen || p.Base != before || p.Changes == "" || book.active != before {
		t.Fatalf("%+v %v", p, err)
	}
	if _, err := s.Approve(ctx, p.ID, "ada", "", noon); !errors.Is(err, boon.Refusal(boon.ReasonFourEyes)) || book.active != before {
		t.Errorf("by the proposer: %v", err)
	}
	done, err := s.Approve(ctx, p.ID, "bob", "go", noon.Add(time.Hour))
	if err != nil || book.active != p.Release || done.State != boon.ProposalApproved {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := s.Reject(ctx, p.ID, "bob", "", noon); !errors.Is(err, boon.Refusal(boon.ReasonDecided)) {
		t.Errorf("decided twice: %v", err)
	}
	var acts []string
	for _, a := range book.audit[len(book.audit)-4:] {
		acts = append(acts, a.Author+" "+a.Action)
	}
	if want := []string{"ada proposed", "bob approved", "ada changed", "ada activated"}; !slices.Equal(acts, want) {
		t.Errorf("the audit says %v, want %v", acts, want)
	}
}

func TestAStaleProposalIsRefused(t *testing.T) {
	ctx := context.Background()
	s, book, b := governed(t)
	p, err := s.Propose(ctx, more(b), "ada", "", noon)
	if err != nil {
		t.Fatal(err)
	}
	other := b
	other.Shop.Origins = append(slices.Clone(b.Shop.Origins), "https://elsewhere.example")
	if _, err := s.Apply(ctx, other, "bob", noon); err != nil { // no budget: bob may alone
		t.Fatal(err)
	}
	active := book.active
	if _, err := s.Approve(ctx, p.ID, "bob", "", noon); !errors.Is(err, boon.Refusal(boon.ReasonStaleProposal)) || book.active != active {
		t.Errorf("%v", err)
	}
	if p, err = s.Reject(ctx, p.ID, "ada", "withdrawn", noon); err != nil || p.State != boon.ProposalRejected {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := s.Propose(ctx, other, "ada", "", noon); !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
		t.Errorf("what is in force: %v", err)
	}
	if _, err := s.Approve(ctx, "prp_none", "bob", "", noon); !errors.Is(err, boon.Refusal(boon.ReasonNotFound)) {
		t.Errorf("an unknown one: %v", err)
	}
}

// A disk that fails at any write of an approval leaves neither half of it.
func TestAnApprovalIsWhole(t *testing.T) {
	ctx := context.Background()
	for failAt := 1; failAt <= 5; failAt++ {
		s, book, b := governed(t)
		p, err := s.Propose(ctx, more(b), "ada", "", noon)
		if err != nil {
			t.Fatal(err)
		}
		active, acts := book.active, len(book.audit)
		book.failAt = failAt
		_, err = s.Approve(ctx, p.ID, "bob", "", noon)
		if !errors.Is(err, errDisk) || book.active != active || len(book.audit) != acts || book.drafts[0].State != boon.ProposalOpen {
			t.Errorf("write %d fails: %v, %s", failAt, err, book.drafts[0].State)
		}
	}
}

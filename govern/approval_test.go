package govern

import (
	"errors"
	"testing"
	"time"

	"boon"
)

func TestWhatNeedsApproval(t *testing.T) {
	budget, offer, rule := Touched{Budgets: true, Anything: true}, Touched{Anything: true}, Touched{Approvals: true, Anything: true}
	for required, want := range map[string][4]bool{"": {}, "none": {}, "budgets": {true, false, true, false}, "all": {true, true, true, false}} {
		for i, touched := range []Touched{budget, offer, rule, {}} {
			if got := NeedsApproval(boon.Approvals{Required: required}, touched); got != want[i] {
				t.Errorf("%q on %+v: %v", required, touched, got)
			}
		}
	}
}

func TestFourEyes(t *testing.T) {
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	open := boon.Proposal{ID: "prp_1", By: "ada", Base: "rel_1", State: boon.ProposalOpen}
	for name, c := range map[string]struct {
		change func(*boon.Proposal)
		by     string
		active string
		want   boon.Reason
	}{
		"somebody else":       {func(*boon.Proposal) {}, "bob", "rel_1", ""},
		"the proposer":        {func(*boon.Proposal) {}, "ada", "rel_1", boon.ReasonFourEyes},
		"another is in force": {func(*boon.Proposal) {}, "bob", "rel_2", boon.ReasonStaleProposal},
		"the first release":   {func(p *boon.Proposal) { p.Base = "" }, "bob", "", ""},
		"approved before":     {func(p *boon.Proposal) { p.State = boon.ProposalApproved }, "bob", "rel_1", boon.ReasonDecided},
		"rejected before":     {func(p *boon.Proposal) { p.State = boon.ProposalRejected }, "bob", "rel_1", boon.ReasonDecided},
	} {
		p := open
		c.change(&p)
		got, err := Approve(p, c.by, "fine", c.active, now)
		if c.want != "" && !errors.Is(err, boon.Refusal(c.want)) || c.want == "" && (err != nil || got.State != boon.ProposalApproved || got.Decider != c.by || got.Decided != now) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		rejected, err := Reject(p, c.by, "no", now)
		if (err == nil) != (p.State == boon.ProposalOpen) || err == nil && (rejected.State != boon.ProposalRejected || rejected.Reply != "no") {
			t.Errorf("%s, rejected: %+v %v", name, rejected, err)
		}
	}
}

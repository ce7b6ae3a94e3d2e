package govern

import (
	"time"

	"boon"
)

// Touched says which parts of the configuration a publication changes.
type Touched struct {
	Budgets   bool
	Approvals bool // the rule itself
	Anything  bool
}

// NeedsApproval says whether one person may not publish this alone, by the rule that is in force. The rule itself is under the rule.
func NeedsApproval(rule boon.Approvals, t Touched) bool {
	switch rule.Required {
	case "all":
		return t.Anything
	case "budgets":
		return t.Budgets || t.Approvals
	}
	return false
}

// Approve lets somebody else than the proposer agree, as long as the release that was proposed on is in force. Refusals: already_decided, four_eyes,
// stale_proposal.
func Approve(p boon.Proposal, by, reply, active string, now time.Time) (boon.Proposal, error) {
	switch {
	case p.State != boon.ProposalOpen:
		return p, decided(p)
	case p.By == by:
		return p, boon.Refuse(boon.ReasonFourEyes, "%s proposed %s and may not approve it.", by, p.ID)
	case p.Base != active:
		return p, boon.Refuse(boon.ReasonStaleProposal, "%s was made on %s, and %s is in force now. Propose it again.", p.ID, orNone(p.Base), orNone(active))
	}
	p.State, p.Decider, p.Reply, p.Decided = boon.ProposalApproved, by, reply, now
	return p, nil
}

// Reject lets anybody decline, and the proposer withdraw. Refusal: already_decided.
func Reject(p boon.Proposal, by, reply string, now time.Time) (boon.Proposal, error) {
	if p.State != boon.ProposalOpen {
		return p, decided(p)
	}
	p.State, p.Decider, p.Reply, p.Decided = boon.ProposalRejected, by, reply, now
	return p, nil
}

func decided(p boon.Proposal) error {
	return boon.Refuse(boon.ReasonDecided, "%s was %s by %s.", p.ID, p.State, p.Decider)
}

func orNone(release string) string {
	if release == "" {
		return "no release"
	}
	return release
}

package journal

import (
	"fmt"
	"iter"

	"boon"
	"boon/ledger"
)

// Report is what a check of everything found, and what it looked at.
type Report struct {
	Findings    []ledger.Finding
	Entries     int64
	Grants      int64
	Redemptions int64
	Accounts    int64
	Acts        int64 // of operators, in the audit
	Journal     Head
	Audit       Head
}

// Heads are the ends of both chains as noted earlier; a Seq of 0 asks for nothing.
type Heads struct{ Journal, Audit Head }

// Inspect recomputes the books as [ledger.Verify] does, follows both chains, and compares them with heads that were noted earlier. b.Entries is set
// here, from entries. The error is one of reading.
func Inspect(b ledger.Books, entries iter.Seq2[Entry, error], acts iter.Seq2[Act, error], noted Heads) (r Report, err error) {
	chain := Chain{Want: noted.Journal}
	b.Entries = chained(entries, &chain, &r.Entries)
	b.Grants, b.Redemptions = counted(b.Grants, &r.Grants), counted(b.Redemptions, &r.Redemptions)
	if r.Findings, err = ledger.Verify(b); err != nil {
		return r, err
	}
	r.Accounts, r.Journal = int64(len(b.Balances)), chain.Head
	r.chain("journal", chain)
	return r, r.acts(acts, noted.Audit)
}

// InspectAudit follows the audit's chain alone.
func InspectAudit(acts iter.Seq2[Act, error], noted Head) (r Report, err error) {
	return r, r.acts(acts, noted)
}

func (r *Report) acts(acts iter.Seq2[Act, error], noted Head) error {
	chain := Chain{Want: noted}
	for a, err := range acts {
		if err != nil {
			return fmt.Errorf("verify audit: %w", err)
		}
		r.Acts++
		chain.Link(a.Seq, a.Action+" "+a.Subject, a.Hash, func(prev Hash) Hash { return FollowAct(prev, a.AuditEntry) })
	}
	r.Audit = chain.Head
	r.chain("audit", chain)
	return nil
}

func (r *Report) chain(subject string, c Chain) {
	if broken := c.Broken(); broken != "" {
		r.Findings = append(r.Findings, ledger.Finding{Rule: "chain", Subject: subject, Detail: broken})
	}
}

// chained gives the entries and follows their chain.
func chained(entries iter.Seq2[Entry, error], c *Chain, n *int64) iter.Seq2[boon.Entry, error] {
	return func(yield func(boon.Entry, error) bool) {
		for e, err := range counted(entries, n) {
			if err == nil {
				c.Link(e.Seq, e.ID, e.Hash, func(prev Hash) Hash { return Follow(prev, e.Entry) })
			}
			if !yield(e.Entry, err) {
				return
			}
		}
	}
}

func counted[T any](all iter.Seq2[T, error], n *int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for x, err := range all {
			*n++
			if !yield(x, err) {
				return
			}
		}
	}
}

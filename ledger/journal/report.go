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

// Inspect recomputes the books as [ledger.Verify] does, follows both chains, compares them with heads that were noted earlier, and checks that closed
// periods stayed closed. b.Entries is set here, from entries. The error is one of reading.
func Inspect(b ledger.Books, entries iter.Seq2[Entry, error], acts iter.Seq2[Act, error], noted Heads) (r Report, err error) {
	var closed []*watch
	if err := r.acts(acts, noted.Audit, func(c Closing) { closed = append(closed, &watch{Closing: c, Standing: Standing{Until: c.Until}}) }); err != nil {
		return r, err
	}
	chain := Chain{Want: noted.Journal}
	b.Entries = chained(entries, func(e Entry) {
		r.Entries++
		chain.Link(e.Seq, e.ID, e.Hash, func(prev Hash) Hash { return Follow(prev, e.Entry) })
		for _, w := range closed {
			w.add(e, r.find)
		}
	})
	b.Grants, b.Redemptions = counted(b.Grants, &r.Grants), counted(b.Redemptions, &r.Redemptions)
	findings, err := ledger.Verify(b)
	if err != nil {
		return r, err
	}
	for _, w := range closed {
		w.end(r.find)
	}
	r.Accounts, r.Journal, r.Findings = int64(len(b.Balances)), chain.Head, append(r.Findings, findings...)
	r.chain("journal", chain)
	return r, nil
}

func (r *Report) find(f ledger.Finding) { r.Findings = append(r.Findings, f) }

// InspectAudit follows the audit's chain alone.
func InspectAudit(acts iter.Seq2[Act, error], noted Head) (r Report, err error) {
	err = r.acts(acts, noted, func(Closing) {})
	return r, err
}

func (r *Report) acts(acts iter.Seq2[Act, error], noted Head, each func(Closing)) error {
	chain := Chain{Want: noted}
	for a, err := range acts {
		if err != nil {
			return fmt.Errorf("verify audit: %w", err)
		}
		r.Acts++
		chain.Link(a.Seq, a.Action+" "+a.Subject, a.Hash, func(prev Hash) Hash { return FollowAct(prev, a.AuditEntry) })
		if c, is, err := ClosingOf(a.AuditEntry); err != nil {
			r.find(ledger.Finding{Rule: "closed", Subject: a.Subject, Detail: err.Error()})
		} else if is {
			each(c)
		}
	}
	r.Audit = chain.Head
	r.chain("audit", chain)
	return nil
}

func (r *Report) chain(subject string, c Chain) {
	if broken := c.Broken(); broken != "" {
		r.find(ledger.Finding{Rule: "chain", Subject: subject, Detail: broken})
	}
}

// chained gives the entries without their places, and each one to look before.
func chained(entries iter.Seq2[Entry, error], look func(Entry)) iter.Seq2[boon.Entry, error] {
	return func(yield func(boon.Entry, error) bool) {
		for e, err := range entries {
			if err == nil {
				look(e)
			}
			if !yield(e.Entry, err) {
				return
			}
		}
	}
}

func counted[T any](all iter.Seq2[T, error], n *int64) iter.Seq2[T, error] {
	if all == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for x, err := range all {
			*n++
			if !yield(x, err) {
				return
			}
		}
	}
}

package engine

import (
	"context"

	"boon/api"
	"boon/ledger/journal"
	"boon/redeem"
)

// verify recomputes the books.
func (e *Engine) verify(ctx context.Context, noted journal.Heads) (journal.Report, error) {
	caps := map[string]int64{}
	for _, o := range e.live.Load().release.Bundle.Offers {
		caps[o.ID] = o.Caps.Total
	}
	return e.book.Report(ctx, caps, noted)
}

// books serves the ledger.
type books struct{ e *Engine }

// Verify implements api.Ledger.
func (b books) Verify(ctx context.Context, noted journal.Heads) (journal.Report, error) {
	return b.e.verify(ctx, noted)
}

// Journal implements api.Ledger.
func (b books) Journal(ctx context.Context, q journal.Query) (journal.Page, error) {
	return b.e.book.EntriesOf(ctx, q)
}

// Balances implements api.Ledger.
func (b books) Balances(ctx context.Context) ([]api.Balance, error) {
	all, err := b.e.book.Balances(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]api.Balance, len(all))
	for i, x := range all {
		out[i] = api.Balance{Account: x.Account, Minor: x.Minor}
	}
	return out, nil
}

// Budgets implements api.Ledger.
func (b books) Budgets(ctx context.Context) ([]redeem.BudgetState, error) {
	return b.e.teller.Budgets(ctx, b.e.config.Now())
}

// audits serves what operators did.
type audits struct{ e *Engine }

// VerifyAudit implements api.Audit.
func (a audits) VerifyAudit(ctx context.Context, noted journal.Head) (journal.Report, error) {
	return a.e.book.AuditReport(ctx, noted)
}

// Entries implements api.Audit.
func (a audits) Entries(ctx context.Context, before int64, max int) ([]api.AuditEntry, error) {
	list, err := a.e.book.AuditBefore(ctx, before, max)
	if err != nil {
		return nil, err
	}
	out := make([]api.AuditEntry, len(list))
	for i, x := range list {
		out[i] = api.AuditEntry{ID: x.Seq, At: x.At, Actor: x.Actor, Action: x.Action, Object: x.Subject, Detail: string(x.Detail)}
	}
	return out, nil
}

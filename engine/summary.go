package engine

import (
	"context"
	"fmt"

	"boon"
	"boon/ingest"
	"boon/ledger"
	"boon/ledger/journal"
)

// Summary is what an engine has come to.
type Summary struct {
	Events    EventCounts     `json:"events"`
	Profiles  int64           `json:"profiles"`
	Decisions ingest.Outcomes `json:"decisions"`
	Grants    GrantCounts     `json:"grants"`
	Ledger    LedgerSummary   `json:"ledger"`
	Rates     Rates           `json:"rates"`
	Seconds   float64         `json:"seconds"`
	Note      string          `json:"note,omitempty"`
}

// GrantCounts counts what grants have been through; a grant counts in each state that it reached.
type GrantCounts struct {
	Issued   int64 `json:"issued"`
	Redeemed int64 `json:"redeemed"`
	Expired  int64 `json:"expired"`
	Reversed int64 `json:"reversed"`
	Revoked  int64 `json:"revoked"`
}

// LedgerSummary is the books at a glance: decimal amounts by currency and account.
type LedgerSummary struct {
	Balanced bool                                          `json:"balanced"`
	Accounts map[boon.Currency]map[boon.AccountKind]string `json:"accounts"`
}

// Rates are how fast a run was, a second.
type Rates struct {
	Events    float64 `json:"events_per_second"`
	Decisions float64 `json:"decisions_per_second"`
}

// Summary reads what stands. The ledger is verified for it, entry by entry.
func (e *Engine) Summary(ctx context.Context) (s Summary, err error) {
	s.Decisions = e.applier.Whole().Outcomes
	if s.Profiles, err = ingest.CountProfiles(ctx, e.store); err != nil {
		return s, err
	}
	if s.Grants, err = e.grantCounts(ctx); err != nil {
		return s, err
	}
	s.Ledger, err = e.ledgerSummary(ctx)
	return s, err
}

func (e *Engine) grantCounts(ctx context.Context) (GrantCounts, error) {
	c, err := e.book.GrantCounts(ctx)
	if err != nil {
		return GrantCounts{}, fmt.Errorf("count grants: %w", err)
	}
	n := c.Transition
	return GrantCounts{Issued: n[ledger.Issue], Redeemed: n[ledger.Redeem], Expired: n[ledger.Expire], Reversed: n[ledger.Reverse], Revoked: n[ledger.Revoke]}, nil
}

// accounts are shown even when nothing was ever posted to them.
var accounts = []boon.AccountKind{boon.AccountAvailable, boon.AccountCommitted, boon.AccountReserved, boon.AccountPromoExpense,
	boon.AccountOverrun, boon.AccountBreakage, boon.AccountLiability, boon.AccountReversal}

func (e *Engine) ledgerSummary(ctx context.Context) (LedgerSummary, error) {
	report, err := e.verify(ctx, journal.Heads{})
	if err != nil {
		return LedgerSummary{}, err
	}
	balances, err := e.book.Balances(ctx)
	if err != nil {
		return LedgerSummary{}, fmt.Errorf("read balances: %w", err)
	}
	sums := map[boon.Currency]map[boon.AccountKind]int64{e.live.Load().release.Bundle.Shop.Currency: {}}
	for _, b := range balances {
		if sums[b.Account.Currency] == nil {
			sums[b.Account.Currency] = map[boon.AccountKind]int64{}
		}
		sums[b.Account.Currency][b.Account.Kind] += b.Minor
	}
	l := LedgerSummary{Balanced: len(report.Findings) == 0, Accounts: map[boon.Currency]map[boon.AccountKind]string{}}
	for currency, kinds := range sums {
		l.Accounts[currency] = map[boon.AccountKind]string{}
		for _, kind := range accounts {
			l.Accounts[currency][kind] = boon.Money{Minor: shown(kind, kinds[kind]), Currency: currency}.Text()
		}
	}
	return l, nil
}

// shown turns sources around, which are negative in the journal.
func shown(kind boon.AccountKind, minor int64) int64 {
	switch kind {
	case boon.AccountOverrun, boon.AccountFunding, boon.AccountReversal:
		return -minor
	}
	return minor
}

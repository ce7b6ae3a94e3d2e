package redeem

import (
	"cmp"
	"context"
	"time"

	"boon"
	"boon/ledger"
)

// BudgetState is how a budget stands in its running period: one with accounts, one for each arm where arms split it, or a ceiling.
type BudgetState struct {
	Budget string      `json:"budget" doc:"its id, followed by / and the arm where an experiment splits it"`
	Period boon.Period `json:"period"`
	Now    string      `json:"now" doc:"the running period, such as 2026-01-31, 2026-W05, 2026-01 or total"`
	Amount boon.Money  `json:"amount"`
	Left   boon.Money  `json:"left" doc:"what can still be promised; below zero after an overrun"`

	Accounts *BudgetAccounts `json:"accounts,omitempty" doc:"of a budget that funds"`
	Ceiling  *CeilingState   `json:"ceiling,omitempty" doc:"of a budget that covers others"`
}

// BudgetAccounts is where a budget's money is and what its promises can come to.
type BudgetAccounts struct {
	Commitment string      `json:"commitment" doc:"worst_case or expected"`
	Quantile   boon.Micros `json:"quantile,omitempty"`
	Available  boon.Money  `json:"available"`
	Committed  boon.Money  `json:"committed" doc:"set aside for grants, those of earlier periods among them"`
	Reserved   boon.Money  `json:"reserved" doc:"set aside for open checkouts"`
	Spent      boon.Money  `json:"spent" doc:"redeemed less what came back, points that are owed among it, over all periods"`
	Overrun    boon.Money  `json:"overrun" doc:"what paid orders took beyond the amount"`
	SetAside   boon.Money  `json:"setAside" doc:"of what is available, held for the quantile"`
	Exposure   boon.Money  `json:"exposure" doc:"what the open grants cost at most; what has no bound counts with what is committed"`
	Beyond     boon.Money  `json:"beyond" doc:"exposure less committed and reserved: what a commitment by worst case would hold back in addition"`
}

// CeilingState is what stands under a ceiling.
type CeilingState struct {
	Covers  boon.Covers `json:"covers"`
	Measure string      `json:"measure" doc:"spend: committed and redeemed, less what came back; liability: committed"`
	Under   boon.Money  `json:"under" doc:"above the amount where what was promised before it, or was paid, has to be honoured"`
}

// Budgets tells how every configured budget stands at now, in the order of the configuration. It writes nothing: a period that nobody touched yet
// is shown with the funds it will begin with.
func (t *Teller) Budgets(ctx context.Context, now time.Time) (all []BudgetState, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		all, err = t.Desk.budgets(tx, now)
		return err
	})
	return all, err
}

func (d *Desk) budgets(tx Tx, now time.Time) ([]BudgetState, error) {
	all := []BudgetState{}
	bundle := d.Terms.Bundle()
	for _, b := range bundle.Budgets {
		if b.Covers != nil {
			s, err := d.ceilingState(tx, b, bundle.Shop.Currency, now)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		for _, id := range d.accounts(b) {
			s, err := d.budgetState(tx, id, now)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

func (d *Desk) ceilingState(tx Tx, b boon.Budget, shop boon.Currency, now time.Time) (BudgetState, error) {
	b.Currency = cmp.Or(b.Currency, shop)
	under, err := tx.Count(d.CeilingKey(b, now))
	s := d.state(b, now)
	s.Left = in(b, b.Amount-under)
	s.Ceiling = &CeilingState{Covers: *b.Covers, Measure: cmp.Or(b.Measure, "spend"), Under: in(b, under)}
	return s, err
}

func (d *Desk) budgetState(tx Tx, id string, now time.Time) (s BudgetState, err error) {
	b, _ := d.budget(id)
	at, err := latest(tx, b, now)
	if err != nil {
		return s, err
	}
	left, err := d.peek(tx, b, now)
	if err != nil {
		return s, err
	}
	is, err := accountsOf(tx, b)
	if err != nil {
		return s, err
	}
	variance, err := tx.Count(countVariance + b.ID)
	if err != nil {
		return s, err
	}
	worst, err := tx.Count(countWorst + b.ID)
	if err != nil {
		return s, err
	}
	funded, err := tx.Count("fund/" + b.ID + "/" + ledger.PeriodKey(b.Period, at, d.zone()))
	if funded == 0 { // what the last period left, and owed, is settled when the new one begins
		is[boon.AccountAvailable], is[boon.AccountOverrun] = 0, 0
	}
	s = d.state(b, at)
	s.Left = in(b, left)
	s.Accounts = standingOf(b, is, b.Amount-funded, ledger.SetAside(b.Quantile, variance), worst)
	return s, err
}

func (d *Desk) state(b boon.Budget, at time.Time) BudgetState {
	return BudgetState{Budget: b.ID, Period: cmp.Or(b.Period, boon.PeriodTotal), Now: ledger.PeriodKey(b.Period, at, d.zone()), Amount: in(b, b.Amount)}
}

// standingOf writes a budget's accounts; coming is what its amount changed by since it was funded.
func standingOf(b boon.Budget, is map[boon.AccountKind]int64, coming, aside, worst int64) *BudgetAccounts {
	held := is[boon.AccountCommitted] + is[boon.AccountReserved]
	exposure := max(held, worst)
	return &BudgetAccounts{
		Commitment: cmp.Or(b.Commitment, "worst_case"), Quantile: b.Quantile,
		Available: in(b, max(0, is[boon.AccountAvailable]+coming)),
		Committed: in(b, is[boon.AccountCommitted]),
		Reserved:  in(b, is[boon.AccountReserved]),
		Spent:     in(b, is[boon.AccountPromoExpense]+is[boon.AccountReversal]+is[boon.AccountLiability]),
		Overrun:   in(b, -is[boon.AccountOverrun]),
		SetAside:  in(b, aside),
		Exposure:  in(b, exposure),
		Beyond:    in(b, exposure-held),
	}
}

func accountsOf(tx Tx, b boon.Budget) (map[boon.AccountKind]int64, error) {
	is := map[boon.AccountKind]int64{}
	for _, kind := range []boon.AccountKind{boon.AccountAvailable, boon.AccountCommitted, boon.AccountReserved, boon.AccountPromoExpense,
		boon.AccountReversal, boon.AccountLiability, boon.AccountOverrun} {
		minor, err := tx.Balance(boon.Account{Budget: b.ID, Currency: b.Currency, Kind: kind})
		if err != nil {
			return nil, err
		}
		is[kind] = minor
	}
	return is, nil
}

func in(b boon.Budget, minor int64) boon.Money { return boon.Money{Minor: minor, Currency: b.Currency} }

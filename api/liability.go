package api

import (
	"net/http"
	"time"

	"boon"
)

// liabilityAnswer is what the shop has promised or owes, by budget.
type liabilityAnswer struct {
	At      time.Time   `json:"at"`
	Budgets []liability `json:"budgets"`
	Total   []liability `json:"total" doc:"of all budgets, one a currency"`
}

// liability is what stands open in one budget and currency.
type liability struct {
	Budget    string     `json:"budget,omitempty"`
	Committed boon.Money `json:"committed" doc:"set aside for open grants"`
	Reserved  boon.Money `json:"reserved" doc:"set aside for open checkouts"`
	Points    boon.Money `json:"points" doc:"credited and neither spent nor lapsed, at their value"`
	Open      boon.Money `json:"open" doc:"the sum of the three"`
}

func newLiability(budget string, c boon.Currency) liability {
	zero := boon.Money{Currency: c}
	return liability{budget, zero, zero, zero, zero}
}

// add takes an account in, if it is one of what is open.
func (l *liability) add(b Balance) {
	switch b.Account.Kind {
	case boon.AccountCommitted:
		l.Committed.Minor += b.Minor
	case boon.AccountReserved:
		l.Reserved.Minor += b.Minor
	case boon.AccountLiability:
		l.Points.Minor += b.Minor
	default:
		return
	}
	l.Open.Minor += b.Minor
}

// liabilities gathers balances, which come sorted, by budget and by currency.
func liabilities(list []Balance) (budgets, total []liability) {
	budgets, total = []liability{}, []liability{}
	of := map[boon.Currency]int{}
	for _, b := range list {
		a := b.Account
		if n := len(budgets); n == 0 || budgets[n-1].Budget != a.Budget || budgets[n-1].Open.Currency != a.Currency {
			budgets = append(budgets, newLiability(a.Budget, a.Currency))
		}
		if _, known := of[a.Currency]; !known {
			of[a.Currency] = len(total)
			total = append(total, newLiability("", a.Currency))
		}
		budgets[len(budgets)-1].add(b)
		total[of[a.Currency]].add(b)
	}
	return budgets, total
}

func (s *server) liability(w http.ResponseWriter, r *http.Request, _ caller) error {
	list, err := s.ports.Ledger.Balances(r.Context())
	if err != nil {
		return err
	}
	budgets, total := liabilities(list)
	return writeJSON(w, http.StatusOK, liabilityAnswer{s.now().UTC(), budgets, total})
}

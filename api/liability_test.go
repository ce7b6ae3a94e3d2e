package api

import (
	"encoding/json"
	"testing"

	"boon"
)

func TestALiabilityIsWhatStandsOpen(t *testing.T) {
	of := func(budget string, c boon.Currency, kind boon.AccountKind, minor int64) Balance {
		return Balance{boon.Account{Budget: budget, Currency: c, Kind: kind}, minor}
	}
	budgets, total := liabilities([]Balance{
		of("autumn", "EUR", boon.AccountAvailable, 9000), of("autumn", "EUR", boon.AccountCommitted, 700), of("autumn", "EUR", boon.AccountLiability, 200),
		of("spring", "EUR", boon.AccountPromoExpense, 50), of("spring", "EUR", boon.AccountReserved, 30), of("spring", "USD", boon.AccountCommitted, 5),
	})
	got, err := json.Marshal(liabilityAnswer{Budgets: budgets, Total: total})
	if err != nil {
		t.Fatal(err)
	}
	row := func(budget, committed, reserved, points, open, c string) string {
		money := func(name, amount string) string {
			return `"` + name + `":{"amount":"` + amount + `","currency":"` + c + `"}`
		}
		return `{` + budget + money("committed", committed) + `,` + money("reserved", reserved) + `,` + money("points", points) + `,` + money("open", open) + `}`
	}
	want := `{"at":"0001-01-01T00:00:00Z","budgets":[` + row(`"budget":"autumn",`, "7.00", "0.00", "2.00", "9.00", "EUR") + `,` +
		row(`"budget":"spring",`, "0.00", "0.30", "0.00", "0.30", "EUR") + `,` + row(`"budget":"spring",`, "0.05", "0.00", "0.00", "0.05", "USD") + `],"total":[` +
		row("", "7.00", "0.30", "2.00", "9.30", "EUR") + `,` + row("", "0.05", "0.00", "0.00", "0.05", "USD") + `]}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

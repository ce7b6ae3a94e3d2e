package journal

import (
	"time"

	"boon"
)

// hledger writes the journal format of hledger: https://hledger.org/hledger.html#journal. Its names are boon:BUDGET:KIND.
type hledger struct{ text }

func newHledger(t text) *hledger {
	t.line("; Boon's journal. Accounts are boon:BUDGET:KIND; what comes from outside is written with %%XX for unsafe characters.")
	t.line("; Days are those of %s. An entry that moves no money is a comment.", t.zone)
	return &hledger{t}
}

// Entry implements Writer.
func (h *hledger) Entry(e Entry) error {
	day := Day(e.At, h.zone)
	h.line("")
	if len(e.Postings) == 0 {
		h.line("; %s (%s) %s%s", day, e.ID, e.Transition, tags(e, "  "))
		return h.failed()
	}
	for _, p := range e.Postings {
		h.declare(p.Account)
	}
	h.line("%s (%s) %s  ; %s", day, e.ID, e.Transition, tags(e, ""))
	for _, p := range e.Postings {
		h.line("    %s  %s", HledgerAccount(p.Account), amount(p))
	}
	return h.failed()
}

// declare lets hledger check --strict pass, and tells it the decimals of each currency.
func (h *hledger) declare(a boon.Account) {
	if c := a.Currency; h.first("commodity " + string(c)) {
		decimals := boon.Money{Minor: 1000 * pow10(c.Exponent()), Currency: c}.Text()
		if c.Exponent() == 0 {
			decimals += "."
		}
		h.line("commodity %s %s", decimals, c)
	}
	if name := HledgerAccount(a); h.first(name) {
		h.line("account %s", name)
	}
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// HledgerAccount is the account's name in hledger: boon:BUDGET:KIND, %XX for what is not a letter, a digit, "-", "_" or ".".
func HledgerAccount(a boon.Account) string {
	return "boon:" + plain(a.Budget, "-_.") + ":" + plain(string(a.Kind), "_")
}

// tags names what an entry belongs to; a value goes as far as a comma.
func tags(e Entry, before string) string {
	text := before + "at:" + e.At.UTC().Format(time.RFC3339Nano)
	if e.Grant != "" {
		text += ", grant:" + plain(e.Grant, "-_.")
	}
	if e.OrderID != "" {
		text += ", order:" + plain(e.OrderID, "-_./#@+")
	}
	if !e.Adjusts.IsZero() {
		text += ", adjusts:" + e.Adjusts.UTC().Format(time.RFC3339Nano)
	}
	return text
}

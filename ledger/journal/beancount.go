package journal

import (
	"fmt"
	"strings"
	"time"

	"boon"
)

// beancount writes the input format of beancount: https://beancount.github.io/docs/beancount_language_syntax.html. Its account names begin with one of
// five roots and have parts of letters, digits and "-" that begin with a capital or a digit.
type beancount struct {
	text
	budgets map[string]string // id -> part of a name
	taken   map[string]bool
}

// roots says what kind of account each is to a bookkeeper.
var roots = map[boon.AccountKind]string{
	boon.AccountFunding: "Equity", boon.AccountAvailable: "Assets", boon.AccountCommitted: "Assets", boon.AccountReserved: "Assets",
	boon.AccountPromoExpense: "Expenses", boon.AccountReversal: "Income", boon.AccountBreakage: "Income",
	boon.AccountOverrun: "Liabilities", boon.AccountLiability: "Liabilities",
}

func newBeancount(t text) *beancount {
	t.line("; Boon's journal. Accounts are ROOT:Boon:BUDGET:KIND; the budget's own id stands with each account that is opened.")
	t.line("; Days are those of %s. An entry that moves no money is a comment.", t.zone)
	t.line(`option "title" "Boon"`)
	return &beancount{t, map[string]string{}, map[string]bool{}}
}

// Entry implements Writer.
func (b *beancount) Entry(e Entry) error {
	day := Day(e.At, b.zone)
	b.line("")
	if len(e.Postings) == 0 {
		b.line("; %s %s %s%s", day, e.ID, e.Transition, tags(e, "  "))
		return b.failed()
	}
	for _, p := range e.Postings {
		b.open(p.Account)
	}
	b.line("%s * %q", day, e.Transition)
	b.line("  entry: %q", e.ID)
	b.line("  at: %q", e.At.UTC().Format(time.RFC3339Nano))
	if e.Grant != "" {
		b.line("  grant: %q", plain(e.Grant, "-_."))
	}
	if e.OrderID != "" {
		b.line("  order: %q", plain(e.OrderID, "-_./#@+"))
	}
	if !e.Adjusts.IsZero() {
		b.line("  adjusts: %q", e.Adjusts.UTC().Format(time.RFC3339Nano))
	}
	for _, p := range e.Postings {
		b.line("  %s  %s", b.account(p.Account), amount(p))
	}
	return b.failed()
}

// open dates accounts long before the first entry: a stream does not know which of its days will be the earliest.
func (b *beancount) open(a boon.Account) {
	name := b.account(a)
	if !b.first(name) {
		return
	}
	b.line("1970-01-01 open %s", name)
	b.line("  budget: %q", plain(a.Budget, "-_. /"))
}

func (b *beancount) account(a boon.Account) string {
	root := roots[a.Kind]
	if root == "" {
		root = "Equity"
	}
	return root + ":Boon:" + b.budget(a.Budget) + ":" + part(string(a.Kind))
}

// budget gives each id a part of its own; of ids that would read alike the later ones get a number.
func (b *beancount) budget(id string) string {
	if name, ok := b.budgets[id]; ok {
		return name
	}
	name := part(id)
	for n := 2; b.taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", part(id), n)
	}
	b.budgets[id], b.taken[name] = name, true
	return name
}

func part(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 128 && alphanumeric(byte(r)) {
			return r
		}
		return '-'
	}, s)
	if s == "" || s[0] == '-' {
		s = "0" + s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

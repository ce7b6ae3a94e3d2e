package boon_test

import (
	"errors"
	"fmt"
	"go/ast"
	"os"
	"regexp"
	"testing"

	"boon"
)

// reasons reads the words from reason.go itself, so that a new one cannot be left out.
func reasons(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("reason.go")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	ast.Inspect(parse(t, "reason.go", string(text)).ast, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if word, ok := spec.Values[0].(*ast.BasicLit); ok {
			words[spec.Names[0].Name] = word.Value
		}
		return true
	})
	return words
}

func TestReasonsAreUniqueWords(t *testing.T) {
	word := regexp.MustCompile(`^"[a-z]+(_[a-z]+)*"$`)
	owner := map[string]string{}
	for name, value := range reasons(t) {
		if !word.MatchString(value) {
			t.Errorf("%s is %s: a reason is lower-case words joined by _", name, value)
		}
		if other, taken := owner[value]; taken {
			t.Errorf("%s and %s are both %s", name, other, value)
		}
		owner[value] = name
	}
	if len(owner) < 40 {
		t.Fatalf("found only %d reasons in reason.go", len(owner))
	}
}

// TestProblemTypesAreKept: clients switch on these words.
func TestProblemTypesAreKept(t *testing.T) {
	have := map[string]bool{}
	for _, value := range reasons(t) {
		have[value] = true
	}
	for _, published := range []string{
		"cap_total", "cap_profile", "cap_identifier", "cap_period", "budget_exhausted", "already_redeemed", "expired", "revoked", "not_eligible", "not_applicable",
		"wrong_profile", "unknown_code", "reservation_gone", "stacking", "idempotency_mismatch", "idempotency_in_flight", "consent_missing", "paused",
		"throttled", "invalid_request", "unauthorized", "forbidden", "not_found", "too_large",
	} {
		if !have[`"`+published+`"`] {
			t.Errorf("the published problem type %s is gone", published)
		}
	}
}

func TestRefusals(t *testing.T) {
	err := fmt.Errorf("redeem: %w", boon.Refuse(boon.ReasonCapTotal, "all %d are taken", 100))
	if !errors.Is(err, boon.Refusal(boon.ReasonCapTotal)) || errors.Is(err, boon.Refusal(boon.ReasonExpired)) {
		t.Fatal("a refusal is known by its reason")
	}
	for want, e := range map[string]*boon.Error{
		"all 100 are taken":               boon.Refuse(boon.ReasonCapTotal, "all %d are taken", 100),
		"cart.lines[2]: no price":         boon.Invalid("cart.lines[2]", "no price"),
		"line 7, column 3: id: set twice": {Field: "id", Detail: "set twice", Line: 7, Column: 3},
		"line 7: no price":                {Detail: "no price", Line: 7},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}

func TestNamesReadBack(t *testing.T) {
	for k := boon.KindTrack; k <= boon.KindAlias; k++ {
		if k.String() == "" || boon.ParseKind(k.String()) != k {
			t.Errorf("kind %d is %q", k, k)
		}
	}
	if boon.ParseKind("") != 0 || boon.ParseKind("Track") != 0 {
		t.Error("an unknown kind is zero")
	}
	for n := boon.NamespaceAnonymous; n <= boon.NamespaceDevice; n++ {
		if got, err := boon.ParseNamespace(n.String()); err != nil || got != n {
			t.Errorf("namespace %d is %q: %v, %v", n, n, got, err)
		}
	}
	if all := boon.Purposes(); len(all) != int(boon.PurposeMarketing) {
		t.Errorf("%d purposes: %v", len(all), all)
	}
	for _, p := range boon.Purposes() {
		if got, err := boon.ParsePurpose(p.String()); err != nil || got != p {
			t.Errorf("purpose %d is %q: %v, %v", p, p, got, err)
		}
	}
	if _, err := boon.ParsePurpose(""); err == nil {
		t.Error("an empty purpose was read")
	}
}

func TestInCategory(t *testing.T) {
	for _, c := range []struct {
		path, category string
		want           bool
	}{
		{"GROCERY", "GROCERY", true}, {"GROCERY/SOFT DRINKS", "GROCERY", true}, {"GROCERY", "GROCERY/SOFT DRINKS", false},
		{"GROCERY2", "GROCERY", false}, {"", "GROCERY", false}, {"GROCERY/SOFT DRINKS/COLA", "GROCERY/SOFT", false},
	} {
		if got := boon.InCategory(c.path, c.category); got != c.want {
			t.Errorf("InCategory(%q, %q) = %v", c.path, c.category, got)
		}
	}
}

func TestOrderAmounts(t *testing.T) {
	unit := func(cents int64) boon.Micros { return boon.Micros(cents) * boon.Unit / 100 }
	o := boon.Order{Currency: "USD", Lines: []boon.Line{
		{SKU: "full", Quantity: 2, Price: unit(1000)},
		{SKU: "marked down", Quantity: 1, Price: unit(800), ListPrice: unit(1000)},
		{SKU: "saved at the till", Quantity: 3, Price: unit(100), Saved: 60},
		{SKU: "fuel", Quantity: 1234, Price: 2200},
		{SKU: "none", Quantity: 0, Price: unit(500)},
	}}
	if got := o.Merchandise(); got != 2000+800+300+271 {
		t.Errorf("Merchandise: %d", got)
	}
	for i, want := range []int64{2000, 1000, 360, 271, 0} {
		if got := o.Lines[i].List(o.Currency); got != want {
			t.Errorf("%s: List is %d, want %d", o.Lines[i].SKU, got, want)
		}
	}
}

func TestDecisionOutcomeIsTheStrongest(t *testing.T) {
	for _, c := range []struct {
		picks []boon.Outcome
		want  boon.Outcome
	}{
		{nil, boon.OutcomeNone},
		{[]boon.Outcome{boon.OutcomeNone, boon.OutcomeHoldout}, boon.OutcomeHoldout},
		{[]boon.Outcome{boon.OutcomeHoldout, boon.OutcomeNudge}, boon.OutcomeNudge},
		{[]boon.Outcome{boon.OutcomeOffer, boon.OutcomeNudge, boon.OutcomeNone}, boon.OutcomeOffer},
	} {
		var d boon.Decision
		for _, outcome := range c.picks {
			d.Picks = append(d.Picks, boon.Pick{Outcome: outcome})
		}
		if got := d.Outcome(); got != c.want {
			t.Errorf("%v: %s, want %s", c.picks, got, c.want)
		}
	}
}

func TestGrantStatesThatAreOpen(t *testing.T) {
	for state, open := range map[boon.GrantState]bool{
		boon.StateIssued: true, boon.StateSaved: true, boon.StateReserved: true,
		boon.StateRedeemed: false, boon.StateReversed: false, boon.StateExpired: false, boon.StateRevoked: false,
	} {
		if state.Open() != open {
			t.Errorf("%s: open is %v", state, !open)
		}
	}
}

func TestBundleFindsByID(t *testing.T) {
	b := boon.Bundle{
		Budgets: []boon.Budget{{ID: "b"}}, Campaigns: []boon.Campaign{{ID: "c"}}, Placements: []boon.Placement{{ID: "p"}},
		Offers: []boon.Offer{{ID: "other"}, {ID: "o"}}, Holdouts: []boon.Holdout{{ID: "h"}},
	}
	budget, _ := b.Budget("b")
	campaign, _ := b.Campaign("c")
	placement, _ := b.Placement("p")
	offer, _ := b.Offer("o")
	holdout, _ := b.Holdout("h")
	if got := budget.ID + campaign.ID + placement.ID + offer.ID + holdout.ID; got != "bcpoh" {
		t.Fatalf("found %q", got)
	}
	if _, ok := b.Offer("absent"); ok {
		t.Fatal("found an offer that is not there")
	}
}

package decide_test

import (
	"context"
	"errors"
	"testing"

	"boon"
	"boon/consent"
	"boon/decide"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// menu are offers of which the deeper earns more, up to a point.
const menu = `---
kind: Offer
id: best
campaign: spring
reward: {type: percentage, values: ["11"], maxDiscount: "20.00"}
placements: [checkout]
duration: 7d
---
kind: Offer
id: second
campaign: spring
reward: {type: percentage, values: ["6"], maxDiscount: "20.00"}
placements: [checkout]
duration: 7d
---
kind: Offer
id: third
campaign: spring
reward: {type: percentage, values: ["3"], maxDiscount: "20.00"}
placements: [checkout]
duration: 7d
`

func request(places ...string) boon.Request {
	return boon.Request{ID: "dec_1", At: noon, Identifiers: []boon.Identifier{maria}, Trusted: true, Placements: places,
		Context: boon.Context{Channel: "web", Country: "US"}, Cart: cart()}
}

// taken decides and returns the last record and all that were kept.
func taken(t *testing.T, p *decide.Policy, w *world, r boon.Request) (*decide.Record, []decide.Record, error) {
	t.Helper()
	var kept []decide.Record
	w.asked = 0
	s := decide.Situation{Policy: p, Rates: rates(), Seed: 1}
	record, err := decide.Decide(context.Background(), s, w.ports(), r, func(r decide.Record) error {
		if w.asked > len(kept) {
			t.Error("a grant was issued before its record was kept")
		}
		body, err := r.Encode()
		if err != nil {
			return err
		}
		r, err = decide.DecodeRecord(body)
		kept = append(kept, r)
		return err
	})
	return record, kept, err
}

func TestARefusalOfTheCommitLeadsToAnotherChoiceAndBothAreInTheRecord(t *testing.T) {
	w := &world{refuse: map[string]boon.Reason{"best": boon.ReasonBudgetExhausted, "second": boon.ReasonCapTotal}}
	p := compile(t, parse(t, base(t)+menu))
	record, kept, err := taken(t, p, w, request("checkout"))
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != 3 {
		t.Fatalf("%d records were kept, want one for each of three choices", len(kept))
	}
	for i, want := range []string{"best", "second", "third"} {
		if got := kept[i].Decision.Picks[0].Offer; got != want {
			t.Errorf("choice %d was %s, want %s", i, got, want)
		}
	}
	want := []decide.Refused{{Offer: "best", Reason: boon.ReasonBudgetExhausted, Detail: "the last one was taken a moment ago"},
		{Offer: "second", Reason: boon.ReasonCapTotal, Detail: "the last one was taken a moment ago"}}
	if diff := cmp.Diff(want, record.Inputs.Refused); diff != "" {
		t.Errorf("refusals in the record (-want +got):\n%s", diff)
	}
	if record.Candidates != nil {
		t.Error("the candidates were lent to who kept them, and are in the record still")
	}
	for _, k := range kept[2].Candidates {
		if k.Offer == "best" && (k.Verdict != boon.VerdictRefused || k.Reason != boon.ReasonBudgetExhausted || k.By != "commit") {
			t.Errorf("best stands in the record as %+v", k)
		}
	}
	if len(w.issued) != 1 || record.Decision.Picks[0].Grant.Code != "CODE-third" {
		t.Errorf("issued %v, picked %+v", w.issued, record.Decision.Picks)
	}
	body, err := kept[2].Encode()
	if err != nil {
		t.Fatal(err)
	}
	if differences, err := decide.Replay(body, p, rates()); err != nil || differences != nil {
		t.Errorf("the record that holds does not compute again: %v %v", differences, err)
	}
}

func TestWhenEveryLimitIsTakenNothingIsPicked(t *testing.T) {
	w := &world{refuse: map[string]boon.Reason{"best": boon.ReasonFrequency, "second": boon.ReasonCapProfile, "third": boon.ReasonPaused}}
	record, kept, err := taken(t, compile(t, parse(t, base(t)+menu)), w, request("checkout"))
	if err != nil || len(kept) != 4 || record.Decision.Outcome() != boon.OutcomeNone || record.Decision.Picks[0].Reason != boon.ReasonAllRefused {
		t.Errorf("%d kept, %+v, %v", len(kept), record.Decision, err)
	}
}

func TestADefectOfTheWalletIsNoRefusal(t *testing.T) {
	for _, broken := range []error{errors.New("disk full"), boon.Refuse(boon.ReasonInternal, "a bug")} {
		w := &world{broken: broken}
		if _, _, err := taken(t, compile(t, parse(t, base(t)+menu)), w, request("checkout")); !errors.Is(err, broken) {
			t.Errorf("%v came back as %v", broken, err)
		}
	}
}

func TestADryRunIssuesAndKeepsNothing(t *testing.T) {
	p := compile(t, parse(t, base(t)+menu))
	dry, wet := request("checkout"), request("checkout")
	dry.DryRun = true
	w := &world{}
	record, kept, err := taken(t, p, w, dry)
	if err != nil || len(kept) != 0 || w.asked != 0 {
		t.Fatalf("a dry run kept %d records and asked for %d grants: %v", len(kept), w.asked, err)
	}
	real, _, err := taken(t, p, w, wet)
	if err != nil || w.asked != 1 {
		t.Fatalf("%d grants, %v", w.asked, err)
	}
	if diff := cmp.Diff(real.Candidates, record.Candidates); diff != "" {
		t.Errorf("a dry run decides otherwise (-real +dry):\n%s", diff)
	}
}

func TestAHoldoutGrantsNothing(t *testing.T) {
	all := "---\nkind: Holdout\nid: universal\nshare: \"1\"\n"
	w := &world{}
	record, kept, err := taken(t, compile(t, parse(t, base(t)+menu+all)), w, request("checkout"))
	if err != nil || len(kept) != 1 || w.asked != 0 {
		t.Fatalf("%d kept, %d asked, %v", len(kept), w.asked, err)
	}
	treated, _, err := taken(t, compile(t, parse(t, base(t)+menu)), &world{}, request("checkout"))
	if err != nil {
		t.Fatal(err)
	}
	ghost := record.Decision.Picks[0]
	if ghost.Outcome != boon.OutcomeHoldout || ghost.Grant != nil {
		t.Errorf("ghost: %+v", ghost)
	}
	ignore := cmpopts.IgnoreFields(boon.Pick{}, "Outcome", "Reason", "Grant")
	if diff := cmp.Diff(treated.Decision.Picks, record.Decision.Picks, ignore); diff != "" {
		t.Errorf("the ghost is not what a treated shopper gets (-treated +ghost):\n%s", diff)
	}
	if diff := cmp.Diff(treated.Candidates, record.Candidates); diff != "" {
		t.Errorf("the holdout went another path:\n%s", diff)
	}
}

// Without consent to personalisation nothing that was earned is read.
func TestWithoutConsentTheVectorIsThatOfAnybody(t *testing.T) {
	p := compile(t, parse(t, base(t)+menu))
	no := consent.State{}
	consent.Fold(&no, boon.Event{Choices: []boon.Choice{{Purpose: boon.PurposePersonalization, At: noon, Source: "api"}}})
	known := &world{chosen: no}
	for range 3 {
		known.state.Counts[0]++
	}
	known.state.Cart.Lines = 3
	hidden, _, err := taken(t, p, known, request("checkout"))
	if err != nil {
		t.Fatal(err)
	}
	anybody, _, err := taken(t, p, &world{chosen: no}, request("checkout"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(anybody.Inputs.Vector, hidden.Inputs.Vector); diff != "" || hidden.Decision.Personal {
		t.Errorf("personal: %v, vector (-anybody +hidden):\n%s", hidden.Decision.Personal, diff)
	}
	known.chosen = consent.State{}
	open, _, err := taken(t, p, known, request("checkout"))
	if err != nil || !open.Decision.Personal || cmp.Equal(anybody.Inputs.Vector, open.Inputs.Vector) {
		t.Errorf("with consent the state is read: personal %v, %v", open.Decision.Personal, err)
	}
}

// However a call spells where the shopper is, the law of that place holds.
func TestThePlaceOfACallIsReadInAnyCase(t *testing.T) {
	b := parse(t, base(t)+menu)
	b.Shop.Regime = map[string]string{"default": "opt-out", "DE": "opt-in"}
	b.Shop.Disclosures = map[string]string{"default": "chosen", "US": "for you", "US-NY": "by an algorithm"}
	p := compile(t, b)
	for where, want := range map[boon.Context]string{
		{Country: "de"}:                  "",
		{Region: "de-by"}:                "",
		{Country: "us", Region: "us-ny"}: "by an algorithm",
		{Country: "us", Region: "ny"}:    "by an algorithm",
		{Region: "US-CA"}:                "for you",
		{Country: "fr"}:                  "chosen",
	} {
		r := request("checkout")
		r.Context = where
		got, _, err := taken(t, p, &world{}, r)
		if err != nil {
			t.Fatal(err)
		}
		if said := got.Decision.Picks[0].Disclosure; said != want || got.Decision.Personal != (want != "") {
			t.Errorf("%+v: personal %v, disclosure %q, want %q", where, got.Decision.Personal, said, want)
		}
	}
}

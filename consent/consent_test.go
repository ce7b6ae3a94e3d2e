package consent

import (
	"reflect"
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func yes(p boon.Purpose, minute int) boon.Choice {
	return boon.Choice{Purpose: p, Granted: true, At: at(minute)}
}
func no(p boon.Purpose, minute int) boon.Choice { return boon.Choice{Purpose: p, At: at(minute)} }

func chosen(choices ...boon.Choice) State {
	var s State
	for _, c := range choices {
		s.Record(c)
	}
	return s
}

func TestGate(t *testing.T) {
	mixed := boon.Shop{Regime: map[string]string{"default": OptOut, "DE": OptIn}}
	wide := mixed
	wide.GPC = []boon.Purpose{boon.PurposePersonalization}
	gpc := chosen(yes(boon.PurposeSale, 0))
	gpc.GPC = at(1)
	regranted := chosen(yes(boon.PurposeSale, 2))
	regranted.GPC = at(1)

	for _, c := range []struct {
		story   string
		state   State
		shop    boon.Shop
		country string
		purpose boon.Purpose
		want    Allowed
	}{
		{"silence in an opt-out country is yes", State{}, mixed, "US", boon.PurposeAnalytics, Allowed{true, BecauseOptOut}},
		{"silence in a country that is not understood is no", State{}, mixed, boon.CountryUnknown, boon.PurposeAnalytics, Allowed{false, BecauseOptIn}},
		{"nor in one that is no code", State{}, mixed, "Deutschland", boon.PurposeAnalytics, Allowed{false, BecauseOptIn}},
		{"where no country is told it is what the shop says", State{}, mixed, "", boon.PurposeAnalytics, Allowed{true, BecauseOptOut}},
		{"silence in an opt-in country is no", State{}, mixed, "DE", boon.PurposeAnalytics, Allowed{false, BecauseOptIn}},
		{"an unknown country takes the default", State{}, mixed, "", boon.PurposeAnalytics, Allowed{true, BecauseOptOut}},
		{"a shop without a regime is opt-in", State{}, boon.Shop{}, "US", boon.PurposeAnalytics, Allowed{false, BecauseOptIn}},
		{"sms never defaults to yes", State{}, mixed, "US", boon.PurposeSMS, Allowed{false, BecauseOptIn}},
		{"sms takes a yes", chosen(yes(boon.PurposeSMS, 0)), mixed, "US", boon.PurposeSMS, Allowed{true, BecauseGranted}},
		{"probabilistic linking takes a yes where silence is no", State{}, mixed, "DE", boon.PurposeProbabilisticLinking, Allowed{false, BecauseOptIn}},
		{"a yes counts in an opt-in country", chosen(yes(boon.PurposeAnalytics, 0)), mixed, "DE", boon.PurposeAnalytics, Allowed{true, BecauseGranted}},
		{"a no counts in an opt-out country", chosen(no(boon.PurposeAnalytics, 0)), mixed, "US", boon.PurposeAnalytics, Allowed{false, BecauseDenied}},
		{"the later choice stands", chosen(yes(boon.PurposeEmail, 2), no(boon.PurposeEmail, 1)), mixed, "US", boon.PurposeEmail, Allowed{true, BecauseGranted}},
		{"of two choices at once the denial stands", chosen(no(boon.PurposeEmail, 1), yes(boon.PurposeEmail, 1)), mixed, "US", boon.PurposeEmail, Allowed{false, BecauseDenied}},
		{"an objection outlasts a later yes to e-mail", chosen(no(boon.PurposeMarketing, 0), yes(boon.PurposeEmail, 9)), mixed, "US", boon.PurposeEmail, Allowed{false, BecauseObjection}},
		{"an objection does not touch analytics", chosen(no(boon.PurposeMarketing, 0)), mixed, "US", boon.PurposeAnalytics, Allowed{true, BecauseOptOut}},
		{"a later yes to marketing lifts the objection", chosen(no(boon.PurposeMarketing, 0), yes(boon.PurposeMarketing, 1)), mixed, "US", boon.PurposeEmail, Allowed{true, BecauseOptOut}},
		{"gpc denies sale over an earlier yes", gpc, mixed, "US", boon.PurposeSale, Allowed{false, BecauseGPC}},
		{"gpc yields to a later yes", regranted, mixed, "US", boon.PurposeSale, Allowed{true, BecauseGranted}},
		{"gpc outweighs a yes of the same instant", State{Choices: regranted.Choices, GPC: at(2)}, mixed, "US", boon.PurposeSale, Allowed{false, BecauseGPC}},
		{"gpc stops at sale", gpc, mixed, "US", boon.PurposePersonalization, Allowed{true, BecauseOptOut}},
		{"gpc reaches as far as the shop says", gpc, wide, "US", boon.PurposePersonalization, Allowed{false, BecauseGPC}},
		{"an unknown purpose is not allowed", State{}, mixed, "US", 99, Allowed{false, BecauseOptIn}},
	} {
		t.Run(c.story, func(t *testing.T) {
			if got := Gate(c.state, c.shop, c.country, c.purpose); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

var (
	anyChoice = rapid.Custom(func(t *rapid.T) boon.Choice {
		return boon.Choice{
			Purpose: rapid.SampledFrom(boon.Purposes()).Draw(t, "purpose"),
			Granted: rapid.Bool().Draw(t, "granted"),
			At:      at(rapid.IntRange(0, 3).Draw(t, "minute")),
			Source:  rapid.SampledFrom([]string{"api", "context", "traits"}).Draw(t, "source"),
		}
	})
	anyState = rapid.Custom(func(t *rapid.T) State {
		var s State
		for _, c := range rapid.SliceOfN(anyChoice, 0, 8).Draw(t, "choices") {
			Fold(&s, boon.Event{Choices: []boon.Choice{c}, Time: c.At, Context: boon.Context{GPC: rapid.Bool().Draw(t, "gpc")}})
		}
		return s
	})
)

func TestMergeIsASemilattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyState.Draw(t, "a"), anyState.Draw(t, "b"), anyState.Draw(t, "c")
		if Merge(a, b) != Merge(b, a) {
			t.Fatal("merge does not commute")
		}
		if Merge(Merge(a, b), c) != Merge(a, Merge(b, c)) {
			t.Fatal("merge does not associate")
		}
		if Merge(a, a) != a || Merge(a, State{}) != a {
			t.Fatal("merge is not idempotent or has no unit")
		}
	})
}

func TestFoldIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		choices := rapid.SliceOfN(anyChoice, 0, 12).Draw(t, "choices")
		if chosen(choices...) != chosen(rapid.Permutation(choices).Draw(t, "shuffled")...) {
			t.Fatal("the order of choices shows")
		}
	})
}

// Withdrawing consent, objecting or sending GPC never allows more than before.
func TestWithdrawalOnlyShrinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shop := boon.Shop{
			Regime: map[string]string{"default": rapid.SampledFrom([]string{OptIn, OptOut}).Draw(t, "regime")},
			GPC:    rapid.SliceOf(rapid.SampledFrom(boon.Purposes())).Draw(t, "gpc covers"),
		}
		before := anyState.Draw(t, "state")
		after := before
		Fold(&after, boon.Event{
			Time:    at(10),
			Choices: []boon.Choice{no(rapid.SampledFrom(boon.Purposes()).Draw(t, "withdrawn"), 10)},
			Context: boon.Context{GPC: rapid.Bool().Draw(t, "signal")},
		})
		for _, p := range boon.Purposes() {
			if Gate(after, shop, "", p).OK && !Gate(before, shop, "", p).OK {
				t.Fatalf("withdrawal opened %s", p)
			}
		}
	})
}

func TestParsePreferences(t *testing.T) {
	for _, c := range []struct {
		story string
		in    map[string]bool
		want  map[boon.Purpose]bool
	}{
		{"Segment's usual names", map[string]bool{"Analytics": true, "Advertising": false, "Functional": true},
			map[boon.Purpose]bool{boon.PurposeAnalytics: true, boon.PurposePersonalization: false, boon.PurposeSale: false}},
		{"OneTrust's codes", map[string]bool{"C0001": true, "C0002": true, "C0003": true, "C0004": true},
			map[boon.Purpose]bool{boon.PurposeAnalytics: true, boon.PurposePersonalization: true, boon.PurposeSale: true}},
		{"a purpose's own name outranks a category", map[string]bool{"personalization": true, "advertising": false},
			map[boon.Purpose]bool{boon.PurposePersonalization: true, boon.PurposeSale: false}},
		{"British spelling", map[string]bool{"personalisation": true}, map[boon.Purpose]bool{boon.PurposePersonalization: true}},
		{"do not sell is a no to sale", map[string]bool{"Do Not Sell": true}, map[boon.Purpose]bool{boon.PurposeSale: false}},
		{"camel case", map[string]bool{"doNotSell": false, "modelTraining": true},
			map[boon.Purpose]bool{boon.PurposeSale: true, boon.PurposeModelTraining: true}},
		{"an objection", map[string]bool{"marketing": false}, map[boon.Purpose]bool{boon.PurposeMarketing: false}},
		{"names nobody knows", map[string]bool{"necessary": true, "": false}, map[boon.Purpose]bool{}},
	} {
		t.Run(c.story, func(t *testing.T) {
			got := map[boon.Purpose]bool{}
			for _, choice := range ParsePreferences(c.in, noon, "context") {
				got[choice.Purpose] = choice.Granted
				if !choice.At.Equal(noon) || choice.Source != "context" {
					t.Errorf("choice %+v lost its time or source", choice)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestStripKeepsContracts(t *testing.T) {
	full := boon.Event{
		MessageID: "m1", Kind: boon.KindTrack, Name: boon.OrderCompleted, Time: noon, Category: "SHOES", Query: "boots",
		Traits: map[string]string{"size": "42"}, Order: &boon.Order{ID: "o1", Total: 100}, Rest: []byte(`{"x":1}`),
		Context: boon.Context{Country: "DE", Device: "mobile", GPC: true},
	}
	if got := Strip(full, Allowed{OK: true}); !reflect.DeepEqual(got, full) {
		t.Errorf("allowed, yet changed: %+v", got)
	}
	order := Strip(full, Allowed{})
	if order.Order == nil || order.Category != "" || order.Query != "" || order.Traits != nil || order.Rest != nil || order.Context.Device != "" || !order.Context.GPC {
		t.Errorf("an order must keep its contract and nothing else: %+v", order)
	}
	full.Name = boon.ProductViewed
	if view := Strip(full, Allowed{}); view.Order != nil || view.MessageID != "m1" {
		t.Errorf("a view keeps who and when: %+v", view)
	}
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyState.Draw(t, "state")
		got, err := Decode(s.Encode())
		if err != nil || got != s {
			t.Fatalf("got %+v, %v; want %+v", got, err, s)
		}
	})
}

func FuzzDecode(f *testing.F) {
	s := chosen(yes(boon.PurposeEmail, 0), no(boon.PurposeMarketing, 1))
	s.GPC = at(2)
	f.Add(s.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		if again, err := Decode(s.Encode()); err != nil || again != s {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
	})
}

func BenchmarkGate(b *testing.B) {
	shop := boon.Shop{Regime: map[string]string{"default": OptOut, "DE": OptIn}}
	s := chosen(yes(boon.PurposePersonalization, 0))
	b.ReportAllocs()
	for b.Loop() {
		Gate(s, shop, "DE", boon.PurposePersonalization)
	}
}

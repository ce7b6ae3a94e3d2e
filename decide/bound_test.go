package decide_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"boon"
	"boon/decide"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// crowd is a shop with so many fixed discounts at the checkout, each worth another amount, and a bound on candidates.
func crowd(t testing.TB, offers, bound int) boon.Bundle {
	var text strings.Builder
	text.WriteString(base(t))
	for i := range offers {
		fmt.Fprintf(&text, "---\nkind: Offer\nid: off-%02d\ncampaign: spring\nplacements: [checkout]\nreward: {type: fixed, values: [\"%d.00\"]}\n", i, 1+i*7%offers)
	}
	b := parse(t, text.String())
	b.Offers = slices.DeleteFunc(b.Offers, func(o boon.Offer) bool { return !strings.HasPrefix(o.ID, "off-") })
	b.Shop.Candidates = bound
	return b
}

// valued are the offers that were valued, the best first.
func valued(r decide.Record) (ids []string) {
	list := slices.DeleteFunc(slices.Clone(r.Candidates), func(k boon.Candidate) bool { return k.Offer == "" || k.Verdict == boon.VerdictRefused })
	slices.SortStableFunc(list, func(a, b boon.Candidate) int { return int(math.Copysign(1, a.Delta-b.Delta)) * -1 })
	for _, k := range list {
		ids = append(ids, k.Offer)
	}
	return ids
}

// The bound keeps the best of those that would have been valued without it, and says what it left out.
func TestTheBoundKeepsTheMostPromising(t *testing.T) {
	b := crowd(t, 40, 0)
	all := valued(decide.Compute(compile(t, b), rates(), inputs(b, "checkout")))
	if len(all) != 40 {
		t.Fatalf("without a bound %d are valued", len(all))
	}
	b.Shop.Candidates = 12
	p, in := compile(t, b), inputs(b, "checkout")
	r := decide.Compute(p, rates(), in)
	if d := cmp.Diff(all[:12], valued(r)); d != "" {
		t.Errorf("not the best twelve (-want +got):\n%s", d)
	}
	want := []boon.LeftOut{{Placement: "checkout", Bound: 12, Count: 28, Offers: all[12:22]}}
	if d := cmp.Diff(want, r.Decision.LeftOut); d != "" {
		t.Errorf("said (-want +got):\n%s", d)
	}
	if len(r.Candidates) != 13 {
		t.Errorf("the record holds %d candidates, want the twelve and nothing", len(r.Candidates))
	}
	var told []string
	for _, k := range decide.Explain(p, rates(), in).Candidates {
		if k.Reason == boon.ReasonLeftOut {
			told = append(told, k.Offer)
		}
	}
	if d := cmp.Diff(all[12:], told, cmpopts.SortSlices(strings.Compare)); d != "" {
		t.Errorf("explained (-want +got):\n%s", d)
	}
}

// What a human or the release pinned, and what the shopper has already, goes before whatever promises more, even past the bound.
func TestTheBoundNeverLeavesOutWhatGoesFirst(t *testing.T) {
	b := crowd(t, 40, 2)
	in := inputs(b, "checkout")
	all := valued(decide.Compute(compile(t, crowd(t, 40, 0)), rates(), in))
	worst := all[37:]
	b.Offers[slices.IndexFunc(b.Offers, func(o boon.Offer) bool { return o.ID == worst[0] })].Pinned = true
	in.Standing.Overrides = []boon.Override{{ID: "ovr_1", Act: boon.OverridePin, Offer: worst[1]}}
	in.Held = []decide.Held{{ID: "grant_0", Offer: worst[2], Level: boon.Unit, State: boon.StateIssued, Owner: maria, IssuedAt: noon, ExpiresAt: noon.AddDate(0, 0, 1)}}
	r := decide.Compute(compile(t, b), rates(), in)
	if d := cmp.Diff(worst, valued(r), cmpopts.SortSlices(strings.Compare)); d != "" {
		t.Errorf("valued (-want +got):\n%s", d)
	}
	if left := r.Decision.LeftOut; len(left) != 1 || left[0].Count != 37 {
		t.Errorf("said %+v", left)
	}
}

// What is refused by what is cheap to ask takes no place of another, and is told with its own reason.
func TestTheBoundCountsWhatStands(t *testing.T) {
	b := crowd(t, 12, 4)
	p, in := compile(t, b), inputs(b, "checkout")
	best := valued(decide.Compute(p, rates(), in))
	in.Standing.Overrides = []boon.Override{{ID: "ovr_1", Act: boon.OverrideBan, Offer: best[0], By: "ann"}}
	r := decide.Compute(p, rates(), in)
	if got := valued(r); len(got) != 4 || slices.Contains(got, best[0]) || r.Decision.LeftOut[0].Count != 7 {
		t.Errorf("valued %v, left out %+v", got, r.Decision.LeftOut)
	}
	if k := byOffer(r)["checkout/"+best[0]+"/0"]; k.Reason != boon.ReasonBanned {
		t.Errorf("the banned offer fell by %q", k.Reason)
	}
}

// An offer on one line is ranked by what it holds, not by the whole cart; one that the cart is too small for comes last.
func TestTheBoundGoesByTheScope(t *testing.T) {
	b := crowd(t, 3, 0)
	for i := range b.Offers {
		b.Offers[i].Reward = boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}}
	}
	b.Offers[0].Minimum = 1_000_000
	b.Offers[1].Scope = boon.Scope{Kind: "sku", SKUs: []string{"toy"}}
	full := valued(decide.Compute(compile(t, b), rates(), inputs(b, "checkout")))
	b.Shop.Candidates = 1
	r := decide.Compute(compile(t, b), rates(), inputs(b, "checkout"))
	if got := valued(r); !slices.Equal(got, full[:1]) {
		t.Errorf("valued %v of %v", got, full)
	}
	if left := r.Decision.LeftOut[0].Offers; left[len(left)-1] != b.Offers[0].ID {
		t.Errorf("left out %v, want %s last", left, b.Offers[0].ID)
	}
}

package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"boon"
	"boon/decide"
	"boon/publish"
	"boon/redeem"
)

// check holds what came of a step against what is expected.
func (st *stage) check(ctx context.Context, s *publish.Step, got seen) error {
	if s.Expect.Triggers != nil {
		st.sets(s.Path+"expect.triggers", *s.Expect.Triggers, fired(got.decisions))
	}
	for _, placement := range slices.Sorted(maps.Keys(s.Expect.Placements)) {
		if err := st.at(ctx, s, placement, got.decisions); err != nil {
			return err
		}
	}
	if e := s.Expect.Code; e != nil && got.code != nil {
		st.checkCode(s.Path+"expect.code", *e, *got.code)
	}
	for i, code := range s.When.Codes {
		if e, ok := s.Expect.Codes[code]; ok && got.code != nil {
			st.checkCode(fmt.Sprintf("%sexpect.codes[%q]", s.Path, code), e, oneOf(*got.code, i))
		}
	}
	return st.features(s.Path+"expect.features", s.Expect.Features, got.decisions)
}

// oneOf is what a validation of several codes says of one; a list of one code is answered as that code, and a refused redemption as a whole.
func oneOf(v redeem.Validation, i int) redeem.Validation {
	if len(v.Codes) == 0 {
		return v
	}
	return v.Codes[i].Validation
}

// fired lists the triggers that decided.
func fired(decisions []decide.Record) (names []string) {
	for _, d := range decisions {
		if d.Decision.ID != "" && d.Inputs.Request.Trigger != "" {
			names = append(names, d.Inputs.Request.Trigger)
		}
	}
	return names
}

// judged is what one decision left at one placement, and the place of what is expected of it.
type judged struct {
	*stage
	path       string
	placement  string
	picks      []boon.Pick
	candidates []boon.Candidate
	request    boon.Request
}

func (st *stage) at(ctx context.Context, s *publish.Step, placement string, decisions []decide.Record) error {
	e, path := s.Expect.Placements[placement], s.Path+"expect."+placement
	j := judged{stage: st, path: path, placement: placement}
	found := false
	for _, d := range decisions {
		request := d.Inputs.Request
		if !slices.Contains(request.Placements, placement) || e.Trigger != "" && request.Trigger != e.Trigger {
			continue
		}
		found, j.request = true, request
		j.picks = slices.DeleteFunc(slices.Clone(d.Decision.Picks), func(p boon.Pick) bool { return p.Placement != placement })
		j.candidates = slices.DeleteFunc(slices.Clone(d.Candidates), func(c boon.Candidate) bool { return c.Placement != placement || c.Offer == "" })
	}
	if !found {
		st.note(path, []string{"a decision for " + placement}, []string{"none was taken" + firedText(fired(decisions))})
		return nil
	}
	j.offers(e)
	j.main(e)
	j.standing(e)
	return j.discount(ctx, s, e)
}

func firedText(names []string) string {
	if len(names) == 0 {
		return "; no trigger fired"
	}
	return "; fired: " + strings.Join(names, ", ")
}

// offers holds the offers shown against those expected.
func (j judged) offers(e publish.Expected) {
	shown := j.shown()
	if e.Offer != "" && !slices.Contains(shown, e.Offer) {
		j.note(j.path+".offer", []string{e.Offer}, []string{j.came()}, j.why(e.Offer)...)
	}
	if e.Offers != nil {
		var why []string
		for _, offer := range *e.Offers {
			if !slices.Contains(shown, offer) {
				why = append(why, j.why(offer)...)
			}
		}
		j.sets(j.path+".offers", *e.Offers, shown, why...)
	}
}

// shown lists the offers and nudges that the shopper sees.
func (j judged) shown() (offers []string) {
	for _, p := range j.picks {
		if p.Outcome == boon.OutcomeOffer || p.Outcome == boon.OutcomeNudge {
			offers = append(offers, p.Offer)
		}
	}
	return offers
}

// came says what is shown instead.
func (j judged) came() string {
	if shown := j.shown(); len(shown) > 0 {
		return strings.Join(shown, ", ")
	}
	if len(j.picks) == 0 {
		return string(boon.OutcomeNone)
	}
	return fmt.Sprintf("%s (%s)", j.picks[0].Outcome, j.picks[0].Reason)
}

// outcome says what a pick is, and what it shows.
func (j judged) outcome(p boon.Pick) string {
	if p.Offer == "" {
		return j.came()
	}
	return fmt.Sprintf("%s (%s)", p.Outcome, p.Offer)
}

// pick is the one of the offer expected, else the first.
func (j judged) pick(e publish.Expected) (boon.Pick, bool) {
	for _, p := range j.picks {
		if p.Offer == e.Offer && e.Offer != "" {
			return p, true
		}
	}
	if len(j.picks) == 0 || e.Offer != "" {
		return boon.Pick{Outcome: boon.OutcomeNone}, false
	}
	return j.picks[0], true
}

// main holds the pick's own fields; where the offer itself is another one, that is told already.
func (j judged) main(e publish.Expected) {
	p, ok := j.pick(e)
	if e.Outcome != "" && e.Outcome != p.Outcome {
		j.note(j.path+".outcome", []string{string(e.Outcome)}, []string{j.outcome(p)})
	}
	if !ok {
		return
	}
	if e.Value != nil {
		j.text(".value", e.Value.String(), p.Level.String())
	}
	if e.Reason != "" {
		j.text(".reason", e.Reason, string(p.Reason))
	}
	if e.Title != nil {
		j.text(".title", *e.Title, p.Message.Title)
	}
	if e.Body != nil {
		j.text(".body", *e.Body, p.Message.Body)
	}
	if e.Live != nil {
		j.text(".live", fmt.Sprint(*e.Live), fmt.Sprint(p.Live))
	}
}

func (j judged) text(field, want, got string) {
	if want != got {
		j.note(j.path+field, []string{want}, []string{got})
	}
}

// standing holds who stands and who fell, and why.
func (j judged) standing(e publish.Expected) {
	if e.Eligible != nil {
		var stand, why []string
		for _, c := range j.candidates {
			if c.Verdict != boon.VerdictRefused && !slices.Contains(stand, c.Offer) {
				stand = append(stand, c.Offer)
			}
		}
		for _, offer := range *e.Eligible {
			if !slices.Contains(stand, offer) {
				why = append(why, j.why(offer)...)
			}
		}
		j.sets(j.path+".eligible", *e.Eligible, stand, why...)
	}
	for _, offer := range slices.Sorted(maps.Keys(e.Refused)) {
		if got := j.fell(offer); !slices.Contains(got, e.Refused[offer]) {
			j.note(fmt.Sprintf("%s.refused[%q]", j.path, offer), []string{offer + ": " + e.Refused[offer]}, []string{offer + ": " + strings.Join(got, ", ")}, j.why(offer)...)
		}
	}
}

// fell lists the reasons that every level of an offer fell by; an offer of which one stands did not fall.
func (j judged) fell(offer string) (reasons []string) {
	for _, c := range j.candidates {
		switch {
		case c.Offer != offer:
		case c.Verdict != boon.VerdictRefused:
			return []string{"not refused: " + string(c.Reason)}
		case !slices.Contains(reasons, string(c.Reason)):
			reasons = append(reasons, string(c.Reason))
		}
	}
	if len(reasons) == 0 {
		return []string{"no candidate here"}
	}
	return reasons
}

// discount holds what the grant takes off the step's cart, by holding its code against it.
func (j judged) discount(ctx context.Context, s *publish.Step, e publish.Expected) error {
	p, ok := j.pick(e)
	if !ok || e.Discount == nil && e.Lines == nil {
		return nil
	}
	if p.Grant == nil {
		j.note(j.path+".discount", []string{"a discount"}, []string{"no grant: " + j.came()})
		return nil
	}
	v, err := j.validate(ctx, []string{p.Grant.Code}, s.When.Cart)
	if err != nil {
		return j.fail(j.path+".discount", err)
	}
	j.taken(j.path, e.Discount, e.Lines, *v)
	return nil
}

// taken compares a discount, whole and by line.
func (st *stage) taken(path string, total *int64, lines map[string]int64, v redeem.Validation) {
	got := int64(0)
	if v.Discount != nil {
		got = v.Discount.Minor
	}
	if total != nil && *total != got {
		st.note(path+".discount", []string{st.money(*total)}, []string{st.money(got) + unless(v)}, fallen(v)...)
	}
	if lines == nil {
		return
	}
	var want, have []string
	for _, sku := range slices.Sorted(maps.Keys(lines)) {
		want = append(want, sku+": "+st.money(lines[sku]))
	}
	for _, l := range v.Lines {
		if l.Discount != st.money(0) || lines[l.ID] != 0 {
			have = append(have, l.ID+": "+l.Discount)
		}
	}
	st.sets(path+".lines", want, have, fallen(v)...)
}

func unless(v redeem.Validation) string {
	if v.Valid || v.Reason == "" {
		return ""
	}
	return fmt.Sprintf(" (%s: %s)", v.Reason, v.Detail)
}

func (st *stage) checkCode(path string, e publish.ExpectedCode, v redeem.Validation) {
	if e.Valid != nil && *e.Valid != v.Valid {
		st.note(path+".valid", []string{fmt.Sprint(*e.Valid)}, []string{fmt.Sprint(v.Valid) + unless(v)}, fallen(v)...)
	}
	if e.Reason != "" && e.Reason != string(v.Reason) {
		st.note(path+".reason", []string{e.Reason}, []string{string(v.Reason) + unless(v)})
	}
	st.taken(path, e.Discount, e.Lines, v)
	if e.Points != nil && *e.Points != v.Points {
		st.note(path+".points", []string{fmt.Sprint(*e.Points)}, []string{fmt.Sprint(v.Points)})
	}
	if e.Gift != "" && e.Gift != v.Gift {
		st.note(path+".gift", []string{e.Gift}, []string{v.Gift})
	}
}

// sets compares two lists whatever their order; the diff holds what is in one of them only.
func (st *stage) sets(path string, want, got []string, why ...string) {
	missing, extra := without(want, got), without(got, want)
	if len(missing)+len(extra) > 0 {
		st.note(path, missing, extra, why...)
	}
}

func without(all, those []string) (rest []string) {
	for _, x := range slices.Sorted(slices.Values(all)) {
		if !slices.Contains(those, x) {
			rest = append(rest, x)
		}
	}
	return rest
}

// features holds the vector of the step's last decision.
func (st *stage) features(path string, want map[string]any, decisions []decide.Record) error {
	if len(want) == 0 {
		return nil
	}
	if len(decisions) == 0 {
		st.note(path, []string{"a decision that reads features"}, []string{"none was taken; no trigger fired"})
		return nil
	}
	var vector map[string]json.RawMessage
	last := &decisions[len(decisions)-1].Inputs.Vector
	if err := json.Unmarshal(last.Append(nil), &vector); err != nil {
		return fmt.Errorf("read features: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		written, err := json.Marshal(want[name])
		if err != nil {
			return fmt.Errorf("read features: %w", err)
		}
		at := fmt.Sprintf("%s[%q]", path, name)
		switch got, known := vector[name]; {
		case !known:
			st.note(at, []string{name}, []string{"there is no such feature (docs/features.md)"})
		case string(written) != strings.TrimSuffix(string(got), ".0"):
			st.note(at, []string{name + ": " + string(written)}, []string{name + ": " + string(got)})
		}
	}
	return nil
}

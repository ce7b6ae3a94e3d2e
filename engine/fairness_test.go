package engine_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"boon/api"
)

// fairTown gives an offer to whoever is at a desk, where more men than women are, and as many left-handed as right-handed people. Nothing decides by any
// of them.
var fairTown = []string{
	pinned("desk", "page", `, eligibility: 'context.device == "desktop"'`), pinned("hint-all", "page", ""),
	"---\n{kind: Fairness, id: alike, by: {trait: gender}, groups: [female, male], covers: {kind: offer}, atLeast: 30, action: pause}\n",
	"---\n{kind: Fairness, id: hands, by: {trait: hand}, groups: [left, right], covers: {kind: shop}, atLeast: 30, action: pause}\n",
	"---\n{kind: Fairness, id: worth, by: {trait: gender}, groups: [female, male, other], covers: {kind: shop}, outcome: value, atLeast: 30}\n",
}

// somebody is one of the shoppers: of 60 men 50 are at a desk, of 60 women 20.
type somebody struct {
	id, gender, hand string
	desk             bool
}

func crowd() (all []somebody) {
	for i := range 120 {
		s := somebody{fmt.Sprintf("u%d", i), "male", []string{"left", "right"}[i%2], i < 50}
		if i >= 60 {
			s.gender, s.desk = "female", i < 80
		}
		all = append(all, s)
	}
	return all
}

// come tells who they are, and decides for each.
func (w *town) come(people []somebody) {
	w.t.Helper()
	var told, asked []string
	for _, s := range people {
		told = append(told, fmt.Sprintf(`{"type":"identify","messageId":"is-%s","userId":%q,"traits":{"gender":%q,"hand":%q}}`, s.id, s.id, s.gender, s.hand))
		device := map[bool]string{true: "desktop", false: "mobile"}[s.desk]
		asked = append(asked, fmt.Sprintf(`{"profile":{"userId":%q},"placements":["page"],"context":{"channel":"web","device":%q}}`, s.id, device))
	}
	w.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+strings.Join(told, ",")+`]}`)
	for len(asked) > 0 {
		n := min(100, len(asked))
		w.want(200, serverKey, "POST", "/v1/decisions:batch", `{"requests":[`+strings.Join(asked[:n], ",")+`]}`)
		asked = asked[n:]
	}
}

// fairness is the report, by bound.
func (w *town) fairness(query string) map[string]api.FairnessReport {
	w.t.Helper()
	var out struct{ Bounds []api.FairnessReport }
	if err := json.Unmarshal(w.want(200, serverKey, "GET", "/v1/reports/fairness"+query, "").raw, &out); err != nil {
		w.t.Fatal(err)
	}
	found := map[string]api.FairnessReport{}
	for _, b := range out.Bounds {
		found[b.Bound] = b
	}
	return found
}

// A shop that nobody meant to be unfair is: the offer goes to desks, and men sit at them. The bound finds it, tells a human and stops the offer; a bound that
// compares what makes no difference stays silent.
func TestAnUnfairOfferIsStopped(t *testing.T) {
	w := openTown(t, "2026-03-02T10:10:00Z", fairTown...)
	w.come(crowd())
	denied := `{"type":"identify","messageId":"no","userId":"shy","traits":{"gender":"female"},"context":{"consent":{"categoryPreferences":{"analytics":false}}}}`
	w.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+denied+`]}`)
	w.decide("shy", "page")
	people := func() (n int64) {
		for _, g := range w.fairness("")["hands"].Compared[0].Groups {
			n += g.People
		}
		return n
	}
	soon(t, "everybody is counted", func() bool { return people() == 120 })

	found := w.fairness("")
	desk := found["alike"].Compared[1]
	if desk.ID != "desk" || !desk.Watched || desk.Verdict != "unequal" || desk.Groups[0].Favoured != 20 || desk.Groups[1].Favoured != 50 || desk.Groups[0].People != 60 || math.Abs(desk.Worst.Ratio-0.4) > 1e-12 {
		t.Errorf("the offer by gender: %+v", desk)
	}
	if want := `"female" fares worst with 33.3% against 83.3% of "male", a ratio of 0.400: below the bound of 0.8, and chance is not why`; !strings.HasPrefix(desk.Sentence, want) {
		t.Errorf("said: %s", desk.Sentence)
	}
	if all := found["hands"].Compared[0]; all.Verdict != "within" || all.Groups[0].Favoured != 35 || !all.Watched {
		t.Errorf("all offers by hand: %+v", all)
	}
	if all := found["worth"].Compared[0]; all.Verdict != "unequal" || all.Groups[0].Value.Minor != 20*500 || all.Worst.Test != "welch" || !strings.HasSuffix(all.Sentence, "to be compared: other.") {
		t.Errorf("all that was given, by gender: %+v", all)
	}
	if before := w.fairness("?until=2026-03-01")["alike"].Compared; len(before) != 1 || before[0].Verdict != "too_few" {
		t.Errorf("the day before: %+v", before)
	}
	w.want(400, serverKey, "GET", "/v1/reports/fairness?until=yesterday", "")

	w.at("2026-03-02T11:00:01Z") // the hour is over
	soon(t, "the offer is paused", func() bool {
		return w.want(200, serverKey, "GET", "/v1/pauses", "").text("pauses.0.id") == "desk"
	})
	if p := w.want(200, serverKey, "GET", "/v1/pauses", ""); p.at("pauses.1") != nil || p.text("pauses.0.by") != "rule:alike" || p.text("pauses.0.figures.ratio") != "0.4000" {
		t.Errorf("paused: %s", p.raw)
	}
	soon(t, "both bounds tell", func() bool { return w.want(200, serverKey, "GET", "/v1/alarms", "").at("alarms.1") != nil })
	for i, subject := range []string{"offer desk", "all offers"} {
		a := w.want(200, serverKey, "GET", fmt.Sprintf("/v1/alarms?after=%d", i), "")
		if a.text("alarms.0.rule") != "fairness" || a.text("alarms.0.subject") != subject || a.at("alarms.2") != nil {
			t.Errorf("alarm %d: %s", i, a.raw)
		}
	}
	after := w.explain(w.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"late"},"placements":["page"],"context":{"device":"desktop"}}`).text("decisionId"))
	w.says(after, "page", "desk", "fairness", "differed too much between groups")
	if !strings.Contains(string(after.raw), `"by":"alike"`) {
		t.Errorf("who stopped it is not told: %s", after.raw)
	}

	w.want(200, serverKey, "DELETE", "/v1/pauses?offer=desk&reason=mended", "")
	w.at("2026-03-02T12:00:01Z") // what was counted before the pause was ended is over
	if c := w.fairness("")["alike"].Compared[1]; c.Since != "2026-03-03" || c.Verdict != "too_few" {
		t.Errorf("after it was resumed: %+v", c)
	}
	w.ledgerHolds()
}

// What splits people is measured by and decides nothing: who differs by it alone gets the same candidates at the same odds.
func TestAGroupDecidesNothing(t *testing.T) {
	w := openTown(t, "2026-03-02T10:10:00Z", append([]string{"---\n{kind: Offer, id: free, campaign: all, reward: {type: fixed, values: [\"5.00\"]}, placements: [page]}\n"}, fairTown...)...)
	w.come([]somebody{{"her", "female", "left", false}, {"him", "male", "left", false}})
	odds := func(user string) string {
		a := w.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"`+user+`"},"placements":["page"],"dryRun":true,"explain":true,`+cart+`}`)
		var out struct{ Explain []map[string]any }
		if err := json.Unmarshal(a.raw, &out); err != nil || len(out.Explain) < 3 {
			t.Fatalf("%v: %s", err, a.raw)
		}
		var all []string
		for _, c := range out.Explain {
			all = append(all, fmt.Sprint(c["offer"], c["p0"], c["p"], c["delta"], c["cost"]))
		}
		return strings.Join(all, "\n")
	}
	if her, him := odds("her"), odds("him"); her != him {
		t.Errorf("hers:\n%s\nhis:\n%s", her, him)
	}
}

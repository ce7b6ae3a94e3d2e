package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"boon/bench"
	"boon/engine"
	"boon/publish"
)

// house is an engine with a fixed seed and a clock of its own, so that what two of them record can be compared byte for byte.
type house struct {
	*shop
	clock *atomic.Int64
}

// build opens a house; the bundle is the load test's shop, which has every kind of condition.
func build(t *testing.T, c engine.Config, text string) house {
	t.Helper()
	var clock atomic.Int64
	opening := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	c.Seed, c.Now = "metamorphic", func() time.Time { return opening.Add(time.Duration(clock.Load()) * time.Second) }
	s := start(t, c)
	src, err := publish.Parse("shop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), src.Bundle, "test"); err != nil {
		t.Fatal(err)
	}
	return house{s, &clock}
}

// generatedShop is the text of a shop of 200 offers of which 20 match and twelve are valued, with total caps on some. Its triggers never fire: what they would give in the
// past expires when the wall clock says so, beside the story.
func generatedShop(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := (bench.Shop{Offers: 200, Matching: 20}).Write(&b); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("caps: {perProfile: 3}", "caps: {total: 12, perProfile: 3}", "currency: USD\n", "currency: USD\ncandidates: 12\n", "where: cart.total > 0.0", "where: cart.total > 1000000.0",
		"count: 2", "count: 16").Replace(b.String())
}

const shoppersAsking = 24

func request(who int) string {
	return fmt.Sprintf(`{"profile":{"userId":"s-%d"},"placements":["place-0"],"trigger":"checkout-started","context":{"channel":"web","device":"mobile","country":"US"},"cart":{%s}`,
		who, bench.Lines(who, 4))
}

// live tells the house some history, lets every shopper ask, and gives the records of all decisions.
func (h house) live(batched bool) []string {
	h.t.Helper()
	next := bench.Shoppers{Seed: 5, Count: shoppersAsking, Browse: 2, Buy: true}.Events()
	for range 10 {
		var events []string
		for range 20 {
			events = append(events, next())
		}
		h.clock.Add(1)
		h.want(200, serverKey, "POST", "/v1/batch", `{"batch":[`+strings.Join(events, ",")+`]}`)
	}
	// What decisions leave moves time on, beside the next one; the hour in which rates and quantiles are frozen must not turn then.
	h.want(200, serverKey, "POST", "/v1/page", `{"messageId":"last","userId":"s-none","timestamp":"2026-03-02T10:00:10Z"}`)
	h.caughtUp()
	var ids []string
	if batched {
		ids = h.askAtOnce()
	} else {
		ids = h.ask()
	}
	records := make([]string, len(ids))
	for i, id := range ids {
		records[i] = string(h.want(200, serverKey, "GET", "/v1/decisions/"+id, "").raw)
		if again := h.want(200, serverKey, "POST", "/v1/decisions/"+id+"/replay", ""); again.at("equal") != true {
			h.t.Errorf("computed again it differs: %s", again.raw)
		}
	}
	return records
}

// caughtUp waits until all that was sent is in the features.
func (h house) caughtUp() {
	h.t.Helper()
	for range 2000 {
		if page := h.page("/metrics"); strings.Contains(page, "\nboon_apply_lag_events 0\n") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.t.Fatal("the events are not applied")
}

func (h house) page(path string) string {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+serverKey)
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, r)
	return w.Body.String()
}

func (h house) ask() (ids []string) {
	for who := range shoppersAsking {
		h.clock.Add(1)
		a := h.want(200, serverKey, "POST", "/v1/decisions", request(who)+"}", "Idempotency-Key", fmt.Sprint("key-", who))
		ids = append(ids, a.text("decisionId"))
	}
	return ids
}

func (h house) askAtOnce() (ids []string) {
	for who := range shoppersAsking {
		h.clock.Add(1) // each at the second at which it is asked alone
		body := fmt.Sprintf(`{"requests":[%s,"idempotencyKey":"key-%d"}]}`, request(who), who)
		a := h.want(200, serverKey, "POST", "/v1/decisions:batch", body)
		ids = append(ids, a.text("decisions.0.decisionId"))
	}
	return ids
}

// However offers are found, whatever is kept at hand, whichever database holds the books, alone or in a batch: the records are the same bytes.
func TestRecordsAreTheSameBytes(t *testing.T) {
	text := generatedShop(t)
	want := build(t, engine.Config{}, text).live(false)
	if offers := strings.Count(strings.Join(want, "\n"), `"outcome":"offer"`); offers < shoppersAsking/2 {
		t.Fatalf("%d offers in %d decisions: the story tells little", offers, len(want))
	}
	if bounded := strings.Count(strings.Join(want, "\n"), `"leftOut"`); bounded < shoppersAsking/2 {
		t.Fatalf("the bound left something out of %d decisions of %d", bounded, len(want))
	}
	for name, variant := range map[string]struct {
		config  engine.Config
		text    string
		batched bool
	}{
		"again":               {},
		"no index, no caches": {config: engine.Config{Plain: true}},
		"batch":               {batched: true},
		"offers reversed":     {text: reversed(text)},
		"PostgreSQL":          {config: engine.Config{Ledger: "new"}},
	} {
		t.Run(name, func(t *testing.T) {
			if variant.config.Ledger != "" {
				variant.config.Ledger = newLedger(t)
			}
			if variant.text == "" {
				variant.text = text
			}
			got := build(t, variant.config, variant.text).live(variant.batched)
			for i := range want {
				if want[i] != got[i] {
					t.Fatalf("decision %d (-want +got):\n%s", i, cmp.Diff(indented(want[i]), indented(got[i])))
				}
			}
		})
	}
}

// reversed is the bundle with its documents in the opposite order.
func reversed(text string) string {
	documents := strings.Split(text, "---\n")
	for i, j := 0, len(documents)-1; i < j; i, j = i+1, j-1 {
		documents[i], documents[j] = documents[j], documents[i]
	}
	for i := range documents {
		documents[i] = strings.TrimRight(documents[i], "\n") + "\n"
	}
	return strings.Join(documents, "---\n")
}

// indented shows a record a line a field.
func indented(record string) string {
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(record), "", " ") // what is no JSON shows as nothing
	return b.String()
}

// Offers that are not for this shopper change nothing but the release that records name.
func TestIneligibleOffersChangeNothing(t *testing.T) {
	text := generatedShop(t)
	more := text
	for i := range 40 {
		more += fmt.Sprintf("---\nkind: Offer\nid: zz-%d\ncampaign: all\nreward: {type: fixed, values: [\"1.00\"]}\nplacements: [place-0]\neligibility: cart.total > %d.0\n", i, 5000+i)
	}
	neutral := func(records []string) []string {
		for i, r := range records {
			var fields map[string]any
			if err := json.Unmarshal([]byte(r), &fields); err != nil {
				t.Fatal(err)
			}
			release := fields["decision"].(map[string]any)["releaseId"].(string)
			records[i] = strings.ReplaceAll(r, release, "rel")
		}
		return records
	}
	want, got := neutral(build(t, engine.Config{}, text).live(false)), neutral(build(t, engine.Config{}, more).live(false))
	for i := range want {
		if want[i] != got[i] {
			t.Fatalf("decision %d (-want +got):\n%s", i, cmp.Diff(indented(want[i]), indented(got[i])))
		}
	}
}

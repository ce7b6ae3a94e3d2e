package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"boon"
)

// contactShop sends by every channel, and the offers of its pages and messages always win where they are allowed.
const contactShop = `
kind: Shop
id: town
currency: USD
timezone: Europe/Berlin
regime: {default: opt-out}
priors: {order: "0.5", elasticity: "4", redeem: "0.6", nudge: "0.02", explore: "0"}
---
{kind: Budget, id: purse, amount: "10000.00"}
---
{kind: Campaign, id: all, budget: purse}
---
{kind: Placement, id: page, channel: web}
---
{kind: Placement, id: wall, channel: web, capacity: 2}
---
{kind: Placement, id: push, channel: push}
---
{kind: Placement, id: text, channel: sms}
---
{kind: Placement, id: mail, channel: email}
---
{kind: Trigger, id: leaving, when: {event: Exit Intent}, placements: [push, text, page]}
---
{kind: Trigger, id: looking, when: {event: Cart Viewed}}
---
`

// pinned is an offer of five dollars, or with a nudge a message, in a group of its own.
func pinned(id, places, more string) string {
	reward := `{type: fixed, values: ["5.00"]}`
	if strings.HasPrefix(id, "hint") {
		reward = `{type: nudge, nudge: social_proof}`
	}
	return fmt.Sprintf("---\n{kind: Offer, id: %s, campaign: all, reward: %s, placements: [%s], pinned: true, stacking: {group: %s}%s}\n", id, reward, places, id, more)
}

// town is a contactShop whose clock the test sets.
type town struct {
	*shop
	now  atomic.Int64
	sent int
}

// openTown opens the shop with what is written besides, at an instant.
func openTown(t *testing.T, at string, documents ...string) *town {
	t.Helper()
	w := &town{}
	w.shop = &shop{t: t}
	w.at(at)
	w.shop = openAt(t, written(t, contactShop+strings.TrimPrefix(strings.Join(documents, ""), "---\n")), w.clock)
	return w
}

func (w *town) clock() time.Time { return time.UnixMilli(w.now.Load()).UTC() }

func (w *town) at(text string) {
	w.t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		w.t.Fatal(err)
	}
	w.now.Store(at.UnixMilli())
}

// track sends an event of the moment and, when a trigger waits for it, explains what was decided. A dry run waits for the shopper's events.
func (w *town) track(user, event, trigger, more string) answer {
	w.t.Helper()
	w.sent++
	id := fmt.Sprintf("m-%s-%d", user, w.sent)
	w.want(200, serverKey, "POST", "/v1/track", fmt.Sprintf(`{"messageId":%q,"userId":%q,"event":%q,"timestamp":%q%s}`,
		id, user, event, w.clock().Format("2006-01-02T15:04:05.000Z"), more))
	w.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"`+user+`"},"placements":["page"],"dryRun":true}`)
	if trigger == "" {
		return answer{}
	}
	return w.explain(boon.NewID(boon.PrefixDecision, w.clock(), id, trigger))
}

// decide asks for one placement, and explains.
func (w *town) decide(user, placement string) answer {
	w.t.Helper()
	return w.explain(w.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"`+user+`"},"placements":["`+placement+`"]}`).text("decisionId"))
}

// explain is a decision as a merchandiser sees it; each must compute again to the same bytes.
func (w *town) explain(id string) answer {
	w.t.Helper()
	if r := w.want(200, serverKey, "POST", "/v1/decisions/"+id+"/replay", ""); r.at("equal") != true {
		w.t.Fatalf("replay of %s: %s", id, r.raw)
	}
	return w.want(200, serverKey, "GET", "/v1/decisions/"+id+"/explain", "")
}

// says holds a candidate to a reason, and to a part of its sentence.
func (w *town) says(a answer, placement, offer, reason, detail string) {
	w.t.Helper()
	for i := range len(a.at("candidates").([]any)) {
		at := fmt.Sprintf("candidates.%d.", i)
		if a.text(at+"placement") != placement || a.text(at+"offer") != offer {
			continue
		}
		if a.text(at+"reason") != reason || !strings.Contains(a.text(at+"detail"), detail) {
			w.t.Errorf("%s at %s: %s, %q; want %s, %q", offer, placement, a.text(at+"reason"), a.text(at+"detail"), reason, detail)
		}
		return
	}
	w.t.Errorf("%s is no candidate at %s: %s", offer, placement, a.raw)
}

// A day is the shopper's, and what a live grant is told again counts as a message; the page does not care.
func TestAMessageADay(t *testing.T) {
	w := openTown(t, "2026-11-25T12:00:00Z", pinned("ten", "mail", ""), pinned("deal", "page", ""),
		"---\n{kind: ContactPolicy, id: calm, frequency: [{max: 1, per: day, channels: [email, sms, push]}]}\n")
	w.says(w.decide("ann", "mail"), "mail", "ten", "pinned", "")
	w.says(w.decide("ann", "mail"), "mail", "ten", "frequency", "contacts by email, sms, push: 1 of 1 today in Europe/Berlin; the next is allowed on Thursday 2026-11-26 00:00")
	w.says(w.decide("ann", "page"), "page", "deal", "pinned", "")
	w.at("2026-11-26T07:00:00Z")
	w.says(w.decide("ann", "mail"), "mail", "ten", "pinned", "")
}

// Nudges leave no grant and are counted from state, in the order of the events that caused them.
func TestNudgesCountInTheirGroup(t *testing.T) {
	group := "---\n{kind: ContactPolicy, id: calm, frequency: [{max: 2, per: 7d, each: group}]}\n"
	w := openTown(t, "2026-11-25T12:00:00Z", group, pinned("hint", "push", ", triggers: [leaving]"))
	for n, want := range []string{"pinned", "pinned", "frequency"} {
		w.now.Add(time.Hour.Milliseconds())
		w.says(w.track("ann", "Exit Intent", "leaving", ""), "push", "hint", want, map[bool]string{true: "group hint: 2 of 2 within 7d in Europe/Berlin; the next is allowed on Wednesday 2026-12-02 14:00"}[n == 2])
	}
	w.says(w.track("bob", "Exit Intent", "leaving", ""), "push", "hint", "pinned", "")
}

// Quiet is by the clock of the recipient: of the request, else where they were last seen, else the shop's. What may go another way does.
func TestQuietHoursAreTheRecipients(t *testing.T) {
	w := openTown(t, "2026-11-25T20:30:00Z", pinned("ten", "push, page", ", triggers: [leaving]"))
	night := w.track("ann", "Exit Intent", "leaving", "")
	w.says(night, "push", "ten", "quiet_hours", "it is 21:30 in Europe/Berlin, and no push goes out from 21:00 to 08:00; the next is allowed on Thursday 2026-11-26 08:00")
	w.says(night, "page", "ten", "pinned", "")
	w.track("bob", "Product Viewed", "", `,"context":{"timezone":"America/New_York"}`)
	day := w.track("bob", "Exit Intent", "leaving", "") // it is 15:30 where he was last seen
	w.says(day, "push", "ten", "pinned", "")
	w.says(w.track("bob", "Exit Intent", "leaving", `,"context":{"timezone":"Asia/Tokyo"}`), "push", "ten", "quiet_hours", "it is 05:30 in Asia/Tokyo")
}

// Whatever the regime says of silence, a text goes to nobody who did not say yes, and to nobody who took it back.
func TestTextsNeedARecordedYes(t *testing.T) {
	w := openTown(t, "2026-11-25T12:00:00Z", pinned("ten", "text, push", ", triggers: [leaving], channels: [sms, push]"))
	choose := func(yes bool) string {
		return fmt.Sprintf(`,"context":{"consent":{"categoryPreferences":{"sms":%v}}}`, yes)
	}
	w.says(w.track("ann", "Exit Intent", "leaving", ""), "text", "ten", "consent_missing", "no consent to sms")
	w.now.Add(1000)
	w.track("bob", "Cart Viewed", "", choose(true))
	w.now.Add(1000)
	yes := w.track("bob", "Exit Intent", "leaving", "")
	w.says(yes, "text", "ten", "pinned", "")
	w.says(yes, "push", "ten", "channel_taken", "which the offer names before push")
	w.now.Add(1000)
	w.track("bob", "Cart Viewed", "", choose(false))
	w.now.Add(1000)
	no := w.track("bob", "Exit Intent", "leaving", "")
	w.says(no, "text", "ten", "consent_missing", "denied")
	w.says(no, "push", "ten", "pinned", "")
}

// Of several ways one is taken: the sooner first, where the trigger names none itself.
func TestATriggerSendsOneMessage(t *testing.T) {
	w := openTown(t, "2026-11-25T12:00:00Z", pinned("ten", "mail", ", triggers: [looking]"), pinned("five", "push", ", triggers: [looking]"))
	a := w.track("ann", "Cart Viewed", "looking", "")
	w.says(a, "push", "five", "pinned", "")
	w.says(a, "mail", "ten", "channel_taken", "this decision already reaches the shopper at [push]")
	if a.text("decision.picks.0.placement") != "push" {
		t.Errorf("push is tried first: %s", a.raw)
	}
}

// An offer that was waved away twice stays away for a while, by its decision or by its name; a click takes that back.
func TestDismissalsKeepAnOfferAway(t *testing.T) {
	w := openTown(t, "2026-11-25T12:00:00Z", pinned("hint", "page", ""), "---\n{kind: ContactPolicy, id: calm, dismissals: [{after: 2, each: offer, for: 7d}]}\n")
	for range 2 {
		made := w.decide("ann", "page")
		w.says(made, "page", "hint", "pinned", "")
		w.now.Add(1000)
		for range 2 { // told twice, it is one
			w.track("ann", "Promotion Dismissed", "", `,"properties":{"decisionId":"`+made.text("decision.id")+`"}`)
		}
	}
	w.says(w.decide("ann", "page"), "page", "hint", "dismissed", "offer hint was waved away 2 times within 7d; it may be shown again on Wednesday 2026-12-02 13:00")
	w.says(w.decide("bob", "page"), "page", "hint", "pinned", "")
	w.track("ann", "Promotion Clicked", "", `,"properties":{"promotion_id":"hint"}`)
	w.says(w.decide("ann", "page"), "page", "hint", "pinned", "")
	w.track("ann", "Promotion Dismissed", "", `,"properties":{"promotion_id":"hint"}`)
	w.track("ann", "Promotion Dismissed", "", `,"properties":{"promotion_id":"hint"}`)
	w.says(w.decide("ann", "page"), "page", "hint", "dismissed", "")
	w.at("2026-12-03T12:00:00Z")
	w.says(w.decide("ann", "page"), "page", "hint", "pinned", "")
}

// Twelve calls at once, each for a place of its own: two of them give a grant, and each of the others says what was there first.
func TestContactsAtOnce(t *testing.T) {
	const calls = 12
	documents := []string{"---\n{kind: ContactPolicy, id: calm, frequency: [{max: 2, per: day}]}\n"}
	for n := range calls {
		documents = append(documents, fmt.Sprintf("---\n{kind: Placement, id: place-%d, channel: web}\n", n), pinned(fmt.Sprint("offer-", n), fmt.Sprint("place-", n), ""))
	}
	w := openTown(t, "2026-11-25T12:00:00Z", documents...)
	answers := make([]answer, calls)
	var ready, done sync.WaitGroup
	barrier := make(chan struct{})
	for n := range calls {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-barrier
			answers[n] = w.call(serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":"ann"},"placements":["place-%d"]}`, n))
		})
	}
	ready.Wait()
	close(barrier)
	done.Wait()
	given := 0
	for n, a := range answers {
		if a.status != 200 {
			t.Fatalf("%d: %s", a.status, a.raw)
		}
		if a.text("placements.0.grant.id") != "" {
			given++
			continue
		}
		w.says(w.explain(a.text("decisionId")), fmt.Sprint("place-", n), fmt.Sprint("offer-", n), "frequency", "contacts: 2 of 2 today in Europe/Berlin")
	}
	if held := w.want(200, serverKey, "GET", "/v1/wallet?userId=ann", ""); given != 2 || len(held.at("grants").([]any)) != 2 {
		t.Errorf("%d were given; the wallet: %s", given, held.raw)
	}
}

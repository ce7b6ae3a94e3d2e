package decide_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/decide"

	"pgregory.net/rapid"
)

// town is a shop with a place for every channel, and offers for each of them.
func town(t testing.TB) boon.Bundle {
	b := parse(t, base(t)+`---
kind: Placement
id: push
channel: push
capacity: 2
---
kind: Placement
id: app
channel: app
`)
	for i, reward := range []boon.RewardType{boon.RewardNudge, boon.RewardFixed, boon.RewardFreeShipping, boon.RewardNudge} {
		o := boon.Offer{ID: fmt.Sprintf("o%d", i), Campaign: "spring", Placements: []string{"checkout", "app", "push", "sms", "email"}, Duration: time.Hour,
			Scope: boon.Scope{Kind: "all"}, Reward: boon.Reward{Type: reward, MaxDiscount: 500}, Stacking: boon.Stacking{Group: fmt.Sprintf("g%d", i%3), Policy: "combine"}}
		if reward == boon.RewardFixed {
			o.Reward.Levels = []boon.Micros{5 * boon.Unit}
		}
		b.Offers = append(b.Offers, o)
	}
	return b
}

var everywhere = []string{"checkout", "app", "push", "sms", "email"}

func drawFrequency(t *rapid.T) boon.Frequency {
	f := boon.Frequency{Max: rapid.Int64Range(1, 3).Draw(t, "max"), Calendar: rapid.SampledFrom([]boon.Period{"", boon.PeriodDay, boon.PeriodWeek, boon.PeriodMonth}).Draw(t, "calendar")}
	if f.Calendar == "" {
		f.Per = time.Duration(rapid.Int64Range(1, 10*24*60).Draw(t, "minutes")) * time.Minute
	}
	return f
}

func drawContactPolicy(t *rapid.T) boon.ContactPolicy {
	p := boon.ContactPolicy{ID: "calm", Messages: rapid.Int64Range(0, 2).Draw(t, "messages"), QuietHours: &boon.QuietHours{From: 22 * time.Hour, To: 7 * time.Hour}}
	for range rapid.IntRange(0, 3).Draw(t, "limits") {
		l := boon.ContactLimit{Frequency: drawFrequency(t), Each: rapid.SampledFrom([]boon.Apart{"", boon.EachOffer, boon.EachGroup, boon.EachChannel}).Draw(t, "each")}
		l.Channels = rapid.SampledFrom([][]string{nil, {"sms", "push", "email"}, {"web"}}).Draw(t, "channels")
		l.Groups = rapid.SampledFrom([][]string{nil, nil, {"g0"}, {"g1", "g2"}}).Draw(t, "groups")
		p.Frequency = append(p.Frequency, l)
	}
	return p
}

// contacted is one contact as a test counts it, beside the code.
type contacted struct {
	offer, group, channel string
	at                    time.Time
}

// whole is what a policy counts of a decision.
func whole(b boon.Bundle, r decide.Record) (all []contacted) {
	for _, p := range r.Decision.Picks {
		if p.Outcome != boon.OutcomeOffer && p.Outcome != boon.OutcomeNudge {
			continue
		}
		place, _ := b.Placement(p.Placement)
		if o, _ := b.Offer(p.Offer); !p.Live || slices.Contains([]string{"sms", "push", "email"}, place.Channel) {
			all = append(all, contacted{o.ID, o.Stacking.Group, place.Channel, r.Inputs.Request.At})
		}
	}
	return all
}

// remember is what a decision leaves for the next: grants, and what is shown without one.
func remember(in *decide.Inputs, r decide.Record) {
	for _, p := range r.Decision.Picks {
		switch {
		case p.Grant != nil && !p.Live:
			in.Held = append(in.Held, decide.Held{ID: p.Grant.ID, Offer: p.Offer, Level: p.Level, State: boon.StateIssued, Owner: maria, Channel: p.Channel,
				IssuedAt: p.Grant.IssuedAt, ExpiresAt: p.Grant.ExpiresAt})
		case p.Outcome == boon.OutcomeNudge, p.Live && boon.ReachesOut(p.Channel):
			in.Shown = append(in.Shown, boon.Shown{Offer: p.Offer, Channel: p.Channel, At: r.Inputs.Request.At})
		}
	}
}

// Whatever policy, and however often somebody is decided for: no window of any limit has more than its most, nothing is sent in quiet hours, and no
// trigger sends more messages than the policy says.
func TestNoDecisionPassesTheContactPolicy(t *testing.T) {
	bare := town(t)
	rapid.Check(t, func(t *rapid.T) {
		b := bare
		policy := drawContactPolicy(t)
		b.ContactPolicies = []boon.ContactPolicy{policy}
		b.Offers = slices.Clone(b.Offers)
		b.Offers[0].Frequency = []boon.Frequency{drawFrequency(t)}
		p, err := decide.Compile(&boon.Release{ID: "rel_test", Bundle: b})
		if err != nil {
			t.Fatal(err)
		}
		in := inputs(b)
		in.Timezone = rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Pacific/Kiritimati"}).Draw(t, "zone")
		in.Request.At = time.Unix(rapid.Int64Range(1772000000, 1794000000).Draw(t, "start"), 0).UTC()
		zone, _ := time.LoadLocation(in.Timezone)
		var all []contacted
		for i := range rapid.IntRange(1, 25).Draw(t, "decisions") {
			in.Request.At = in.Request.At.Add(time.Duration(rapid.Int64Range(1, 30*60).Draw(t, "minutes later")) * time.Minute)
			in.Request.ID, in.Seed = fmt.Sprint("dec_", i), rapid.Uint64().Draw(t, "seed")
			in.Request.Trigger = rapid.SampledFrom([]string{"", "abandoned"}).Draw(t, "trigger")
			in.Request.Placements = rapid.Permutation(everywhere).Draw(t, "places")
			r := decide.Compute(p, rates(), in)
			made := whole(b, r)
			sent(t, policy, in.Request, made, zone)
			remember(&in, r)
			all = append(all, made...)
		}
		for _, l := range policy.Frequency {
			bounded(t, l, all, zone)
		}
		bounded(t, boon.ContactLimit{Frequency: b.Offers[0].Frequency[0]}, slices.DeleteFunc(slices.Clone(all), func(c contacted) bool { return c.offer != "o0" }), zone)
	})
}

// sent holds one decision to quiet hours and to one message.
func sent(t *rapid.T, policy boon.ContactPolicy, r boon.Request, made []contacted, zone *time.Location) {
	reached, last := map[string]bool{}, ""
	for _, c := range made {
		if out := c.channel != "web" && c.channel != "app"; out {
			if h := c.at.In(zone).Hour(); h >= 22 || h < 7 {
				t.Fatalf("%s goes out at %s", c.channel, c.at.In(zone))
			}
			if r.Trigger != "" && c.channel != last && int64(len(reached)) >= max(1, policy.Messages) {
				t.Fatalf("%s goes out after %v, and %d may", c.channel, reached, policy.Messages)
			}
		}
		reached[c.channel], last = true, c.channel
	}
}

// bounded counts in the span that ends at each contact, or in its local date.
func bounded(t *rapid.T, l boon.ContactLimit, all []contacted, zone *time.Location) {
	key := func(c contacted) string {
		return map[boon.Apart]string{boon.EachOffer: c.offer, boon.EachGroup: c.group, boon.EachChannel: c.channel}[l.Each]
	}
	all = slices.DeleteFunc(slices.Clone(all), func(c contacted) bool {
		return (len(l.Channels) > 0 && !slices.Contains(l.Channels, c.channel)) || (len(l.Groups) > 0 && !slices.Contains(l.Groups, c.group))
	})
	for _, last := range all {
		var n int64
		for _, c := range all {
			within := !c.at.After(last.at) && last.at.Sub(c.at) < l.Per
			if l.Calendar != "" {
				within = period(l.Calendar, c.at.In(zone)) == period(l.Calendar, last.at.In(zone))
			}
			if within && key(c) == key(last) {
				n++
			}
		}
		if n > l.Max {
			t.Fatalf("%+v: %d up to %s of %v", l, n, last.at.In(zone), all)
		}
	}
}

func period(p boon.Period, local time.Time) string {
	switch p {
	case boon.PeriodDay:
		return local.Format(time.DateOnly)
	case boon.PeriodWeek:
		year, week := local.ISOWeek()
		return fmt.Sprint(year, " ", week)
	}
	return local.Format("2006-01")
}

// Withdrawing consent only shrinks what is allowed at a placement, whatever it is withdrawn from.
func TestWithdrawnConsentOnlyShrinks(t *testing.T) {
	bare := town(t)
	bare.Channels = []boon.Channel{{ID: "app", Consent: "marketing"}, {ID: "push", Consent: "sale"}}
	rapid.Check(t, func(t *rapid.T) {
		b := bare
		b.ContactPolicies = []boon.ContactPolicy{drawContactPolicy(t)}
		p, err := decide.Compile(&boon.Release{ID: "rel_test", Bundle: b})
		if err != nil {
			t.Fatal(err)
		}
		in := inputs(b, rapid.SampledFrom(everywhere).Draw(t, "place"))
		in.Shown = []boon.Shown{{Offer: "o0", Channel: "sms", At: noon.Add(-time.Hour)}}
		granted := unrefused(p, in)
		in.Consent = append(in.Consent, decide.Gate{Purpose: rapid.SampledFrom(boon.Purposes()).Draw(t, "withdrawn"), Detail: "denied"})
		for offer := range unrefused(p, in) {
			if !granted[offer] {
				t.Fatalf("withdrawing %s opened %s for %s", in.Consent[0].Purpose, in.Request.Placements, offer)
			}
		}
	})
}

// unrefused are the offers that nothing refuses.
func unrefused(p *decide.Policy, in decide.Inputs) map[string]bool {
	stand := map[string]bool{}
	for _, k := range decide.Compute(p, rates(), in).Candidates {
		if k.Offer != "" && k.Verdict != boon.VerdictRefused {
			stand[k.Offer] = true
		}
	}
	return stand
}

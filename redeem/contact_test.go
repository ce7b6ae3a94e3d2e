package redeem_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// tell gives an offer by a channel, as a decision does.
func (s *shop) tell(n int, id, channel, zone string, shown ...boon.Shown) error {
	o, _ := s.terms.Offer("", id)
	g := boon.Grant{ID: fmt.Sprint("grt_", n), Owner: conformance.Shopper(1), Level: o.Reward.Levels[0], Committed: 100, Channel: channel, Timezone: zone, Shown: shown}
	return s.in(func(tx redeem.Tx) error {
		return tx.Try(func(tx redeem.Tx) error {
			_, err := s.desk.Issue(tx, g, o, []boon.Identifier{g.Owner}, s.now)
			return err
		})
	})
}

// A calendar day is the shopper's: what was given before midnight in Berlin leaves room after it, and the refusal says when that is.
func TestADayIsTheShoppers(t *testing.T) {
	s := newShop(t)
	s.release.Bundle.ContactPolicies = []boon.ContactPolicy{{ID: "calm", Frequency: []boon.ContactLimit{{Frequency: boon.Frequency{Max: 1, Calendar: boon.PeriodDay}, Each: boon.EachChannel}}}}
	s.terms.Publish(s.release)
	s.now = time.Date(2026, 1, 5, 22, 59, 59, 0, time.UTC)
	if err := s.tell(1, "uneven", "sms", "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	err := s.tell(2, "thrice", "sms", "Europe/Berlin")
	var refused *boon.Error
	if !errors.As(err, &refused) || refused.Detail != "sms: 1 of 1 today in Europe/Berlin; the next is allowed on Tuesday 2026-01-06 00:00" || refused.Field != "frequency[0]/sms" {
		t.Fatalf("refused with %v", err)
	}
	if err := s.tell(3, "thrice", "email", "Europe/Berlin"); err != nil {
		t.Fatalf("another channel: %v", err)
	}
	if _, err := s.redeem(s.request("WELCOME10", 1, "o1", 6_000)); err != nil {
		t.Fatalf("who comes with a code is not contacted: %v", err)
	}
	s.now = s.now.Add(time.Second)
	if err := s.tell(4, "thrice", "sms", "America/New_York"); err == nil {
		t.Error("in New York it is still Monday")
	}
	if err := s.tell(5, "thrice", "sms", "Europe/Berlin"); err != nil {
		t.Errorf("in Berlin it is Tuesday: %v", err)
	}
}

// An offer's own frequency counts by the calendar too, whoever came to it how; a live grant that was told again is no second one.
func TestAnOffersOwnDay(t *testing.T) {
	s := newShop(t)
	for i := range s.release.Bundle.Offers {
		if o := &s.release.Bundle.Offers[i]; o.ID == "uneven" {
			o.Frequency = []boon.Frequency{{Max: 2, Calendar: boon.PeriodDay}}
		}
	}
	s.terms.Publish(s.release)
	if _, err := s.redeem(s.request("UNEVEN", 1, "o1", 6_000)); err != nil {
		t.Fatal(err)
	}
	if err := s.tell(1, "uneven", "email", "", boon.Shown{Offer: "uneven", Channel: "email", At: s.now}); err != nil {
		t.Fatal(err)
	}
	s.refuses(s.tell(2, "uneven", "email", ""), boon.ReasonFrequency)
}

// What the decision counted besides grants is not stored with the grant.
func TestAGrantKeepsItsChannelAlone(t *testing.T) {
	s := newShop(t)
	if err := s.tell(1, "uneven", "sms", "Europe/Berlin", boon.Shown{Offer: "hint", Channel: "sms", At: s.now}); err != nil {
		t.Fatal(err)
	}
	if g := s.grant("grt_1"); g.Channel != "sms" || g.Timezone != "Europe/Berlin" || g.Shown != nil {
		t.Errorf("stored by %q in %q with %v", g.Channel, g.Timezone, g.Shown)
	}
}

package redeem_test

import (
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// tenOff is a shop in which o1 of three mugs and a cup, 10.00, was redeemed with 10% off.
func tenOff(t *testing.T, change func(*boon.Offer)) (*shop, boon.Order) {
	s, ten := newShop(t), off("TEN", 10, "", "combine")
	ten.Budget, ten.Reward.MaxDiscount = "welcome", 9_000
	if change != nil {
		change(&ten)
	}
	s.sells(ten)
	order := boon.Order{ID: "o1", Currency: "USD", Lines: []boon.Line{mugs("mug", 3), cup("cup")}}
	s.mustRedeem(redeem.Request{Code: "TEN", Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: order})
	return s, order
}

// A line of no units gives nothing back; beside others it changes nothing.
func TestNoUnitsGiveNothingBack(t *testing.T) {
	for _, event := range []string{boon.OrderRefunded, boon.ReturnCompleted, boon.ExchangeCompleted} {
		s, order := tenOff(t, nil)
		order.Lines[0].Quantity = 0
		if back := s.amend("e1", event, boon.Order{ID: "o1", Lines: order.Lines[:1]}, 1); len(back) != 0 {
			t.Errorf("%s of no mugs: took back %+v", event, back)
		}
		if back := s.amend("e2", event, order, 1); len(back) != 1 || back[0].Amount != 40 {
			t.Errorf("%s of the cup: took back %+v", event, back)
		}
	}
}

// An update in another currency than its order says nothing by which a discount can be computed. A cancellation needs none.
func TestAnUpdateInAnotherCurrency(t *testing.T) {
	s, order := tenOff(t, nil)
	order.Currency = "JPY"
	if back := s.amend("e1", boon.OrderUpdated, order, 1); len(back) != 0 {
		t.Errorf("took back %+v", back)
	}
	s.stands("welcome", accounts{"available": 99_900, "promo_expense": 100})
	s.amend("e2", boon.OrderCancelled, boon.Order{ID: "o1", Currency: "JPY"}, 1)
	s.stands("welcome", accounts{"available": 100_000, "promo_expense": 100, "reversal": -100})
}

// What came back whole is not brought to life by an update, and comes back no second time.
func TestAnUpdateAfterAllCameBack(t *testing.T) {
	for _, reward := range []boon.RewardType{boon.RewardPercentage, boon.RewardPoints} {
		s, order := tenOff(t, func(o *boon.Offer) { o.Reward.Type, o.Reward.PointValue, o.Clawback = reward, boon.Unit/100, true })
		n := 0
		for i, event := range []string{boon.OrderRefunded, boon.OrderUpdated, boon.OrderRefunded, boon.OrderUpdated, boon.OrderCancelled} {
			n += len(s.amend(string(rune('a'+i)), event, order, 1))
		}
		if n != 1 {
			t.Errorf("%s: came back %d times", reward, n)
		}
	}
}

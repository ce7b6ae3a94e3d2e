package consent

import "boon"

// Contract reports whether the event belongs to an order that was made: it settles whatever analytics consent says.
func Contract(e boon.Event) bool {
	switch e.Name {
	case boon.OrderCompleted, boon.OrderUpdated, boon.OrderRefunded, boon.OrderCancelled,
		boon.ReturnRequested, boon.ReturnCompleted, boon.ExchangeCompleted:
		return e.Kind == boon.KindTrack
	}
	return false
}

// Strip is what may be stored of an event when analytics is not allowed: who, when, the choices made, and what settles an order.
// What was looked at, searched for or told about oneself goes. Links that the shop asserts stay, since a wallet is opened by them.
func Strip(e boon.Event, analytics Allowed) boon.Event {
	if analytics.OK {
		return e
	}
	kept := boon.Event{
		MessageID: e.MessageID, Kind: e.Kind, Name: e.Name, Time: e.Time, Received: e.Received,
		Owner: e.Owner, Linked: e.Linked, Verified: e.Verified, Choices: e.Choices,
		Context: boon.Context{Country: e.Context.Country, GPC: e.Context.GPC},
	}
	if Contract(e) {
		kept.Order, kept.Coupon, kept.DecisionID, kept.OfferID = e.Order, e.Coupon, e.DecisionID, e.OfferID
	}
	return kept
}

package redeem

import (
	"cmp"
	"strconv"
	"time"

	"boon"
	"boon/offer"
)

// reads tells what a request is going to read. A public code makes a grant whose id follows from how many the customer had of it: told are the first
// two, on trust that few have had more.
func (d *Desk) reads(r Request, now time.Time) Reads {
	told := Reads{Owners: r.Owners}
	if order := cmp.Or(r.Cart.ID, r.OrderID); order != "" {
		told.Orders = []string{order}
	}
	if r.Reservation != "" {
		told.Reservations = []string{r.Reservation}
		return told
	}
	code := offer.Normalise(r.Code)
	o, _, public := d.Terms.Coded(code)
	if !public || len(r.Owners) == 0 {
		told.Codes = []string{code}
		return told
	}
	told.Counters = []string{PlacesKey(o.ID)}
	for n := range 2 {
		told.Grants = append(told.Grants, publicID(o, r.Owners[0], n, now))
	}
	for _, id := range r.Owners {
		told.Counters = append(told.Counters, suspectKey(id, markPeriod(now)-1), suspectKey(id, markPeriod(now)))
	}
	return told
}

// publicID names the grant that a public code makes for a customer who had n of it: a validation names the one that a redemption on the same day
// makes.
func publicID(o boon.Offer, owner boon.Identifier, n int, now time.Time) string {
	return boon.NewID(boon.PrefixGrant, now.UTC().Truncate(24*time.Hour), "code", o.ID, owner.String(), strconv.Itoa(n))
}

package redeem

import (
	"time"

	"boon"
	"boon/offer"
)

// judgement is whether a shopper may have an offer under a release: nil, or why not.
type judgement struct {
	offer, release string
	err            error
}

// judge asks a public code's condition ahead of the transaction, which others wait for. The condition is of features, which no transaction holds still.
func (d *Desk) judge(r Request, now time.Time) Request {
	o, release, public := d.Terms.Coded(offer.Normalise(r.Code))
	if public && d.Eligible != nil && len(r.Owners) > 0 {
		r.judged = &judgement{o.ID, release, d.Eligible(o, r.Owners, r.Cart, now)}
	}
	return r
}

// mayHave refuses who may not have an offer that was not offered to them.
func (d *Desk) mayHave(o boon.Offer, release string, r Request, now time.Time) error {
	if j := r.judged; j != nil && j.offer == o.ID && j.release == release {
		return j.err
	}
	if d.Eligible == nil {
		return nil
	}
	return d.Eligible(o, r.Owners, r.Cart, now)
}

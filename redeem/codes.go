package redeem

import (
	"math"
	"time"

	"boon"
	"boon/offer"
)

// code is the code that a new grant gets.
func (d *Desk) code(tx Tx, g boon.Grant, o boon.Offer) (string, error) {
	switch o.Codes.Mode {
	case "public":
		return o.Codes.Code, nil
	case "pool":
		return d.poolCode(tx, o)
	}
	return offer.Code(d.Key, g.ID), nil
}

// poolCode takes the next code of the pool that nobody has or had.
func (d *Desk) poolCode(tx Tx, o boon.Offer) (string, error) {
	cursor := boon.Limit{Key: "pool/" + o.ID, Max: math.MaxInt64, Refusal: boon.ReasonCapTotal}
	from, err := tx.Count(cursor.Key)
	if err != nil {
		return "", err
	}
	nth, err := d.nth(tx, o)
	if err != nil {
		return "", err
	}
	for n := from; ; n++ { // a code that a bearer used is passed once, since the cursor stays behind it
		code, found, err := nth(n)
		if err == nil && !found {
			err = boon.Refuse(boon.ReasonCapTotal, "all %d codes of offer %s are given out or used", n, o.ID)
		}
		if err != nil {
			return "", err
		}
		free, err := takeCode(tx, code)
		if err != nil {
			return "", err
		}
		if free {
			_, err = tx.Take(cursor, n+1-from)
			return code, err
		}
	}
}

// nth gives the codes of an offer's pool by their number from 0.
func (d *Desk) nth(tx Tx, o boon.Offer) (func(n int64) (code string, found bool, err error), error) {
	switch {
	case o.Codes.Generate.Count > 0:
		pool, err := offer.NewPool(d.Key, o.ID, o.Codes.Generate)
		return func(n int64) (string, bool, error) {
			if n >= pool.Count {
				return "", false, nil
			}
			return offer.Normalise(pool.Code(n)), true, nil
		}, err
	case o.Codes.Imported:
		return func(n int64) (string, bool, error) { return tx.NthCode(o.ID, n) }, nil
	}
	return func(n int64) (string, bool, error) {
		if n >= int64(len(o.Codes.Pool)) {
			return "", false, nil
		}
		return offer.Normalise(o.Codes.Pool[n]), true, nil
	}, nil
}

// takeCode makes a code of a pool somebody's, for ever: false when it was before. The counter decides; the grant stands for those given out before
// there were counters.
func takeCode(tx Tx, code string) (bool, error) {
	if _, held, err := tx.ByCode(code); err != nil || held {
		return false, err
	}
	return once(tx, CodeKey(code))
}

// CodeKey is the counter, 0 or 1, of a pool's code that was given out or brought.
func CodeKey(code string) string { return "code/" + code }

// pooled is a code of a pool, and the live terms of its offer.
type pooled struct {
	code    string
	offer   boon.Offer
	release string
}

// pooled finds the live offer whose pool has a code.
func (d *Desk) pooled(tx Tx, code string) (p pooled, found bool, err error) {
	id, found := d.Terms.Pooled(code)
	if !found && d.Terms.Imports() {
		if id, _, found, err = tx.PoolOf(code); err != nil {
			return p, false, err
		}
	}
	if !found {
		return p, false, nil
	}
	p.code = code
	p.offer, p.release, found = d.Terms.Live(id)
	if !found || p.offer.Codes.Generate.Count == 0 {
		return p, found, nil
	}
	pool, err := offer.NewPool(d.Key, id, p.offer.Codes.Generate)
	if err != nil {
		return p, false, err
	}
	_, found = pool.Index(code)
	return p, found, nil
}

// grant is what a code becomes when r's shopper brings it. A validation names the grant that a redemption on the same day makes.
func (p pooled) grant(r Request, now time.Time) boon.Grant {
	day := now.UTC().Truncate(24 * time.Hour)
	return boon.Grant{ID: boon.NewID(boon.PrefixGrant, day, "bearer", p.code), Owner: r.Owners[0], Code: p.code}
}

// bear makes the grant of a code that nobody has: it is the shopper's who brings it first.
func (d *Desk) bear(tx Tx, code string, r Request, now time.Time) (boon.Grant, boon.Offer, error) {
	p, found, err := d.pooled(tx, code)
	if err == nil && !found {
		err = unknown()
	}
	if err == nil && len(r.Owners) == 0 {
		err = boon.Invalid("profile", "a code needs a profile: userId, anonymousId or email")
	}
	if err != nil {
		return boon.Grant{}, p.offer, err
	}
	free, err := takeCode(tx, code)
	if err == nil && !free {
		err = boon.Refuse(boon.ReasonAlreadyRedeemed, "this code was used before")
	}
	if err != nil {
		return boon.Grant{}, p.offer, err
	}
	g, err := d.bring(tx, p.grant(r, now), p.offer, p.release, r, now)
	return g, p.offer, err
}

// bearPaid is bear for an order that is paid: what no cap or budget allows is outside of them.
func (d *Desk) bearPaid(tx Tx, code string, r Request, now time.Time) (c claim, found bool, err error) {
	p, found, err := d.pooled(tx, code)
	if err != nil || !found || len(r.Owners) == 0 {
		return c, false, err
	}
	free, err := takeCode(tx, code)
	if err != nil || !free {
		return c, false, err
	}
	c.offer = p.offer
	err = tx.Try(func(tx Tx) (err error) {
		c.grant, err = d.bring(tx, p.grant(r, now), p.offer, p.release, r, now)
		return err
	})
	if err != nil && broken(err) == nil {
		c.grant, err = d.outside(p.offer, p.release, r, now), nil
	}
	return c, err == nil, err
}

const noSuchCode = "no grant and no offer has this code"

func unknown() error { return boon.Refuse(boon.ReasonUnknownCode, noSuchCode) }

// UnknownCode is the answer to a code that nobody has.
func UnknownCode() Validation { return Validation{Reason: boon.ReasonUnknownCode, Detail: noSuchCode} }

// Mistyped is what a code is refused with whose check character is wrong.
const Mistyped = "this code has a typing error: compare it with the original, character by character"

// spelt refuses a code that cannot exist, before the book is asked.
func (d *Desk) spelt(code string) error {
	if d.Terms.Mistyped(offer.Normalise(code)) {
		return boon.Refuse(boon.ReasonUnknownCode, Mistyped)
	}
	return nil
}

package redeem

import (
	"boon"
	"boon/offer"
)

func (d *Desk) code(tx Tx, g boon.Grant, o boon.Offer) (string, error) {
	switch o.Codes.Mode {
	case "public":
		return o.Codes.Code, nil
	case "pool":
		return poolCode(tx, o)
	}
	return offer.Code(d.Key, g.ID), nil
}

// poolCode takes the next code of the pool; a code is never given twice.
func poolCode(tx Tx, o boon.Offer) (string, error) {
	key := "pool/" + o.ID
	n, err := tx.Count(key)
	if err != nil {
		return "", err
	}
	limit := boon.Limit{Key: key, Max: int64(len(o.Codes.Pool)), Refusal: boon.ReasonCapTotal}
	if err := take(tx, limit); err != nil {
		return "", err
	}
	return o.Codes.Pool[n], nil
}

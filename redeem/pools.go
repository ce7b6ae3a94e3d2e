package redeem

import (
	"context"

	"boon"
	"boon/offer"
)

// PoolCode is one code of a pool. Number counts from 1.
type PoolCode struct {
	Code   string
	Number int64
	State  func() (string, error) // free, assigned, used or ended; asks the book
}

// CodeState says what a code is.
type CodeState struct {
	Code   string `json:"code" doc:"as codes are compared: upper case, without spaces and dashes"`
	Kind   string `json:"kind" doc:"public, own (of one grant), generated, listed, imported, or unknown"`
	Valid  bool   `json:"valid" doc:"false: a typing error, or no code of this instance"`
	State  string `json:"state" doc:"public, free (whoever brings it has it), assigned (a grant has it), used, ended (its grant expired or was revoked), mistyped or unknown"`
	Offer  string `json:"offer,omitempty"`
	Number int64  `json:"number,omitempty" doc:"in its pool, from 1"`
	Grant  string `json:"grantId,omitempty"`
}

// CheckCode looks a code up. It is for operators: it tells what is somebody else's.
func (t *Teller) CheckCode(ctx context.Context, code string) (s CodeState, err error) {
	s = CodeState{Code: offer.Normalise(code), Kind: "unknown", State: "unknown"}
	if t.Desk.Terms.Mistyped(s.Code) {
		s.State = "mistyped"
		return s, nil
	}
	if o, _, public := t.Desk.Terms.Coded(s.Code); public {
		s.Kind, s.Valid, s.State, s.Offer = "public", true, "public", o.ID
		return s, nil
	}
	err = t.Book.View(ctx, func(tx Tx) error {
		p, found, err := t.Desk.pooled(tx, s.Code)
		if err != nil {
			return err
		}
		if found {
			s.Kind, s.Valid, s.Offer = p.kind(), true, p.offer.ID
			if s.Number, err = t.Desk.numberOf(tx, p); err != nil {
				return err
			}
		}
		return s.look(tx)
	})
	return s, err
}

func (p pooled) kind() string {
	switch {
	case p.offer.Codes.Generate.Count > 0:
		return "generated"
	case p.offer.Codes.Imported:
		return "imported"
	}
	return "listed"
}

// numberOf is the place of a code in its pool, from 1.
func (d *Desk) numberOf(tx Tx, p pooled) (int64, error) {
	switch p.kind() {
	case "generated":
		pool, err := offer.NewPool(d.Key, p.offer.ID, p.offer.Codes.Generate)
		n, _ := pool.Index(p.code)
		return n + 1, err
	case "imported":
		_, n, _, err := tx.PoolOf(p.code)
		return n + 1, err
	}
	for i, code := range p.offer.Codes.Pool {
		if offer.Normalise(code) == p.code {
			return int64(i) + 1, nil
		}
	}
	return 0, nil
}

// look finds whose a code is.
func (s *CodeState) look(tx Tx) error {
	g, held, err := tx.ByCode(s.Code)
	if err != nil {
		return err
	}
	if held {
		s.Valid, s.Grant, s.Offer, s.State = true, g.ID, g.Offer, stateOf(g)
		if s.Kind == "unknown" && offer.OwnShape.Spelt(s.Code) {
			s.Kind = "own"
		}
		return nil
	}
	used, err := tx.Count(CodeKey(s.Code))
	switch {
	case err != nil:
		return err
	case used > 0:
		s.State = "used"
	case s.Valid:
		s.State = "free"
	}
	return nil
}

func stateOf(g boon.Grant) string {
	switch {
	case g.OrderID != "":
		return "used"
	case g.State.Open():
		return "assigned"
	}
	return "ended"
}

// pageCodes bounds how long a listing keeps one view of the book open.
const pageCodes = 1000

// ListCodes calls each with the codes number from+1 to from+count of an offer's pool, as far as there are any. Refusals: not_found, invalid_request.
func (t *Teller) ListCodes(ctx context.Context, store CodeStore, offerID string, from, count int64, each func(PoolCode) error) error {
	o, _, found := t.Desk.Terms.Live(offerID)
	if !found {
		return boon.Refuse(boon.ReasonNotFound, "there is no offer %s", offerID)
	}
	if o.Codes.Mode != "pool" {
		return boon.Invalid("offer", "offer %s has no pool of codes", offerID)
	}
	for more := true; more && count > 0; from, count = from+pageCodes, count-pageCodes {
		codes, err := t.Desk.page(ctx, store, o, from, min(count, pageCodes))
		more = len(codes) == pageCodes
		if err == nil {
			err = t.Book.View(ctx, func(tx Tx) error { return eachCode(tx, codes, from, each) })
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// page is one page of a listing, as its codes are printed.
func (d *Desk) page(ctx context.Context, store CodeStore, o boon.Offer, from, count int64) ([]string, error) {
	switch {
	case o.Codes.Imported:
		return store.CodesOf(ctx, o.ID, from, int(count))
	case o.Codes.Generate.Count == 0:
		size := int64(len(o.Codes.Pool))
		return o.Codes.Pool[min(from, size):min(from+count, size)], nil
	}
	pool, err := offer.NewPool(d.Key, o.ID, o.Codes.Generate)
	if err != nil {
		return nil, err
	}
	var codes []string
	for n := from; n < min(from+count, pool.Count); n++ {
		codes = append(codes, pool.Code(n))
	}
	return codes, nil
}

func eachCode(tx Tx, codes []string, from int64, each func(PoolCode) error) error {
	for i, code := range codes {
		state := func() (string, error) {
			s := CodeState{Code: offer.Normalise(code), Valid: true}
			err := s.look(tx)
			return s.State, err
		}
		if err := each(PoolCode{Code: code, Number: from + int64(i) + 1, State: state}); err != nil {
			return err
		}
	}
	return nil
}

package batch

import (
	"fmt"
	"slices"

	"boon"
	"boon/internal/wire"
)

// grantVersion 2 appended the arm and the places, 3 the channel and the time zone; earlier ones are still read.
const grantVersion = 3

// states gives the states their stored numbers: never reorder. The due index holds states 1 and 2.
var states = []boon.GrantState{"", boon.StateIssued, boon.StateSaved, boon.StateReserved, boon.StateRedeemed, boon.StateReversed, boon.StateExpired, boon.StateRevoked}

// StateNumber is the stored number of a state: issued is 1, saved 2; a grant that may expire is in one of them.
func StateNumber(s boon.GrantState) int64 { return int64(slices.Index(states, s)) }

// OwnerKey is the stored form of an identifier.
func OwnerKey(i boon.Identifier) []byte {
	return append([]byte{byte(i.Namespace)}, i.Hash[:]...)
}

// EncodeGrant is the stored form of a grant.
func EncodeGrant(g boon.Grant) []byte {
	w := wire.Writer{Buf: make([]byte, 0, 256)}
	w.Byte(grantVersion)
	for _, s := range []string{g.ID, g.Offer, g.Campaign, g.Decision, g.Release, string(g.Type), string(g.Currency), g.Budget, g.Code, g.OrderID} {
		w.String(s)
	}
	w.Byte(byte(g.Owner.Namespace))
	w.Raw(g.Owner.Hash[:])
	w.Byte(byte(StateNumber(g.State)))
	w.Byte(byte(StateNumber(g.Before)))
	for _, n := range []int64{int64(g.Level), g.Committed, g.Uses, g.Discount, g.Reversed} {
		w.Int(n)
	}
	w.Time(g.IssuedAt)
	w.Time(g.ExpiresAt)
	w.Time(g.ChangedAt)
	w.String(g.Arm)
	w.Uint(uint64(len(g.Places)))
	for _, p := range g.Places {
		w.String(p.Key)
		w.Int(p.N)
	}
	w.String(g.Channel)
	w.String(g.Timezone)
	return w.Buf
}

// DecodeGrant reads what EncodeGrant wrote, in this version of the program or an earlier one.
func DecodeGrant(body []byte) (g boon.Grant, err error) {
	r := wire.NewReader(body)
	version := r.Byte()
	if v := version; (v < 1 || v > grantVersion) && r.Err() == nil {
		return g, fmt.Errorf("decode grant: version %d is not known", v)
	}
	var kind, currency string
	for _, s := range []*string{&g.ID, &g.Offer, &g.Campaign, &g.Decision, &g.Release, &kind, &currency, &g.Budget, &g.Code, &g.OrderID} {
		*s = r.String()
	}
	g.Type, g.Currency = boon.RewardType(kind), boon.Currency(currency)
	g.Owner.Namespace = boon.Namespace(r.Byte())
	copy(g.Owner.Hash[:], r.Raw(len(g.Owner.Hash)))
	for _, s := range []*boon.GrantState{&g.State, &g.Before} {
		n := int(r.Byte())
		if n >= len(states) {
			return g, fmt.Errorf("decode grant: state %d is not known", n)
		}
		*s = states[n]
	}
	var level int64
	for _, n := range []*int64{&level, &g.Committed, &g.Uses, &g.Discount, &g.Reversed} {
		*n = r.Int()
	}
	g.Level = boon.Micros(level)
	g.IssuedAt, g.ExpiresAt, g.ChangedAt = r.Time(), r.Time(), r.Time()
	if version > 1 {
		g.Arm, g.Places = r.String(), places(r)
	}
	if version > 2 {
		g.Channel, g.Timezone = r.String(), r.String()
	}
	if r.Err() != nil {
		return g, fmt.Errorf("decode grant: %w", r.Err())
	}
	return g, nil
}

func places(r *wire.Reader) (all []boon.Place) {
	for range r.Count(2) {
		p := boon.Place{Key: r.String(), N: r.Int()}
		if r.Err() != nil {
			return nil
		}
		all = append(all, p)
	}
	return all
}

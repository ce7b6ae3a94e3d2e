package redeem

import (
	"math"
	"slices"
	"strings"

	"boon"
	"boon/ledger"
)

// Counters of money, by the head of their key; what follows names the budget, and for a ceiling the period.
const (
	countSpend    = "spend/"    // under a ceiling: committed and redeemed, less what came back
	countOpen     = "open/"     // under a ceiling: committed
	countVariance = "variance/" // of what open grants cost, in minor units squared
	countWorst    = "worst/"    // what open grants cost at most
)

// recorded says that whoever takes a place under a key keeps a note of it. The place under the total cap follows from the grant itself.
func recorded(key string) bool { return !strings.HasPrefix(key, "places/") }

// ofMoney says that a place is an amount, which follows the grant's money, and not a place under a cap.
func ofMoney(key string) bool {
	return slices.ContainsFunc([]string{countSpend, countOpen, countVariance, countWorst}, func(head string) bool { return strings.HasPrefix(key, head) })
}

// shift moves a counter that is kept whatever its limit says.
func shift(tx Tx, key string, n int64) error {
	switch {
	case n > 0:
		_, err := tx.Take(boon.Limit{Key: key, Max: math.MaxInt64}, n)
		return err
	case n < 0:
		return tx.Give(key, -n)
	}
	return nil
}

// usePlaces brings a grant's places to what one use leaves of them: what was committed under a ceiling becomes what the use cost. It returns what
// the redemption has to give back when it is reversed.
func usePlaces(tx Tx, g *boon.Grant, uses, cost int64) (counted []boon.Place, err error) {
	var rest []boon.Place
	for _, p := range g.Places {
		if !ofMoney(p.Key) {
			rest = append(rest, p)
			continue
		}
		keep := ledger.Kept(p.N, uses)
		change := keep - p.N
		if strings.HasPrefix(p.Key, countSpend) {
			change += cost
			counted = append(counted, boon.Place{Key: p.Key, N: cost})
		}
		if err := shift(tx, p.Key, change); err != nil {
			return nil, err
		}
		if keep > 0 {
			rest = append(rest, boon.Place{Key: p.Key, N: keep})
		}
	}
	g.Places = rest
	return counted, nil
}

// endPlaces gives back what a grant stands in when it dies; its places under caps only if it was never redeemed.
func endPlaces(tx Tx, g *boon.Grant) error {
	var rest []boon.Place
	for _, p := range g.Places {
		if !ofMoney(p.Key) && g.OrderID != "" {
			rest = append(rest, p)
			continue
		}
		if err := tx.Give(p.Key, p.N); err != nil {
			return err
		}
	}
	g.Places = rest
	return nil
}

// returnPlaces gives back to the ceilings what a reversal of some of what is left of a redemption's cost frees.
func returnPlaces(tx Tx, r *boon.Redemption, back, left int64) error {
	var rest []boon.Place
	for _, p := range r.Places {
		n := p.N
		if back < left {
			n = boon.MulDiv(p.N, back, left)
		}
		if err := tx.Give(p.Key, n); err != nil {
			return err
		}
		if p.N > n {
			rest = append(rest, boon.Place{Key: p.Key, N: p.N - n})
		}
	}
	r.Places = rest
	return nil
}

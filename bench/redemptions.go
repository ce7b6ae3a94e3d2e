package bench

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"boon"
	"boon/redeem"
)

// Redemptions presses on the money path itself, without the API before it: public codes, each redeemed by a new shopper on a new order.
type Redemptions struct {
	teller *redeem.Teller
	orders atomic.Int64
}

// NewRedemptions sells on a book under so many public codes, each with a budget of its own.
func NewRedemptions(b redeem.Book, codes int) *Redemptions {
	bundle := boon.Bundle{Shop: boon.Shop{ID: "bench", Currency: "USD", Timezone: "UTC"}}
	for n := range codes {
		id := fmt.Sprint("code-", n)
		bundle.Budgets = append(bundle.Budgets, boon.Budget{ID: id, Currency: "USD", Amount: 1e12, Period: boon.PeriodTotal, Commitment: "worst_case"})
		bundle.Offers = append(bundle.Offers, boon.Offer{ID: id, Budget: id, Duration: 30 * 24 * time.Hour, Codes: boon.Codes{Mode: "public", Code: fmt.Sprint("CODE", n)},
			Reward: boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}, MaxDiscount: 1_000}})
	}
	terms := redeem.NewReleases(&boon.Release{ID: "rel_bench", Bundle: bundle})
	return &Redemptions{teller: &redeem.Teller{Book: b, Desk: &redeem.Desk{Terms: terms, Key: []byte("bench")}}}
}

// Redemption redeems one of the first so many codes, with an Idempotency-Key, as a shop's server does.
func (p *Redemptions) Redemption(codes int) Op {
	return func(ctx context.Context, _ int) (string, error) {
		n := p.orders.Add(1)
		order := boon.Order{ID: fmt.Sprint("o-", n), Currency: "USD", Lines: []boon.Line{{ID: "l1", SKU: "B0001", Quantity: 1, Price: 30 * boon.Unit}}}
		r := redeem.Request{Code: fmt.Sprint("CODE", n%int64(codes)), Owners: []boon.Identifier{buyer(n)}, Cart: order}
		_, err := p.teller.Redeem(ctx, redeem.OnceFor("key-"+order.ID, []byte(order.ID)), r, time.Now())
		return "", err
	}
}

func buyer(n int64) boon.Identifier {
	digest := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte(digest[:16])}
}

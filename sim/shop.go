package sim

import (
	"crypto/sha256"
	"fmt"
	"time"

	"boon"
)

var start = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// release is a shop in which limits are met often: few places, a day's budget of a few redemptions, short lives.
func release() *boon.Release {
	percent := boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}, MaxDiscount: 700}
	return &boon.Release{ID: "rel_sim", At: start, Bundle: boon.Bundle{
		Shop: boon.Shop{ID: "sim", Currency: "EUR", Timezone: "Europe/Berlin", Cost: boon.ShopCost{Shipping: 300}},
		Budgets: []boon.Budget{
			{ID: "total", Currency: "EUR", Amount: 9_000, Period: boon.PeriodTotal, Commitment: "worst_case"},
			{ID: "daily", Currency: "EUR", Amount: 2_000, Period: boon.PeriodDay, Commitment: "worst_case"},
		},
		Offers: []boon.Offer{
			{ID: "code", Budget: "total", Reward: percent, Duration: 48 * time.Hour, Caps: boon.Caps{Total: 6, PerProfile: 1}, Codes: boon.Codes{Mode: "public", Code: "CODE"}},
			{ID: "twice", Budget: "daily", Reward: percent, Duration: 20 * time.Hour, Uses: 2, Codes: boon.Codes{Mode: "public", Code: "TWICE"}},
			{ID: "own", Budget: "daily", Duration: 30 * time.Hour, Caps: boon.Caps{Total: 9},
				Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{4 * boon.Unit}}},
		},
	}}
}

func caps() map[string]int64 { return map[string]int64{"code": 6, "own": 9} }

func shopper(n int) boon.Identifier {
	id := boon.Identifier{Namespace: boon.NamespaceUser}
	digest := sha256.Sum256(fmt.Appendf(nil, "sim %d", n))
	copy(id.Hash[:], digest[:])
	return id
}

func basket(id string, minor int64) boon.Order {
	return boon.Order{ID: id, Currency: "EUR", Shipping: 490, Lines: []boon.Line{
		{ID: "l1", SKU: "A", Quantity: 2, Price: boon.Micros(minor) * boon.Unit / 200},
		{ID: "l2", SKU: "B", Quantity: 1, Price: 3 * boon.Unit},
	}}
}

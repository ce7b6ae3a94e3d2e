package sim

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"time"

	"boon"
)

var start = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

const (
	hold     = 40 * time.Minute
	profiles = 4 // of two identifiers each
	orders   = 10
)

// release is a shop in which limits are met often: few places, a day's budget of a few redemptions, short lives.
func release() *boon.Release {
	percent := boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{10 * boon.Unit}, MaxDiscount: 700}
	combine := boon.Stacking{Group: "order", Policy: "combine"}
	return &boon.Release{ID: "rel_sim", At: start, Bundle: boon.Bundle{
		Shop: boon.Shop{ID: "sim", Currency: "EUR", Timezone: "Europe/Berlin", Cost: boon.ShopCost{Shipping: 300}},
		Budgets: []boon.Budget{
			{ID: "total", Currency: "EUR", Amount: 2_500, Period: boon.PeriodTotal, Commitment: "worst_case"},
			{ID: "daily", Currency: "EUR", Amount: 3_000, Period: boon.PeriodDay, Commitment: "worst_case"},
		},
		Offers: []boon.Offer{
			{ID: "code", Budget: "total", Reward: percent, Duration: 48 * time.Hour, Caps: boon.Caps{Total: 3, PerProfile: 1},
				Stacking: boon.Stacking{Group: "order", Policy: "exclusive"}, Codes: boon.Codes{Mode: "public", Code: "CODE"}},
			{ID: "twice", Budget: "daily", Reward: percent, Duration: 20 * time.Hour, Uses: 2, Caps: boon.Caps{PerDay: 3},
				Stacking: combine, Codes: boon.Codes{Mode: "public", Code: "TWICE"}},
			{ID: "own", Budget: "daily", Duration: 30 * time.Hour, Caps: boon.Caps{Total: 5, PerProfile: 2, PerIdentifier: 3}, Stacking: combine,
				Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{4 * boon.Unit}}},
		},
	}}
}

// terms are what the model knows of an offer, written down apart from the release.
type terms struct {
	id, code                      string
	budget                        int
	worst, uses                   int64
	total, profile, shared, daily int // shared: by the device that two profiles have
	life                          time.Duration
	combines                      bool
}

var offers = []terms{
	{id: "code", code: "CODE", budget: 0, worst: 700, uses: 1, total: 3, profile: 1, life: 48 * time.Hour},
	{id: "twice", code: "TWICE", budget: 1, worst: 1_400, uses: 2, daily: 3, life: 20 * time.Hour, combines: true},
	{id: "own", budget: 1, worst: 400, uses: 1, total: 5, profile: 2, shared: 3, life: 30 * time.Hour, combines: true},
}

const own = 2 // the offer whose grants have codes of their own

// discount is what an offer takes off an order that carries nothing else.
func (t terms) discount(total int64) int64 {
	if t.id == "own" {
		return 400
	}
	return min(total/10, 700)
}

var (
	budgetIDs = []string{"total", "daily"}
	amounts   = []int64{2_500, 3_000}
)

// day numbers the days of the shop, which is an hour ahead of UTC all January.
func day(at time.Time) int {
	return int(at.Add(time.Hour).Sub(start.Truncate(24*time.Hour)) / (24 * time.Hour))
}

func caps() map[string]int64 { return map[string]int64{"code": 3, "own": 5} }

// shopper is an identifier; a profile has two.
func shopper(profile, device int) boon.Identifier {
	id := boon.Identifier{Namespace: boon.NamespaceUser}
	digest := sha256.Sum256(fmt.Appendf(nil, "sim %d %d", profile, device))
	copy(id.Hash[:], digest[:])
	return id
}

// owners are a profile's identifiers, the one that speaks first.
func owners(profile, device int) []boon.Identifier {
	return []boon.Identifier{shopper(profile, device), shopper(profile, 1-device)}
}

// device is one that two profiles share; nobody has linked it to either.
func device(profile int) boon.Identifier { return shopper(-1, profile/2) }

// worth of an order in minor units; an id always names the same basket.
func worth(order string) int64 {
	h := fnv.New32a()
	h.Write([]byte(order))
	return 2_300 + int64(h.Sum32()%70)*100
}

func basket(order string) boon.Order {
	first := worth(order) - 300
	return boon.Order{ID: order, Currency: "EUR", Shipping: 490, Lines: []boon.Line{
		{ID: "l1", SKU: "A", Quantity: 2, Price: boon.Micros(first) * boon.Unit / 200},
		{ID: "l2", SKU: "B", Quantity: 1, Price: 3 * boon.Unit},
	}}
}

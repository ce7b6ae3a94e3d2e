package feature

import (
	"slices"
	"sort"

	"boon"
)

// decay holds 2^20 * 2^(-28k/90): a half-life of 90 days, by buckets of 28 days. Integers, so that every machine reads one order.
var decay = [...]int64{
	1048576, 845174, 681228, 549084, 442573, 356723, 287526, 231752, 186797, 150562, 121356, 97816, 78841, 63548,
	51221, 41285, 33277, 26822, 21619, 17425, 14045, 11321, 9125, 7355, 5928, 4778, 3851,
}

// weight is how much a bucket counts at a day; a bucket to come counts as the present one.
func weight(bucket, today int64) int64 {
	age := max(floorDiv(today, bucketDays)-bucket, 0)
	if age >= int64(len(decay)) {
		return 0
	}
	return decay[age]
}

// Affinity is one category's decayed interest in points times 2^20.
type Affinity struct {
	Category string
	Weight   int64
}

// Affinities lists categories by decayed interest at a day, the strongest first, equals by name.
func (s *State) Affinities(today int64) []Affinity {
	sums := make([]Affinity, 0, len(s.Interests))
	s.eachAffinity(today, func(a Affinity) { sums = append(sums, a) })
	sort.SliceStable(sums, func(a, b int) bool { return sums[a].Weight > sums[b].Weight })
	return sums
}

// eachAffinity visits the categories in the order of their names.
func (s *State) eachAffinity(today int64, visit func(Affinity)) {
	for i := 0; i < len(s.Interests); {
		a := Affinity{Category: s.Interests[i].Category}
		for ; i < len(s.Interests) && s.Interests[i].Category == a.Category; i++ {
			a.Weight += s.Interests[i].Points * weight(s.Interests[i].Bucket, today)
		}
		visit(a)
	}
}

// readInterests finds the strongest category and the share of the one looked at.
func (r *Reading) readInterests() {
	best := int64(0)
	r.eachAffinity(r.today, func(a Affinity) {
		if r.sensitive(a.Category) {
			return
		}
		r.interestAll += a.Weight
		if r.category != "" && boon.InCategory(a.Category, r.category) {
			r.interestHere += a.Weight
		}
		if a.Weight > best {
			best, r.top = a.Weight, a.Category
		}
	})
}

// sensitive reports whether the shop calls a category sensitive, so that no interest in it is read.
func (r *Reading) sensitive(category string) bool {
	return slices.ContainsFunc(r.in.Shop.Sensitive, func(s string) bool { return boon.InCategory(category, s) })
}

func (r *Reading) unlessSensitive(category string) string {
	if r.sensitive(category) {
		return ""
	}
	return category
}

package feature

import (
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
	for i := range s.Interests {
		w := s.Interests[i].Points * weight(s.Interests[i].Bucket, today)
		sums = append(sums, Affinity{s.Interests[i].Category, w})
	}
	sort.Slice(sums, func(a, b int) bool { return sums[a].Category < sums[b].Category })
	merged := sums[:0]
	for _, a := range sums {
		if n := len(merged); n > 0 && merged[n-1].Category == a.Category {
			merged[n-1].Weight += a.Weight
			continue
		}
		merged = append(merged, a)
	}
	sort.SliceStable(merged, func(a, b int) bool { return merged[a].Weight > merged[b].Weight })
	return merged
}

// readInterests finds the strongest category and the share of the one looked at, without allocating for short lists.
func (r *Reading) readInterests() {
	var room [64]Affinity
	sums := room[:0]
	for i := range r.Interests {
		at := &r.Interests[i]
		w := at.Points * weight(at.Bucket, r.today)
		r.interestAll += w
		if r.category != "" && boon.InCategory(at.Category, r.category) {
			r.interestHere += w
		}
		sums = addAffinity(sums, at.Category, w)
	}
	best := int64(0)
	for _, a := range sums {
		if a.Weight > best || (a.Weight == best && best > 0 && a.Category < r.top) {
			best, r.top = a.Weight, a.Category
		}
	}
}

func addAffinity(sums []Affinity, category string, w int64) []Affinity {
	for i := range sums {
		if sums[i].Category == category {
			sums[i].Weight += w
			return sums
		}
	}
	return append(sums, Affinity{category, w})
}

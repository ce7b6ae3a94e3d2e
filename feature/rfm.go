package feature

import "slices"

// RFMScores gives each value the quintile of its rank, 1 to 5, 5 the greatest: 1 + floor(5 * L / n), where L is the number of values
// strictly less and n of all values. Equal values share a score. It is the classic equal-count binning of recency, frequency and monetary value
// (Hughes, "Strategic Database Marketing", 1994), with bins closed on the right at the inverse of the empirical distribution function.
// For recency, pass the day of the last order, so that the latest is the greatest.
func RFMScores(values []int64) []int {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	scores := make([]int, len(values))
	for i, v := range values {
		less, _ := slices.BinarySearch(sorted, v)
		scores[i] = 1 + 5*less/len(values)
	}
	return scores
}

// Quintiles are the four cut points between five bins: a value scores 1 plus the number of cuts it exceeds.
type Quintiles [4]int64

// Score is 1 to 5.
func (q Quintiles) Score(v int64) int64 {
	score := int64(1)
	for _, cut := range q {
		if v > cut {
			score++
		}
	}
	return score
}

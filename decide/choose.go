package decide

import (
	"encoding/binary"
	"math"

	"boon"

	"github.com/zeebo/xxh3"
)

// standing is one candidate that nothing refused; index points into the candidate list.
type standing struct {
	index int
	logit float64 // delta / temperature
	score float64 // logit + noise
}

// draw picks the highest score. Adding a standard Gumbel variate to each logit and taking the argmax draws from their softmax (Gumbel 1954;
// Maddison, Tarlow and Minka 2014, section 2), so the propensity is the softmax of the pick. The noise of a candidate depends on the seed and on
// itself alone: one more candidate either wins or changes nothing.
func draw(field []standing) (winner int, propensity float64) {
	best := 0
	for i := range field {
		if field[i].score > field[best].score {
			best = i
		}
	}
	return best, softmax(field, best)
}

func softmax(field []standing, i int) float64 {
	top := math.Inf(-1)
	for _, s := range field {
		top = max(top, s.logit)
	}
	var sum float64
	for _, s := range field {
		sum += math.Exp(s.logit - top)
	}
	return math.Exp(field[i].logit-top) / sum
}

// gumbel is the noise of one candidate: -ln(-ln u), u uniform from a hash of (seed, placement, offer, level).
func gumbel(seed uint64, placement, offer string, level boon.Micros) float64 {
	key := make([]byte, 0, 64)
	key = append(key, placement...)
	key = append(key, 0)
	key = append(key, offer...)
	key = append(key, 0)
	key = binary.BigEndian.AppendUint64(key, uint64(level))
	u := (float64(xxh3.HashSeed(key, seed)>>11) + 0.5) / (1 << 53)
	return -math.Log(-math.Log(u))
}

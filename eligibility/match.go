package eligibility

import (
	"math/bits"
	"slices"
	"time"

	"boon"
	"boon/internal/rule"
)

// Hit is an offer that fits and runs now, by index.
type Hit struct {
	Offer    int32
	Doubtful bool // its condition has no value; otherwise it holds
}

// verdict is what a condition comes to.
type verdict uint8

const (
	failing verdict = iota
	holding
	doubtful
)

// Match appends to hits the offers for a placement, a trigger ("" for none) and a row, ascending. Its cost follows the offers that the index cannot
// rule out; of those that it can, 64 cost a few words. It allocates nothing once hits has room.
func (x *Index) Match(placement, trigger string, row rule.Row, now time.Time, hits []Hit) []Hit {
	if len(x.offers) == 0 {
		return hits
	}
	s := x.scratches.Get().(*scratch)
	defer x.scratches.Put(s)
	x.begin(s, placement, trigger)
	s.left.keep(x.running)
	for _, d := range x.dimensions {
		d.ask(s, row, now)
	}
	for w, left := range s.left {
		for ; left != 0; left &= left - 1 {
			i := int32(w<<6 | bits.TrailingZeros64(left))
			hits = x.offers[i].verdict(row, s.doubt).append(hits, i)
		}
	}
	return hits
}

// begin asks placement and trigger.
func (x *Index) begin(s *scratch, placement, trigger string) {
	s.reset(len(x.running))
	x.where.pick(s, placement)
	x.what.pick(s, trigger)
}

func (v verdict) append(hits []Hit, offer int32) []Hit {
	if v == failing {
		return hits
	}
	return append(hits, Hit{offer, v == doubtful})
}

// verdict asks what no dimension answered; all of the condition, when some dimension could not be asked.
func (e *entry) verdict(row rule.Row, doubt bool) verdict {
	if doubt && e.condition != nil {
		return asVerdict(e.condition.Eval(row))
	}
	all := holding
	for _, part := range e.rest {
		switch asVerdict(part.Eval(row)) {
		case failing:
			return failing
		case doubtful:
			all = doubtful
		}
	}
	return all
}

func asVerdict(ok bool, err error) verdict {
	switch {
	case err != nil:
		return doubtful
	case ok:
		return holding
	}
	return failing
}

// Scan answers as Match does, without the index: every offer is asked in turn.
func (x *Index) Scan(placement, trigger string, row rule.Row, now time.Time, hits []Hit) []Hit {
	for i := range x.offers {
		if reason, _ := x.Fits(i, placement, trigger); reason != "" {
			continue
		}
		if reason := x.Check(i, row, now); reason == "" || reason == boon.ReasonEvaluation {
			hits = append(hits, Hit{int32(i), reason != ""})
		}
	}
	return hits
}

// Any reports whether some offer is configured for a placement and a trigger, whoever may have it.
func (x *Index) Any(placement, trigger string) bool {
	if len(x.offers) == 0 {
		return false
	}
	s := x.scratches.Get().(*scratch)
	defer x.scratches.Put(s)
	x.begin(s, placement, trigger)
	return slices.ContainsFunc(s.left, func(word uint64) bool { return word != 0 })
}

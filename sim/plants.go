package sim

import (
	"context"
	"math"
	"strings"

	"boon"
	"boon/redeem"
)

// Plant is a defect put into the book on purpose.
type Plant string

// The defects that runs must find.
const (
	NoDefect      Plant = ""
	SkipCaps      Plant = "skip caps"             // counters never refuse
	SkipStates    Plant = "skip states"           // a grant's state is not compared before it is changed
	ForgetAnswers Plant = "forget answers"        // Idempotency-Keys are not kept
	LoseRollback  Plant = "lose rollback"         // what a failed step did stays
	LoseRelease   Plant = "a lost release"        // a release or a time-out says that it is done, and the grant stays held
	DoubleApply   Plant = "a double apply"        // an order that is delivered again is settled again
	CheckEarly    Plant = "a cap before the lock" // caps are compared with counts read before the transaction
)

// Plants are all defects.
var Plants = []Plant{SkipCaps, SkipStates, ForgetAnswers, LoseRollback, LoseRelease, DoubleApply, CheckEarly}

// planted is a transaction with a defect.
type planted struct {
	redeem.Tx
	plant Plant
	early map[string]int64 // counts as they were before the lock
	lost  bool             // the release that is under way
	again bool             // an order is being settled as if it had never been
	kept  **redeem.Answer  // what the call is going to be answered
}

// early reads the places that are taken, before the transaction that is going to compare them.
func (w *world) early(ctx context.Context, book redeem.Book) (counts map[string]int64, err error) {
	if w.o.Plant != CheckEarly {
		return nil, nil
	}
	counts = map[string]int64{}
	err = book.View(ctx, func(tx redeem.Tx) (err error) {
		for _, o := range offers {
			key := redeem.PlacesKey(o.id)
			if counts[key], err = tx.Count(key); err != nil {
				return err
			}
		}
		return nil
	})
	return counts, err
}

func (p *planted) Try(fn func(redeem.Tx) error) error {
	if p.plant == LoseRollback {
		return fn(p)
	}
	return p.Tx.Try(func(tx redeem.Tx) error {
		inner := *p
		inner.Tx = tx
		return fn(&inner)
	})
}

func isPlaces(key string) bool { return strings.HasPrefix(key, "places/") }

func (p *planted) Take(l boon.Limit, n int64) (bool, error) {
	switch {
	case p.plant == SkipCaps:
		l.Max = math.MaxInt64
	case p.plant == DoubleApply && strings.HasPrefix(l.Key, "settled/"):
		p.again, l.Max = true, math.MaxInt64
	case p.plant == CheckEarly && isPlaces(l.Key):
		if p.early[l.Key] > l.Max-n {
			return false, nil
		}
		l.Max = math.MaxInt64
	}
	return p.Tx.Take(l, n)
}

func (p *planted) Count(key string) (int64, error) {
	switch {
	case p.plant == SkipCaps && isPlaces(key):
		return 0, nil
	case p.plant == CheckEarly && isPlaces(key):
		return p.early[key], nil
	}
	return p.Tx.Count(key)
}

func (p *planted) OfOrder(order string) ([]boon.Redemption, error) {
	if p.again {
		return nil, nil
	}
	return p.Tx.OfOrder(order)
}

func (p *planted) Change(g boon.Grant, from boon.GrantState) (bool, error) {
	if p.plant != SkipStates && p.plant != LoseRelease {
		return p.Tx.Change(g, from)
	}
	old, _, err := p.Tx.Grant(g.ID)
	if err != nil {
		return false, err
	}
	if p.plant == LoseRelease {
		if p.lost = from == boon.StateReserved && g.State.Open() && g.State != from && old.Uses == g.Uses; p.lost {
			return true, nil
		}
		return p.Tx.Change(g, from)
	}
	if g.State == boon.StateRedeemed { // as if a second use had not seen the first
		g.State = boon.StateIssued
	}
	return p.Tx.Change(g, old.State)
}

func (p *planted) Post(e boon.Entry) error {
	if p.lost {
		p.lost = false
		return nil
	}
	return p.Tx.Post(e)
}

func (p *planted) Answer(key string) (redeem.Answer, bool, error) {
	if p.plant == ForgetAnswers {
		return redeem.Answer{}, false, nil
	}
	return p.Tx.Answer(key)
}

func (p *planted) PutAnswer(a redeem.Answer) error {
	*p.kept = &a
	return p.Tx.PutAnswer(a)
}

package sim

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"

	"boon"
	"boon/redeem"
)

var (
	errRefused = errors.New("the disk is full: nothing happened")
	errSilent  = errors.New("the connection broke after the commit")
)

// Plant is a defect put into the book on purpose.
type Plant string

// The defects that runs must find.
const (
	NoDefect      Plant = ""
	SkipCaps      Plant = "skip caps"      // counters never refuse
	SkipStates    Plant = "skip states"    // a grant's state is not compared before it is changed
	ForgetAnswers Plant = "forget answers" // Idempotency-Keys are not kept
	LoseRollback  Plant = "lose rollback"  // what a failed step did stays
)

// book puts faults between the money path and the real book: an update fails without an effect, or has its effect and fails nevertheless.
type book struct {
	redeem.Book
	rng   *rand.Rand
	fault float64 // probability of each
	plant Plant
}

// Expecting implements redeem.Book; the faults stay.
func (b *book) Expecting(redeem.Reads) redeem.Book { return b }

// Update implements redeem.Book.
func (b *book) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	luck := b.rng.Float64()
	if luck < b.fault {
		return errRefused
	}
	err := b.Book.Update(ctx, func(tx redeem.Tx) error { return fn(&planted{tx, b.plant}) })
	if err == nil && luck > 1-b.fault {
		return errSilent
	}
	return err
}

// planted is a transaction with a defect.
type planted struct {
	redeem.Tx
	plant Plant
}

func (p *planted) Try(fn func(redeem.Tx) error) error {
	if p.plant == LoseRollback {
		return fn(p)
	}
	return p.Tx.Try(func(tx redeem.Tx) error { return fn(&planted{tx, p.plant}) })
}

func (p *planted) Take(l boon.Limit, n int64) (bool, error) {
	if p.plant == SkipCaps {
		l.Max = math.MaxInt64
	}
	return p.Tx.Take(l, n)
}

func (p *planted) Count(key string) (int64, error) {
	if p.plant == SkipCaps && strings.HasPrefix(key, "places/") {
		return 0, nil
	}
	return p.Tx.Count(key)
}

func (p *planted) Change(g boon.Grant, from boon.GrantState) (bool, error) {
	if p.plant == SkipStates {
		old, _, err := p.Tx.Grant(g.ID)
		if err != nil {
			return false, err
		}
		from = old.State
		if g.State == boon.StateRedeemed { // as if a second use had not seen the first
			g.State = boon.StateIssued
		}
	}
	return p.Tx.Change(g, from)
}

func (p *planted) Answer(key string) (redeem.Answer, bool, error) {
	if p.plant == ForgetAnswers {
		return redeem.Answer{}, false, nil
	}
	return p.Tx.Answer(key)
}

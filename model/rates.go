package model

import (
	"math"

	"boon"
)

// Prior is what is believed before anything is seen. The zero Prior takes the defaults.
type Prior struct {
	Order      float64 // P(order within the horizon | nothing), default 0.5
	Elasticity float64 // how fast a discount wins over the undecided, see Estimate; default 4
	Redeem     float64 // share of buyers with an offer who redeem it, default 0.6
	Weight     float64 // how many observations the prior counts for, default 50
	Nudge      float64 // share of the undecided whom a nudge wins, default 0.01
}

// PriorOf reads a shop's priors ("order", "elasticity", "redeem", "weight", "nudge").
func PriorOf(shop boon.Shop) Prior {
	at := func(name string, otherwise float64) float64 {
		if v, ok := shop.Priors[name]; ok {
			return v.Float()
		}
		return otherwise
	}
	return Prior{Order: at("order", 0.5), Elasticity: at("elasticity", 4), Redeem: at("redeem", 0.6), Weight: at("weight", 50), Nudge: at("nudge", 0.01)}
}

// Rates are the outcomes of one epoch and all before it, frozen.
type Rates struct {
	ID    string
	tally Tally
}

// Freeze names a tally by its content.
func Freeze(t Tally) Rates {
	var own Tally
	own.Merge(t)
	return Rates{ID: boon.ContentID("rates_", own.Encode()), tally: own}
}

// Encode is the blob that the ID names.
func (r Rates) Encode() []byte { return r.tally.Encode() }

// DecodeRates reads a blob.
func DecodeRates(data []byte) (Rates, error) {
	t, err := DecodeTally(data)
	return Freeze(t), err
}

// Estimate is what is expected of one shopper.
type Estimate struct {
	P0 float64 // P(buys | nothing)
	P  float64 // P(buys | this arm)
	Q  float64 // P(buys and redeems | this arm)
}

// Estimate smooths the observed rates of an arm towards the prior (the posterior mean of a Beta-binomial, Gelman et al., Bayesian Data
// Analysis, 3rd ed., section 2.4): (successes + weight*prior) / (trials + weight).
//
// The prior for an offer of a depth (share of the basket it takes off, 0 for a nudge) is 1 - (1 - p0) * exp(-elasticity * depth): each bit of
// discount wins the same share of those who are still undecided, so no depth passes certainty.
func (r Rates) Estimate(a Arm, depth float64, prior Prior) Estimate {
	base := r.tally.Count(Arm{})
	p0 := smooth(base.Bought, base.Given, prior.Order, prior.Weight)
	won := 1 - math.Exp(-prior.Elasticity*max(depth, 0))
	if depth <= 0 {
		won = prior.Nudge
	}
	c := r.tally.Count(a)
	p := smooth(c.Bought, c.Given, 1-(1-p0)*(1-won), prior.Weight)
	redeem := smooth(c.Redeemed, max(c.Bought, c.Redeemed), prior.Redeem, prior.Weight)
	return Estimate{P0: p0, P: p, Q: p * redeem}
}

func smooth(successes, trials int64, prior, weight float64) float64 {
	rate := (float64(min(successes, trials)) + weight*prior) / (float64(trials) + weight)
	return min(max(rate, 1e-6), 1-1e-6)
}

package identity

import "math"

// Weights are the parameters of a Fellegi-Sunter model of whether two records are one person: Lambda is the share of pairs that are, M[i]
// the probability that comparison i agrees for a pair that is, U[i] for one that is not. Comparisons are taken as independent given the truth
// (I. P. Fellegi, A. B. Sunter, "A Theory for Record Linkage", JASA 64, 1969).
type Weights struct {
	Lambda float64   `json:"lambda"`
	M      []float64 `json:"m"`
	U      []float64 `json:"u"`
}

// Pattern is an outcome of all comparisons (bit i: comparison i agrees) and how many pairs had it.
type Pattern struct {
	Agree uint64
	Count int64
}

// Probability is that of two records with this outcome being one person, by Bayes' rule.
func (w Weights) Probability(agree uint64) float64 {
	match, other := w.Lambda, 1-w.Lambda
	for i := range w.M {
		if agree>>i&1 == 1 {
			match, other = match*w.M[i], other*w.U[i]
			continue
		}
		match, other = match*(1-w.M[i]), other*(1-w.U[i])
	}
	if match+other == 0 {
		return 0
	}
	return match / (match + other)
}

// Fit estimates weights from unlabelled pairs by expectation-maximisation (W. E. Winkler, "Using the EM Algorithm for Weight Computation in the
// Fellegi-Sunter Model of Record Linkage", 1988), until no parameter moves by more than tolerance or rounds have passed. It converges to the
// maximum nearest to start, which must tell matches from others (M above U). The result depends on the order of patterns in its last bits only.
func Fit(start Weights, patterns []Pattern, rounds int, tolerance float64) Weights {
	w := start
	for range rounds {
		next := w.step(patterns)
		moved := w.distance(next)
		w = next
		if moved <= tolerance {
			break
		}
	}
	return w
}

// step is one round: each pair counts as a match by its probability, and the parameters are the shares of agreement then.
func (w Weights) step(patterns []Pattern) Weights {
	next := Weights{M: make([]float64, len(w.M)), U: make([]float64, len(w.U))}
	var matches, others float64
	for _, p := range patterns {
		match := w.Probability(p.Agree) * float64(p.Count)
		other := float64(p.Count) - match
		matches, others = matches+match, others+other
		for i := range next.M {
			if p.Agree>>i&1 == 1 {
				next.M[i] += match
				next.U[i] += other
			}
		}
	}
	if matches <= 0 || others <= 0 {
		return w // nothing to learn from: every pair is of one kind
	}
	next.Lambda = matches / (matches + others)
	for i := range next.M {
		next.M[i] /= matches
		next.U[i] /= others
	}
	return next
}

func (w Weights) distance(o Weights) float64 {
	far := math.Abs(w.Lambda - o.Lambda)
	for i := range w.M {
		far = max(far, math.Abs(w.M[i]-o.M[i]), math.Abs(w.U[i]-o.U[i]))
	}
	return far
}

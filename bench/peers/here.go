package main

import (
	"slices"
	"time"

	"boon/bench/peers/workload"
)

// asker answers requests of the set it was opened with.
type asker interface {
	// ask answers request q. The answer is the asker's own until the next call.
	ask(q int) (workload.Answer, error)
}

// here runs an engine in this process.
func here(open func(workload.Set) (asker, error)) func(job) (result, error) {
	return func(j job) (r result, err error) {
		a, err := open(j.set)
		if err != nil {
			return r, err
		}
		started := time.Now()
		for q := range j.set.Requests {
			answer, err := a.ask(q)
			if err != nil {
				return r, err
			}
			r.Answers = append(r.Answers, workload.Answer{Matches: slices.Clone(answer.Matches), Best: answer.Best})
		}
		r.PerSecond, err = rate(a, len(j.set.Requests), j.length, time.Since(started))
		return r, err
	}
}

// leastAsked is how many answers a figure needs, however slow they are.
const leastAsked = 3

// rate asks the requests in turn for so long. A fast engine is not stopped to read the clock but once a round.
func rate(a asker, requests int, length, warm time.Duration) (float64, error) {
	stride := 1
	if warm < length/10 {
		stride = requests
	}
	started := time.Now()
	for n := 0; ; n++ {
		if n%stride == 0 && n >= leastAsked {
			if took := time.Since(started); took >= length {
				return float64(n) / took.Seconds(), nil
			}
		}
		if _, err := a.ask(n % requests); err != nil {
			return 0, err
		}
	}
}

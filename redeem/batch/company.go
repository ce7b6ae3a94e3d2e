package batch

import "time"

// A commit costs the processor and the disk much the same for one update as for some, so batches of fewer than few begin apart from each other where
// others join meanwhile. An update that comes alone never waits.
const (
	apart    = 2 * time.Millisecond
	few      = 8
	mostVain = 10 // waits in vain in a row; each after the second doubles how many batches go at once
)

// company learns whether waiting for others pays: callers who all wait for their answers before they ask again send nobody.
type company struct {
	began time.Time // the batch before
	vain  int       // waits in a row that nobody joined
	spare int       // batches to begin without one
}

// wait is how long a batch of n updates, which could begin now, lets others join.
func (c *company) wait(n int, now time.Time) time.Duration {
	wait := c.began.Add(apart).Sub(now)
	if n >= few || wait <= 0 {
		return 0
	}
	if c.spare > 0 {
		c.spare--
		return 0
	}
	return min(wait, apart) // a clock that was set back is no reason
}

// learn hears whether somebody joined.
func (c *company) learn(joined bool) {
	if joined {
		c.vain = 0
		return
	}
	c.vain = min(c.vain+1, mostVain)
	c.spare = 1<<max(c.vain-2, 0) - 1
}

package bench

import "sync"

// crew is callers who wait for operations that come due. Whoever came idle last goes first: with as few at work as the load needs, each of them and its
// connection stay warm, and what is measured is the server.
type crew struct {
	hire func(n int, next func() (due, bool)) // starts caller n, who asks next until it says false
	most int
	done <-chan struct{}

	mu      sync.Mutex
	hired   int
	idle    []chan due
	waiting []due // for a caller
	ended   bool
}

// give hands an operation to a caller, or lets it wait for one.
func (c *crew) give(d due) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch last := len(c.idle) - 1; {
	case last >= 0:
		c.idle[last] <- d
		c.idle = c.idle[:last]
	case c.hired < c.most:
		own := make(chan due, 1)
		own <- d
		c.hire(c.hired, func() (due, bool) { return c.next(own) })
		c.hired++
	default:
		c.waiting = append(c.waiting, d)
	}
}

// next is what a caller does now; false: there is nothing more.
func (c *crew) next(own chan due) (due, bool) {
	select {
	case d := <-own: // the first one
		return d, true
	default:
	}
	if d, ok := c.take(own); ok {
		return d, true
	}
	select {
	case d, ok := <-own:
		return d, ok
	case <-c.done:
		return due{}, false
	}
}

// take is the oldest operation that waits; without one the caller is idle from here on.
func (c *crew) take(own chan due) (due, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) > 0 {
		d := c.waiting[0]
		c.waiting = c.waiting[1:]
		return d, true
	}
	if c.ended {
		close(own)
	} else {
		c.idle = append(c.idle, own)
	}
	return due{}, false
}

// dismiss says that no operation comes any more.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for _, own := range c.idle {
		close(own)
	}
	c.idle = nil
}

package bench

import "sync"

// crew is callers of whom one leads: it waits until the next operation is due, names who leads after it, and does the operation itself. So no operation is
// handed from one to another, which would take part of what is measured (leader and followers: Schmidt et al., "Pattern-Oriented Software Architecture",
// vol. 2). Whoever came idle last leads next: with as few at work as the load needs, each of them and its connection stay warm.
type crew struct {
	hire func() // starts one more caller, who leads
	most int

	mu    sync.Mutex
	hired int
	idle  []chan struct{}
	free  bool // nobody leads: whoever ends its work first does
	ended bool
}

// follow names the next leader.
func (c *crew) follow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch last := len(c.idle) - 1; {
	case last >= 0:
		c.idle[last] <- struct{}{}
		c.idle = c.idle[:last]
	case c.hired < c.most:
		c.hired++
		c.hire()
	default:
		c.free = true
	}
}

// lead returns when the caller is the leader; false: nothing more is due. turn holds one token.
func (c *crew) lead(turn chan struct{}) bool {
	if c.first(turn) {
		return true
	}
	_, ok := <-turn
	return ok
}

// first leads where nobody does; otherwise the caller is idle from here on.
func (c *crew) first(turn chan struct{}) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ended:
		close(turn)
	case c.free:
		c.free = false
		return true
	default:
		c.idle = append(c.idle, turn)
	}
	return false
}

// dismiss says that nothing more is due. The leader calls it.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for _, turn := range c.idle {
		close(turn)
	}
	c.idle = nil
}

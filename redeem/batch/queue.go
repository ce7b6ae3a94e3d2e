package batch

import (
	"context"
	"slices"
	"sync"
)

type callerKey struct{}

// From names the caller of the updates made with a context: callers of different names take turns. Without it a caller is one of the unnamed.
func From(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// queue holds the updates that wait: a lane per caller, and whose turn it is.
type queue struct {
	mu     sync.Mutex
	lanes  map[string]*lane // those with somebody waiting
	turns  []*lane
	ending bool
	filled chan struct{} // holds a token while something changed
}

type lane struct {
	caller string
	jobs   []*job
}

func newQueue() *queue {
	return &queue{lanes: map[string]*lane{}, filled: make(chan struct{}, 1)}
}

func (q *queue) add(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	caller, _ := ctx.Value(callerKey{}).(string)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ending {
		return ErrClosed
	}
	l := q.lanes[caller]
	if l == nil {
		l = &lane{caller: caller}
		q.lanes[caller] = l
		q.turns = append(q.turns, l)
	}
	l.jobs = append(l.jobs, j)
	q.signal()
	return nil
}

func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ending = true
	q.signal()
}

func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ending
}

func (q *queue) waiting() (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range q.turns {
		n += len(l.jobs)
	}
	return n
}

// take waits for updates and removes at most max of them, one of each lane in turn. It returns none when the queue has ended and is empty.
func (q *queue) take(into []*job, max int) []*job {
	for {
		ended := q.ended() // before it is looked into: nobody comes afterwards
		if into = q.more(into, max); len(into) > 0 || ended {
			return into
		}
		<-q.filled
	}
}

// more is take without waiting; into may hold some already.
func (q *queue) more(into []*job, max int) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.turns) > 0 && len(into) < max {
		into = append(into, q.next())
	}
	return into
}

// next takes the first job of the lane whose turn it is; the lane goes to the end of the round.
func (q *queue) next() *job {
	l := q.turns[0]
	j := l.jobs[0]
	l.jobs[0], l.jobs = nil, l.jobs[1:]
	q.turns = slices.Delete(q.turns, 0, 1)
	if len(l.jobs) > 0 {
		q.turns = append(q.turns, l)
	} else {
		delete(q.lanes, l.caller)
	}
	return j
}

package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"boon"
	"boon/api"
)

// streamed is how many decisions are kept for those who watch: some seconds of a busy shop.
const streamed = 4096

// stream keeps the latest decisions under ascending numbers. Who watches reads at its own pace and never holds up who decides: what it did not
// read in time is written over, and it is told how much that was.
type stream struct {
	mu     sync.Mutex
	kept   []api.Taken // by number modulo its length
	first  uint64      // number of the first decision of this process
	next   uint64
	wake   chan struct{} // closed by the next decision; nil: nobody waits
	left   atomic.Int64  // offers that decisions of triggers left out
	closed chan struct{}
	close  func()
}

// newStream numbers decisions on from a time in microseconds, so that numbers ascend over restarts too.
func newStream(at time.Time) *stream {
	start := uint64(max(at.UnixMicro(), 1))
	s := &stream{kept: make([]api.Taken, streamed), first: start, next: start, closed: make(chan struct{})}
	s.close = sync.OnceFunc(func() { close(s.closed) })
	return s
}

// tell keeps a decision that holds. Nothing of it may change afterwards.
func (s *stream) tell(t api.Taken) {
	s.mu.Lock()
	s.kept[s.next%uint64(len(s.kept))] = t
	s.next++
	wake := s.wake
	s.wake = nil
	s.mu.Unlock()
	if wake != nil {
		close(wake)
	}
}

// called is tell for the decision of a call.
func (s *stream) called(r boon.Request, d boon.Decision) {
	s.tell(api.Taken{Decision: d, Trigger: r.Trigger, By: api.ByCall})
}

// leftOut counts what the shop's bound on candidates left out of a trigger's decision; a call's is counted where it is answered.
func (s *stream) leftOut(all []boon.LeftOut) {
	for _, l := range all {
		s.left.Add(int64(l.Count))
	}
}

// Last implements api.Stream.
func (s *stream) Last() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next - 1
}

// Next implements api.Stream.
func (s *stream) Next(after uint64, into []api.Taken) (n int, from uint64, missed int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := max(s.first, s.next-min(s.next, uint64(len(s.kept))))
	from = after + 1
	switch {
	case from > s.next, from < s.first:
		from, missed = oldest, api.MissedUnknown
	case from < oldest:
		from, missed = oldest, int64(oldest-from)
	}
	for n < len(into) && from+uint64(n) < s.next {
		into[n] = s.kept[(from+uint64(n))%uint64(len(s.kept))]
		n++
	}
	return n, from, missed
}

// Changed implements api.Stream.
func (s *stream) Changed(after uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if after+1 != s.next {
		return already
	}
	if s.wake == nil {
		s.wake = make(chan struct{})
	}
	return s.wake
}

// Done implements api.Stream.
func (s *stream) Done() <-chan struct{} { return s.closed }

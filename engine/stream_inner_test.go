package engine

import (
	"testing"
	"time"

	"boon"
	"boon/api"
)

// Telling nobody takes no memory, so that decisions do not pay for a stream that nobody reads.
func TestTellingNobodyAllocatesNothing(t *testing.T) {
	s := newStream(time.Now())
	r, d := boon.Request{Trigger: "exit"}, boon.Decision{ID: "dec_1", Picks: make([]boon.Pick, 2)}
	if n := testing.AllocsPerRun(2*streamed, func() { s.called(r, d) }); n != 0 {
		t.Errorf("%v allocations a decision", n)
	}
}

// The ring keeps the latest decisions: who asks for more is told how many are gone.
func TestTheRingOfDecisions(t *testing.T) {
	s := newStream(time.Unix(1, 0))
	for range streamed + 3 {
		s.tell(api.Taken{})
	}
	into := make([]api.Taken, 10)
	for _, c := range []struct {
		name   string
		after  uint64
		n      int
		from   uint64
		missed int64
	}{
		{"all that is kept", s.first + 2, 10, s.first + 3, 0},
		{"one too early", s.first + 1, 10, s.first + 3, 1},
		{"from the first", s.first - 1, 10, s.first + 3, 3},
		{"before the first", s.first - 2, 10, s.first + 3, api.MissedUnknown},
		{"the last two", s.Last() - 2, 2, s.Last() - 1, 0},
		{"nothing new", s.Last(), 0, s.Last() + 1, 0},
		{"ahead of us", s.Last() + 1, 10, s.first + 3, api.MissedUnknown},
	} {
		if n, from, missed := s.Next(c.after, into); n != c.n || from != c.from || missed != c.missed {
			t.Errorf("%s: %d from %d, %d missed", c.name, n, from, missed)
		}
	}
}

func BenchmarkTellNobody(b *testing.B) {
	s := newStream(time.Now())
	r, d := boon.Request{Trigger: "exit"}, boon.Decision{ID: "dec_1", Picks: make([]boon.Pick, 2)}
	b.ReportAllocs()
	for b.Loop() {
		s.called(r, d)
	}
}

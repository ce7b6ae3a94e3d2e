package batch

import (
	"context"
	"strings"
	"testing"

	"boon/redeem"
)

// who waits, by caller, and the order in which they are taken, in batches of four.
func TestCallersTakeTurns(t *testing.T) {
	for waiting, want := range map[string]string{
		"aaaa":         "aaaa",
		"aaaaaaaab":    "abaa aaaa a",
		"aaaabbbbcc":   "abca bcab ab",
		"aaaaaaaabcde": "abcd eaaa aaaa",
	} {
		q := newQueue()
		callers := map[*job]string{}
		for _, who := range strings.Split(waiting, "") {
			j := &job{reads: redeem.Reads{}}
			callers[j] = who
			if err := q.add(From(t.Context(), who), j); err != nil {
				t.Fatal(err)
			}
		}
		q.end()
		var got []string
		for {
			jobs := q.take(nil, 4)
			if len(jobs) == 0 {
				break
			}
			turn := ""
			for _, j := range jobs {
				turn += callers[j]
			}
			got = append(got, turn)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is taken as %q, want %q", waiting, strings.Join(got, " "), want)
		}
		if len(q.lanes) != 0 {
			t.Errorf("%d lanes stay behind", len(q.lanes))
		}
	}
}

func TestAQueueThatEndedTakesNobody(t *testing.T) {
	q := newQueue()
	q.end()
	if err := q.add(context.Background(), &job{}); err != ErrClosed {
		t.Errorf("queued after the end: %v", err)
	}
}

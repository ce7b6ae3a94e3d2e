package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"boon"
)

func (s *shelf) wantAnswers(got []boon.Appended, want ...boon.Appended) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Fatalf("answers %v, want %v", got, want)
	}
}

// wantLog compares a whole partition by its payloads, and its positions with 1, 2, 3...
func (s *shelf) wantLog(partition uint32, ids ...string) {
	s.Helper()
	entries := s.read(partition, 0, 1<<20)
	if len(entries) != len(ids) {
		s.Fatalf("partition %d has %d entries, want %d", partition, len(entries), len(ids))
	}
	for i, e := range entries {
		if string(e.Payload) != "payload of "+ids[i] || e.Position != boon.Position(i+1) || e.Partition != partition {
			s.Fatalf("entry %d: partition %d, position %d, %q; want %q", i, e.Partition, e.Position, e.Payload, ids[i])
		}
	}
}

func positions(s *shelf) {
	s.wantAnswers(s.append(entry(0, "a"), entry(0, "b")), boon.Appended{Position: 1}, boon.Appended{Position: 2})
	s.wantAnswers(s.append(entry(0, "c")), boon.Appended{Position: 3})
	s.wantLog(0, "a", "b", "c")
	s.reopen()
	s.wantAnswers(s.append(entry(0, "d")), boon.Appended{Position: 4})
	s.wantLog(0, "a", "b", "c", "d")
}

func partitions(s *shelf) {
	s.append(entry(0, "a"), entry(1, "b"), entry(0, "c"), entry(2, "d"), entry(1, "e"))
	s.reopen()
	s.wantLog(0, "a", "c")
	s.wantLog(1, "b", "e")
	s.wantLog(2, "d")
	for p, want := range []boon.Position{2, 2, 1} {
		if got := s.Last(uint32(p)); got != want {
			s.Errorf("last of partition %d is %d, want %d", p, got, want)
		}
	}
}

func unknownPartition(s *shelf) {
	if s.Last(3) != 0 || len(s.read(3, 0, 10)) != 0 {
		s.Error("a partition that does not exist has entries")
	}
	if _, err := s.Append(s.ctx, []boon.LogEntry{entry(0, "a"), entry(3, "b")}, noon, nil); err == nil {
		s.Error("an entry went into a partition that does not exist")
	}
	s.wantLog(0)
}

func missingMessageID(s *shelf) {
	_, err := s.Append(s.ctx, []boon.LogEntry{entry(0, "a"), {Payload: []byte("x")}}, noon, nil)
	if !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
		s.Errorf("error %v, want invalid_request", err)
	}
	s.wantLog(0)
}

func wholeEntry(s *shelf) {
	owner := boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{1, 2, 15: 255}}
	received := noon.In(time.FixedZone("east", 3600))
	s.append(boon.LogEntry{Partition: 1, MessageID: "a", Owner: owner, Received: received, Payload: []byte{0, 1, 255}}, boon.LogEntry{Partition: 1, MessageID: "b"})
	got := s.read(1, 0, 10)
	if len(got) != 2 {
		s.Fatalf("%d entries, want 2", len(got))
	}
	if e := got[0]; e.Owner != owner || e.Received != received.UTC() || !slices.Equal(e.Payload, []byte{0, 1, 255}) || e.MessageID != "" {
		s.Errorf("first entry %+v", e)
	}
	if e := got[1]; !e.Owner.IsZero() || !e.Received.IsZero() || len(e.Payload) != 0 {
		s.Errorf("second entry %+v", e)
	}
}

func pages(s *shelf) {
	var ids []string
	for i := range 25 {
		ids = append(ids, fmt.Sprint(i))
		s.append(entry(0, ids[i]))
	}
	var paged []string
	var at boon.Position
	for page := s.read(0, 0, 10); len(page) > 0; page = s.read(0, at, 10) {
		for _, e := range page {
			paged = append(paged, string(e.Payload[len("payload of "):]))
			at = e.Position
		}
	}
	if !slices.Equal(paged, ids) {
		s.Errorf("pages give %v", paged)
	}
	if len(s.read(0, 0, 0)) != 0 || len(s.read(0, 25, 10)) != 0 || len(s.read(0, 1<<63, 10)) != 0 {
		s.Error("something behind the end, or nothing asked and something given")
	}
}

func repeatWithin(s *shelf) {
	got := s.append(entry(0, "a"), entry(0, "b"), entry(0, "a"), entry(1, "a"))
	s.wantAnswers(got, boon.Appended{Position: 1}, boon.Appended{Position: 2}, boon.Appended{Position: 1, Duplicate: true}, boon.Appended{Position: 1, Duplicate: true})
	s.wantLog(0, "a", "b")
	s.wantLog(1)
}

func repeatAcross(s *shelf) {
	s.append(entry(0, "x"), entry(0, "a"))
	s.wantAnswers(s.append(entry(0, "b"), entry(0, "a")), boon.Appended{Position: 3}, boon.Appended{Position: 2, Duplicate: true})
	s.wantLog(0, "x", "a", "b")
}

func repeatReopened(s *shelf) {
	s.append(entry(0, "x"), entry(0, "a"))
	s.reopen()
	s.wantAnswers(s.append(entry(0, "a")), boon.Appended{Position: 2, Duplicate: true})
	s.wantLog(0, "x", "a")
}

// applied writes the answers it got under key.
func applied(key string) func([]boon.Appended) []boon.Write {
	return func(got []boon.Appended) []boon.Write {
		return []boon.Write{{Key: []byte(key), Value: fmt.Append(nil, got)}}
	}
}

func withWrites(s *shelf) {
	s.appendAt(noon, applied("k"), entry(0, "a"), entry(0, "b"), entry(0, "a"))
	if got := string(s.get("k")); got != "[{1 false} {2 false} {1 true}]" {
		s.Errorf("with was given %s", got)
	}
	s.reopen()
	if s.get("k") == nil || s.Last(0) != 2 {
		s.Error("entries and writes did not both survive")
	}
	erase := func([]boon.Appended) []boon.Write { return []boon.Write{{Key: []byte("k")}} }
	s.appendAt(noon, erase, entry(0, "c"))
	if s.get("k") != nil {
		s.Error("with could not delete")
	}
}

func withRepeat(s *shelf) {
	s.append(entry(0, "a"))
	s.appendAt(noon, applied("k"), entry(0, "a"))
	s.appendAt(noon, applied("none"))
	if s.get("k") == nil || s.get("none") == nil {
		s.Error("a call without a new entry dropped its writes")
	}
}

func changed(s *shelf) {
	before := s.Changed()
	s.append(entry(0, "a"))
	select {
	case <-before:
	default:
		s.Fatal("an append did not close the channel taken before it")
	}
	after := s.Changed()
	s.append(entry(0, "a"))
	s.commit("k", "v")
	select {
	case <-after:
		s.Error("a repeat closed the channel")
	default:
	}
}

func cancelled(s *shelf) {
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.Append(ctx, []boon.LogEntry{entry(0, "a")}, noon, applied("k")); !errors.Is(err, boon.Refusal(boon.ReasonThrottled)) || !errors.Is(err, context.Canceled) {
		s.Errorf("append: %v, want throttled and cancelled", err)
	}
	if err := s.Commit(ctx, []boon.Write{{Key: []byte("k"), Value: []byte("v")}}, true); !errors.Is(err, context.Canceled) {
		s.Errorf("commit: %v, want cancelled", err)
	}
	if _, err := s.Get(ctx, []byte("k")); !errors.Is(err, context.Canceled) {
		s.Errorf("get: %v, want cancelled", err)
	}
	s.append(entry(0, "b"))
	if _, err := s.Read(ctx, 0, 0, 1); !errors.Is(err, context.Canceled) {
		s.Errorf("read: %v, want cancelled", err)
	}
	s.wantLog(0, "b")
	if s.get("k") != nil {
		s.Error("a cancelled call wrote")
	}
}

func trimEntries(s *shelf) {
	old := func(id string) boon.LogEntry { e := entry(0, id); e.Received = noon.Add(-48 * time.Hour); return e }
	s.append(old("a"), entry(0, "b"), old("c"), entry(1, "d"))
	if err := s.Trim(s.ctx, noon.Add(-time.Hour), time.Time{}); err != nil {
		s.Fatal(err)
	}
	if got := s.read(0, 0, 10); len(got) != 1 || got[0].Position != 2 {
		s.Errorf("left in partition 0: %v, want position 2", got)
	}
	if err := s.Trim(s.ctx, noon.Add(time.Hour), time.Time{}); err != nil {
		s.Fatal(err)
	}
	s.reopen()
	if len(s.read(0, 0, 10)) != 0 || len(s.read(1, 0, 10)) != 0 {
		s.Error("entries survived")
	}
	s.wantAnswers(s.append(entry(0, "e"), entry(1, "f"), entry(0, "a")), boon.Appended{Position: 4}, boon.Appended{Position: 2}, boon.Appended{Position: 1, Duplicate: true})
}

func trimMessages(s *shelf) {
	day := 24 * time.Hour
	s.appendAt(noon, nil, entry(0, "a"))
	s.appendAt(noon.Add(2*day), nil, entry(0, "b"))
	if err := s.Trim(s.ctx, time.Time{}, noon.Add(2*day)); err != nil {
		s.Fatal(err)
	}
	s.wantAnswers(s.append(entry(0, "b")), boon.Appended{Position: 2, Duplicate: true})
	s.wantAnswers(s.append(entry(0, "a")), boon.Appended{Position: 3})
	s.wantLog(0, "a", "b", "a")
}

func concurrentAppend(s *shelf) {
	const writers, calls = 8, 25
	start := make(chan struct{})
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			<-start
			for i := range calls {
				id := fmt.Sprintf("%d/%d", w, i)
				key := []byte("k" + id)
				with := func(got []boon.Appended) []boon.Write {
					return []boon.Write{{Key: key, Value: fmt.Append(nil, got[0].Position)}}
				}
				if _, err := s.Append(s.ctx, []boon.LogEntry{entry(uint32(w%2), id)}, noon, with); err != nil {
					s.Errorf("append %s: %v", id, err)
				}
			}
		})
	}
	close(start)
	all.Wait()
	next := map[int]int{}
	for p := range uint32(2) {
		for i, e := range s.read(p, 0, 1<<20) {
			var w, n int
			if _, err := fmt.Sscanf(string(e.Payload), "payload of %d/%d", &w, &n); err != nil || n != next[w] || e.Position != boon.Position(i+1) {
				s.Fatalf("partition %d, position %d holds %q, want call %d of writer %d (%v)", p, e.Position, e.Payload, next[w], w, err)
			}
			if got := string(s.get(fmt.Sprintf("k%d/%d", w, n))); got != fmt.Sprint(e.Position) {
				s.Fatalf("with of %q was told position %s, want %d", e.Payload, got, e.Position)
			}
			next[w]++
		}
	}
	for w := range writers {
		if next[w] != calls {
			s.Errorf("writer %d has %d entries, want %d", w, next[w], calls)
		}
	}
}

func concurrentRepeat(s *shelf) {
	const callers, messages = 8, 20
	start := make(chan struct{})
	answers := make([][]boon.Appended, callers)
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			<-start
			for m := range messages {
				got, err := s.Append(s.ctx, []boon.LogEntry{entry(0, fmt.Sprint(m))}, noon, nil)
				if err != nil {
					s.Errorf("append: %v", err)
					return
				}
				answers[c] = append(answers[c], got...)
			}
		})
	}
	close(start)
	all.Wait()
	if s.Last(0) != messages {
		s.Fatalf("%d entries for %d messages", s.Last(0), messages)
	}
	for m := range messages {
		first := 0
		for c := range callers {
			if answers[c][m].Position != answers[0][m].Position {
				s.Errorf("message %d has positions %v and %v", m, answers[c][m], answers[0][m])
			}
			if !answers[c][m].Duplicate {
				first++
			}
		}
		if first != 1 {
			s.Errorf("message %d was new to %d callers, want 1", m, first)
		}
	}
}

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"boon"
)

func (s *shelf) wantScan(prefix, from string, want ...string) {
	s.Helper()
	if got := s.scan(prefix, from); !slices.Equal(got, want) {
		s.Fatalf("scan %q from %q gives %q, want %q", prefix, from, got, want)
	}
}

func absent(s *shelf) {
	s.commit("empty", "")
	for range 2 { // the second Get may be answered by a cache
		if s.get("none") != nil {
			s.Error("an absent key has a value")
		}
		if got := s.get("empty"); got == nil || len(got) != 0 {
			s.Errorf("the empty value came back as %v", got)
		}
	}
	s.reopen()
	if s.get("empty") == nil {
		s.Error("the empty value did not survive")
	}
}

func deletes(s *shelf) {
	s.commit("a", "1", "b", "2")
	s.get("a")
	if err := s.Commit(s.ctx, []boon.Write{{Key: []byte("a")}, {Key: []byte("never")}}, true); err != nil {
		s.Fatal(err)
	}
	if s.get("a") != nil {
		s.Error("a deleted key has a value")
	}
	s.wantScan("", "", "b=2")
	s.reopen()
	s.wantScan("", "", "b=2")
}

func lastWins(s *shelf) {
	s.commit("k", "0")
	s.get("k")
	s.commit("k", "1", "k", "2")
	if got := string(s.get("k")); got != "2" {
		s.Errorf("k is %q, want 2", got)
	}
	if err := s.Commit(s.ctx, []boon.Write{{Key: []byte("k"), Value: []byte("3")}, {Key: []byte("k")}}, false); err != nil {
		s.Fatal(err)
	}
	if s.get("k") != nil {
		s.Error("a later delete lost to an earlier write")
	}
}

// atomicCommit moves one unit between two keys; every scan must find all units.
func atomicCommit(s *shelf) {
	const moves = 200
	s.commit("a", "1000", "b", "0")
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(done)
		for i := range moves {
			if err := s.Commit(s.ctx, []boon.Write{{Key: []byte("a"), Value: fmt.Append(nil, 999-i)}, {Key: []byte("b"), Value: fmt.Append(nil, i+1)}}, false); err != nil {
				s.Errorf("commit: %v", err)
				return
			}
		}
	})
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		sum := 0
		err := s.Scan(s.ctx, nil, nil, func(_, value []byte) bool {
			n, _ := strconv.Atoi(string(value))
			sum += n
			return true
		})
		if err != nil || sum != 1000 {
			s.Errorf("sum %d, want 1000 (%v)", sum, err)
			break
		}
	}
	all.Wait()
}

// freshGet has one writer a key and readers that keep the key in any cache there may be. What a reader finds is never behind what the writer had
// finished before, nor behind what the reader found before.
func freshGet(s *shelf) {
	const keys, commits = 4, 300
	var all, readers sync.WaitGroup
	done := make(chan struct{})
	for k := range keys {
		key := fmt.Appendf(nil, "key %d", k)
		for range 2 {
			readers.Go(func() { s.watch(key, done) })
		}
		all.Go(func() {
			for i := range commits {
				value := fmt.Append(nil, i)
				if err := s.Commit(s.ctx, []boon.Write{{Key: key, Value: value}}, false); err != nil {
					s.Errorf("commit: %v", err)
					return
				}
				if got, err := s.Get(s.ctx, key); err != nil || !bytes.Equal(got, value) {
					s.Errorf("%s is %s after %s was committed (%v)", key, got, value, err)
					return
				}
			}
		})
	}
	all.Wait()
	close(done)
	readers.Wait()
}

func (s *shelf) watch(key []byte, done <-chan struct{}) {
	for seen := -1; ; {
		select {
		case <-done:
			return
		default:
		}
		value, err := s.Get(s.ctx, key)
		if err != nil {
			s.Errorf("get: %v", err)
			return
		}
		n := -1
		if value != nil {
			n, _ = strconv.Atoi(string(value))
		}
		if n < seen {
			s.Errorf("%s went back from %d to %d", key, seen, n)
			return
		}
		seen = n
	}
}

// overlappingWriters has many write one key at once, some durably, while it is read: whichever came last, every reader agrees.
func overlappingWriters(s *shelf) {
	for round := range 25 {
		start := make(chan struct{})
		var all sync.WaitGroup
		for w := range 6 {
			all.Go(func() {
				<-start
				s.get("k")
				write := []boon.Write{{Key: []byte("k"), Value: fmt.Append(nil, round, w)}}
				if err := s.Commit(s.ctx, write, w%2 == 0); err != nil {
					s.Errorf("commit: %v", err)
				}
				s.get("k")
			})
		}
		close(start)
		all.Wait()
		s.wantScan("", "", "k="+string(s.get("k")))
	}
}

func scanPrefix(s *shelf) {
	s.commit("b/2", "2", "a", "x", "b/1", "1", "b", "0", "c", "y", "b/10", "10", "b0", "z")
	s.wantScan("b/", "", "b/1=1", "b/10=10", "b/2=2")
	s.wantScan("b", "", "b=0", "b/1=1", "b/10=10", "b/2=2", "b0=z")
	s.wantScan("none", "")
	s.wantScan("", "", "a=x", "b=0", "b/1=1", "b/10=10", "b/2=2", "b0=z", "c=y")
}

func scanFrom(s *shelf) {
	s.commit("a1", "1", "b1", "1", "b2", "2", "b3", "3", "c1", "1")
	s.wantScan("b", "b2", "b2=2", "b3=3")
	s.wantScan("b", "b2\x00", "b3=3")
	s.wantScan("b", "a", "b1=1", "b2=2", "b3=3")
	s.wantScan("b", "b4")
	s.wantScan("b", "c")
}

func scanHigh(s *shelf) {
	s.commit("\xff\xff", "1", "\xff\xff\x01", "2", "\xff", "0", "\x00", "low")
	s.wantScan("\xff\xff", "", "\xff\xff=1", "\xff\xff\x01=2")
	s.wantScan("", "", "\x00=low", "\xff=0", "\xff\xff=1", "\xff\xff\x01=2")
	s.wantScan("\x00", "", "\x00=low")
}

func scanStop(s *shelf) {
	s.commit("a", "1", "b", "2", "c", "3")
	calls := 0
	err := s.Scan(s.ctx, nil, nil, func(_, _ []byte) bool { calls++; return calls < 2 })
	if err != nil || calls != 2 {
		s.Errorf("%d calls, want 2 (%v)", calls, err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	calls = 0
	err = s.Scan(ctx, nil, nil, func(_, _ []byte) bool { calls++; cancel(); return true })
	if err == nil || calls != 1 {
		s.Errorf("%d calls after cancelling, want 1 and an error, got %v", calls, err)
	}
}

func scanSnapshot(s *shelf) {
	s.commit("a", "1", "b", "1", "c", "1")
	var seen []string
	err := s.Scan(s.ctx, nil, nil, func(key, value []byte) bool {
		seen = append(seen, string(key)+string(value))
		s.commit("b", "2", "bb", "2")
		return true
	})
	if err != nil || !slices.Equal(seen, []string{"a1", "b1", "c1"}) {
		s.Errorf("scan saw %q (%v)", seen, err)
	}
	s.wantScan("", "", "a=1", "b=2", "bb=2", "c=1")
}

func scanReentrant(s *shelf) {
	s.commit("a", "1", "b", "2")
	err := s.Scan(s.ctx, nil, nil, func(key, value []byte) bool {
		if got := s.get(string(key)); !bytes.Equal(got, value) {
			s.Errorf("get %q in scan gives %q, want %q", key, got, value)
		}
		s.append(entry(0, string(key)))
		return true
	})
	if err != nil || s.Last(0) != 2 {
		s.Errorf("last %d, want 2 (%v)", s.Last(0), err)
	}
}

func reopened(s *shelf) {
	s.commit("a", "1", "b", "2")
	s.commit("a", "3")
	s.reopen()
	s.wantScan("", "", "a=3", "b=2")
	if got := string(s.get("a")); got != "3" {
		s.Errorf("a is %q, want 3", got)
	}
}

// noCollision writes keys that a store may use itself.
func noCollision(s *shelf) {
	s.append(entry(0, "a"))
	for b := range 256 {
		for _, tail := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "partitions", "trimmed\x00\x00\x00\x00"} {
			s.commit(string([]byte{byte(b)})+tail, "mine")
		}
	}
	s.reopen()
	s.wantLog(0, "a")
	s.wantAnswers(s.append(entry(0, "a"), entry(0, "b")), boon.Appended{Position: 1, Duplicate: true}, boon.Appended{Position: 2})
	if got := len(s.scan("", "")); got != 4*256 {
		s.Errorf("%d keys, want %d", got, 4*256)
	}
}

// aliasing changes every slice it passed in or was given.
func aliasing(s *shelf) {
	e := entry(0, "a")
	key, value := []byte("key"), []byte("value")
	with := func([]boon.Appended) []boon.Write { return []boon.Write{{Key: key, Value: value}} }
	s.appendAt(noon, with, e)
	clear(e.Payload)
	clear(key)
	clear(value)
	clear(s.read(0, 0, 1)[0].Payload)
	s.wantLog(0, "a")
	for range 3 {
		got := s.get("key")
		if string(got) != "value" {
			s.Fatalf("key is %q, want value", got)
		}
		clear(got)
	}
	write := []boon.Write{{Key: []byte("key"), Value: []byte("other")}}
	if err := s.Commit(s.ctx, write, false); err != nil {
		s.Fatal(err)
	}
	clear(write[0].Key)
	clear(write[0].Value)
	for range 3 {
		if got := s.get("key"); string(got) != "other" {
			s.Fatalf("key is %q, want other", got)
		}
	}
	s.wantScan("", "", "key=other")
}

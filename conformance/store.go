package conformance

import (
	"context"
	"testing"
	"time"

	"boon"
)

// Log is the event log of a store.
type Log interface {
	Append(ctx context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error)
	Read(ctx context.Context, partition uint32, after boon.Position, max int) ([]boon.LogEntry, error)
	Last(partition uint32) boon.Position
	Changed() <-chan struct{}
}

// State is the online state of a store.
type State interface {
	Get(ctx context.Context, key []byte) ([]byte, error)
	Scan(ctx context.Context, prefix, from []byte, fn func(key, value []byte) bool) error
	Commit(ctx context.Context, writes []boon.Write, durable bool) error
}

// Store is both in one, with retention.
type Store interface {
	Log
	State
	Trim(ctx context.Context, entriesBefore, messagesBefore time.Time) error
	Close() error
}

// OpenStore opens the store in dir, empty the first time. After a Close, dir opens with what the store held.
type OpenStore func(t testing.TB, dir string, partitions int) Store

// RunStore runs the suite of the store port.
func RunStore(t *testing.T, open OpenStore) {
	cases := []struct {
		name string
		run  func(*shelf)
	}{
		{"positions count from 1 in the order of arrival", positions},
		{"partitions count apart", partitions},
		{"an unknown partition is empty to readers and refused to writers", unknownPartition},
		{"an entry without a messageId is refused, and its call with it", missingMessageID},
		{"an entry comes back as it went in, but for its messageId", wholeEntry},
		{"read pages through the log", pages},
		{"a repeat within one call is answered with the first", repeatWithin},
		{"a repeat across calls is answered with the first", repeatAcross},
		{"a repeat after reopening is answered with the first", repeatReopened},
		{"with sees its own answers and writes along", withWrites},
		{"with writes even when nothing is new", withRepeat},
		{"changed is closed by an append, not by a repeat", changed},
		{"a call whose context has ended stores nothing", cancelled},
		{"trim removes old entries and gives no position again", trimEntries},
		{"trim forgets old messages and keeps the others", trimMessages},
		{"appenders at the same time", concurrentAppend},
		{"one message from many callers is stored once", concurrentRepeat},
		{"an absent key is nil, an empty value is not", absent},
		{"delete", deletes},
		{"the last write of a key wins within a commit", lastWins},
		{"a commit is seen whole or not at all", atomicCommit},
		{"get is never behind a commit that returned", freshGet},
		{"get and scan agree after writers overlapped", overlappingWriters},
		{"scan keeps to its prefix and ascends", scanPrefix},
		{"scan starts at from", scanFrom},
		{"scan reaches prefixes of 0xff", scanHigh},
		{"scan stops when told", scanStop},
		{"scan sees the moment it began", scanSnapshot},
		{"scan lets its callback use the store", scanReentrant},
		{"state survives reopening", reopened},
		{"a state key never meets the log's own", noCollision},
		{"slices are not shared", aliasing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(newShelf(t, open)) })
	}
}

// shelf is one case's store.
type shelf struct {
	testing.TB
	Store
	open       OpenStore
	dir        string
	partitions int
	ctx        context.Context
}

var noon = time.Date(2026, 1, 5, 12, 0, 0, 123456789, time.UTC)

func newShelf(t *testing.T, open OpenStore) *shelf {
	s := &shelf{TB: t, open: open, dir: t.TempDir(), partitions: 3, ctx: t.Context()}
	s.Store = open(t, s.dir, s.partitions)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *shelf) reopen() {
	s.Helper()
	if err := s.Close(); err != nil {
		s.Fatalf("close: %v", err)
	}
	s.Store = s.open(s, s.dir, s.partitions)
}

func (s *shelf) append(entries ...boon.LogEntry) []boon.Appended {
	s.Helper()
	return s.appendAt(noon, nil, entries...)
}

func (s *shelf) appendAt(now time.Time, with func([]boon.Appended) []boon.Write, entries ...boon.LogEntry) []boon.Appended {
	s.Helper()
	answers, err := s.Append(s.ctx, entries, now, with)
	if err != nil {
		s.Fatalf("append: %v", err)
	}
	return answers
}

func (s *shelf) read(partition uint32, after boon.Position, max int) []boon.LogEntry {
	s.Helper()
	entries, err := s.Read(s.ctx, partition, after, max)
	if err != nil {
		s.Fatalf("read: %v", err)
	}
	return entries
}

func (s *shelf) commit(pairs ...string) {
	s.Helper()
	var writes []boon.Write
	for i := 0; i < len(pairs); i += 2 {
		writes = append(writes, boon.Write{Key: []byte(pairs[i]), Value: []byte(pairs[i+1])})
	}
	if err := s.Commit(s.ctx, writes, false); err != nil {
		s.Fatalf("commit: %v", err)
	}
}

func (s *shelf) get(key string) []byte {
	s.Helper()
	value, err := s.Get(s.ctx, []byte(key))
	if err != nil {
		s.Fatalf("get %q: %v", key, err)
	}
	return value
}

// scan lists "key=value" of a whole scan.
func (s *shelf) scan(prefix, from string) []string {
	s.Helper()
	var found []string
	err := s.Scan(s.ctx, []byte(prefix), []byte(from), func(key, value []byte) bool {
		found = append(found, string(key)+"="+string(value))
		return true
	})
	if err != nil {
		s.Fatalf("scan: %v", err)
	}
	return found
}

func entry(partition uint32, id string) boon.LogEntry {
	return boon.LogEntry{Partition: partition, MessageID: id, Received: noon, Payload: []byte("payload of " + id)}
}

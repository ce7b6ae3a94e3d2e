package memory

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"boon"
)

// Store is the event log and the online state in memory. It is safe for concurrent use.
type Store struct {
	mu         sync.RWMutex
	partitions []partition
	messages   map[string]message
	state      *tree
	changed    chan struct{}
}

// NewStore makes an empty store whose log has that many partitions, at least 1.
func NewStore(partitions int) *Store {
	return &Store{
		partitions: make([]partition, max(partitions, 1)),
		messages:   map[string]message{},
		changed:    make(chan struct{}),
	}
}

// Append stores the entries whose MessageID is not known yet and answers for each, in order. with, when it is not nil, gets the answers and returns
// writes that take effect at the same moment; it must not call the store.
func (s *Store) Append(ctx context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w (%w)", boon.Refuse(boon.ReasonThrottled, "the event log did not come to this call in time; try again"), err)
	}
	if err := s.check(entries); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := make([]boon.Appended, len(entries))
	added := false
	for i := range entries {
		results[i] = s.add(entries[i], now)
		added = added || !results[i].Duplicate
	}
	if with != nil {
		s.write(with(results))
	}
	if added {
		close(s.changed)
		s.changed = make(chan struct{})
	}
	return results, nil
}

// Read returns up to max entries of the partition behind a position, in order. Their MessageIDs are empty.
func (s *Store) Read(ctx context.Context, partition uint32, after boon.Position, max int) ([]boon.LogEntry, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if int(partition) >= len(s.partitions) || max <= 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return s.partitions[partition].read(after, max), nil
}

// Last is the highest position that was given in the partition; 0 when there is none, or no such partition.
func (s *Store) Last(partition uint32) boon.Position {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if int(partition) >= len(s.partitions) {
		return 0
	}
	return s.partitions[partition].last
}

// Partitions is the number of partitions of the log.
func (s *Store) Partitions() uint32 { return uint32(len(s.partitions)) }

// Changed is closed when something was appended after the call; take it before reading, so that nothing is missed.
func (s *Store) Changed() <-chan struct{} {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.changed
}

// Get is the value of a key, nil when it is absent.
func (s *Store) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	value, found := s.snapshot().get(key)
	if !found {
		return nil, nil
	}
	return clone(value), nil
}

// Scan calls fn for every key that starts with prefix and is not below from, ascending, as they stood when Scan began, until fn returns false. fn
// may call the store; its slices are valid until it returns.
func (s *Store) Scan(ctx context.Context, prefix, from []byte, fn func(key, value []byte) bool) error {
	if bytes.Compare(from, prefix) < 0 {
		from = prefix
	}
	s.snapshot().ascend(from, func(key, value []byte) bool {
		return ctx.Err() == nil && bytes.HasPrefix(key, prefix) && fn(clone(key), clone(value))
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	return nil
}

// Commit applies the writes as one. Nothing in memory is durable, whatever is asked.
func (s *Store) Commit(ctx context.Context, writes []boon.Write, _ bool) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(writes)
	return nil
}

// Trim removes the log entries that were received before entriesBefore, and the MessageIDs that were appended before messagesBefore. A zero time
// removes nothing.
func (s *Store) Trim(ctx context.Context, entriesBefore, messagesBefore time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("trim: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !entriesBefore.IsZero() {
		for i := range s.partitions {
			s.partitions[i].trim(entriesBefore)
		}
	}
	for id, m := range s.messages {
		if m.received.Before(messagesBefore) {
			delete(s.messages, id)
		}
	}
	return nil
}

// Close does nothing: the content lives as long as the Store.
func (s *Store) Close() error { return nil }

func (s *Store) snapshot() *tree {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state
}

func (s *Store) write(writes []boon.Write) {
	for _, w := range writes {
		s.state = s.state.with(w)
	}
}

package memory

import (
	"fmt"
	"sort"
	"time"

	"boon"
)

// partition is one partition's entries, by position.
type partition struct {
	entries []boon.LogEntry
	last    boon.Position
}

func (p *partition) add(e boon.LogEntry) boon.Position {
	p.last++
	e.Position, e.MessageID, e.Payload = p.last, "", clone(e.Payload)
	p.entries = append(p.entries, e)
	return p.last
}

func (p *partition) read(after boon.Position, max int) []boon.LogEntry {
	start := sort.Search(len(p.entries), func(i int) bool { return p.entries[i].Position > after })
	var out []boon.LogEntry
	for _, e := range p.entries[start:min(len(p.entries), start+max)] {
		e.Payload = clone(e.Payload)
		e.Received = e.Received.UTC()
		out = append(out, e)
	}
	return out
}

func (p *partition) trim(before time.Time) {
	var kept []boon.LogEntry
	for _, e := range p.entries {
		if !e.Received.Before(before) {
			kept = append(kept, e)
		}
	}
	p.entries = kept
}

// message is what is remembered of a MessageID.
type message struct {
	received time.Time
	position boon.Position
}

// check refuses a call before any part of it is stored.
func (s *Store) check(entries []boon.LogEntry) error {
	for i := range entries {
		if entries[i].MessageID == "" {
			return boon.Invalid("messageId", "entry %d has no messageId, by which repeats are told", i)
		}
		if int(entries[i].Partition) >= len(s.partitions) {
			return fmt.Errorf("append: partition %d of %d", entries[i].Partition, len(s.partitions))
		}
	}
	return nil
}

// add stores one entry that is not known yet.
func (s *Store) add(e boon.LogEntry, now time.Time) boon.Appended {
	if m, known := s.messages[e.MessageID]; known {
		return boon.Appended{Position: m.position, Duplicate: true}
	}
	position := s.partitions[e.Partition].add(e)
	s.messages[e.MessageID] = message{received: now, position: position}
	return boon.Appended{Position: position}
}

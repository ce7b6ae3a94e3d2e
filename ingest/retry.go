package ingest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"boon"
)

// Standing is an event that is set aside: its position and names are those that it came with, its time and cause those of the last attempt.
type Standing struct {
	Aside
	Waiting bool // it is on the log once more, and not come to yet
	Outage  bool // it is a call that waited for the system of record and never came to the log: its position is the number that it waited with
	More    int  // events of that call beside the one that is named

	last Aside
}

// StandingAside lists what is set aside, in the order of the log, for those who are not the partition's applier.
func StandingAside(ctx context.Context, store Store, partition uint32) ([]Standing, error) {
	applied, err := AppliedAt(ctx, store, partition) // first: what fails while the others are read is not taken for applied
	if err != nil {
		return nil, err
	}
	all, err := asides(ctx, store, partition)
	if err != nil {
		return nil, err
	}
	copies := map[boon.Position]bool{}
	for _, one := range all {
		copies[one.Again] = true
	}
	var standing []Standing
	for _, at := range slices.Sorted(maps.Keys(all)) {
		s := Standing{Aside: all[at], last: all[at]}
		for failed, ok := all[s.last.Again]; ok; failed, ok = all[s.last.Again] {
			s.last = failed
		}
		s.At, s.Cause, s.Waiting = s.last.At, s.last.Cause, s.last.Again > applied
		if !copies[at] && (s.last.Again == 0 || s.Waiting) {
			standing = append(standing, s)
		}
	}
	return standing, nil
}

// asides reads all that was ever set aside, copies that failed again among them.
func asides(ctx context.Context, store Store, partition uint32) (map[boon.Position]Aside, error) {
	all := map[boon.Position]Aside{}
	prefix := partitionKey(keyAside, partition)
	var broken error
	err := store.Scan(ctx, prefix, nil, func(key, value []byte) bool {
		var one Aside
		if len(key) == len(prefix)+8 {
			broken = json.Unmarshal(value, &one)
			all[boon.Position(binary.BigEndian.Uint64(key[len(prefix):]))] = one
		}
		return broken == nil
	})
	if err == nil {
		err = broken
	}
	if err != nil {
		return nil, fmt.Errorf("read events that are set aside: %w", err)
	}
	return all, nil
}

// Retry puts an event that is set aside onto the log once more, as it came, under an id that the log does not know: it counts where it stands then. One
// caller at a time.
func Retry(ctx context.Context, log Log, tail Tail, partition uint32, s Standing, id string, now time.Time) error {
	raw, err := tail.Read(ctx, partition, s.last.Position-1, 1)
	if err != nil {
		return fmt.Errorf("read event at %d: %w", s.last.Position, err)
	}
	if len(raw) == 0 || raw[0].Position != s.last.Position {
		return boon.Refuse(boon.ReasonNotFound, "Event %d is past its time and no longer on the log.", s.Position)
	}
	entry := raw[0]
	entry.MessageID, entry.Received = id, now
	var failed error
	_, err = log.Append(ctx, []boon.LogEntry{entry}, now, func(done []boon.Appended) []boon.Write {
		one := s.last
		one.Again = done[0].Position
		var body []byte
		body, failed = json.Marshal(one)
		return []boon.Write{{Key: asideKey(partition, one.Position), Value: body}}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("put event at %d onto the log again: %w", s.last.Position, err)
	}
	return nil
}

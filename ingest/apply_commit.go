package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/internal/pack"
	"boon/internal/seal"
	"boon/internal/wire"
	"boon/model"
)

// entry is one event of the log, opened.
type entry struct {
	position boon.Position
	event    boon.Event
}

// next reads and opens the events that follow. A batch does not reach across the money's watermark, so that it is recalled or new as a whole.
func (a *Applier) next(ctx context.Context, limit int) ([]entry, error) {
	if a.watermark > a.applied {
		limit = min(limit, int(a.watermark-a.applied))
	}
	raw, err := a.Tail.Read(ctx, a.Partition, a.applied, limit)
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	a.opened = slices.Grow(a.opened[:0], len(raw))[:len(raw)]
	for i, r := range raw {
		if a.aside[r.Position] {
			a.opened[i] = entry{position: r.Position}
			continue
		}
		plain, err := a.Opener.Open(ctx, r.Owner, r.Payload)
		if errors.Is(err, seal.ErrErased) {
			a.opened[i] = entry{position: r.Position} // nobody can read it any more, and that is meant
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open event at %d: %w", r.Position, err)
		}
		event, err := DecodeEvent(plain)
		if err != nil {
			return nil, fmt.Errorf("decode event at %d: %w", r.Position, err)
		}
		a.opened[i] = entry{r.Position, event}
	}
	return a.opened, nil
}

// keepRecords makes the batch's records durable. It runs before the money commits: what is granted can always be explained.
func (a *Applier) keepRecords(ctx context.Context) error {
	if len(a.records) == 0 {
		return nil
	}
	if err := a.Store.Commit(ctx, a.records, true); err != nil {
		return fmt.Errorf("keep records: %w", err)
	}
	a.records = nil
	return nil
}

// commit makes the batch visible: people, the whole, and the position, at once. It need not wait for the disk: the log has the events.
func (a *Applier) commit(ctx context.Context, last boon.Position) error {
	ids := make([]boon.Identifier, 0, len(a.dirty))
	for id := range a.dirty {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, boon.Identifier.Compare)
	for _, id := range ids {
		a.writes = append(a.writes, boon.Write{Key: personKey(id), Value: a.writer.encode(a.people[id])})
	}
	a.keepCells()
	a.keepSales()
	a.writes = append(a.whole.writes(a.writes, a.Partition), boon.Write{Key: partitionKey(keyApplied, a.Partition), Value: encodeApplied(last, a.clock)})
	if err := a.Store.Commit(ctx, a.writes, false); err != nil {
		return fmt.Errorf("commit state: %w", err)
	}
	a.whole.stored()
	if a.Sold != nil && len(a.sold) > 0 {
		a.Sold(slices.Collect(maps.Keys(a.sold)))
	}
	a.applied, a.writes, a.armed = last, nil, nil
	clear(a.dirty)
	clear(a.sold)
	clear(a.seenNow)
	clear(a.given)
	if len(a.people) > maxPeople {
		clear(a.people)
	}
	if len(a.sales) > maxSales {
		clear(a.sales)
	}
	return nil
}

func encodeApplied(at boon.Position, clock time.Time) []byte {
	w := wire.Writer{}
	w.Uint(uint64(at))
	w.Time(clock)
	return w.Buf
}

func decodeApplied(data []byte) (boon.Position, time.Time) {
	if data == nil {
		return 0, time.Time{}
	}
	r := wire.NewReader(data)
	return boon.Position(r.Uint()), r.Time()
}

// AppliedAt reads how far a partition is applied, for those who are not its applier.
func AppliedAt(ctx context.Context, store Store, partition uint32) (boon.Position, error) {
	data, err := store.Get(ctx, partitionKey(keyApplied, partition))
	if err != nil {
		return 0, fmt.Errorf("read applied position: %w", err)
	}
	at, _ := decodeApplied(data)
	return at, nil
}

func (a *Applier) keepSettlement(key []byte, s Settlement) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode settlement: %w", err)
	}
	a.records = append(a.records, boon.Write{Key: key, Value: body})
	a.writes = append(a.writes, boon.Write{Key: key})
	return nil
}

func (a *Applier) recallSettlement(ctx context.Context, key []byte) (s Settlement, err error) {
	body, err := a.Store.Get(ctx, key)
	if err != nil || body == nil {
		return s, err
	}
	a.writes = append(a.writes, boon.Write{Key: key})
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("decode settlement: %w", err)
	}
	return s, nil
}

// startEpoch loads the rates of the running epoch.
func (a *Applier) startEpoch(ctx context.Context) error {
	if a.whole.Epoch.Rates == "" {
		a.rates = model.Freeze(model.Tally{})
		return nil
	}
	blob, err := a.Store.Get(ctx, BlobKey(a.whole.Epoch.Rates))
	if err != nil {
		return fmt.Errorf("read rates: %w", err)
	}
	if a.rates, err = model.DecodeRates(blob); err != nil {
		return fmt.Errorf("decode rates: %w", err)
	}
	return nil
}

// turnEpoch freezes new rates when the running epoch is over or outgrown, or none runs yet.
func (a *Applier) turnEpoch() error {
	if a.whole.Epoch.Rates != "" && a.clock.Before(a.whole.Epoch.Start.Add(a.Epoch)) && (a.Virtual || !a.whole.outgrown()) {
		return nil
	}
	a.rates = model.Freeze(a.whole.Tally)
	a.whole.Epoch = Epoch{Start: a.clock.Truncate(a.Epoch), Rates: a.rates.ID, Cuts: a.whole.Population.Cuts()}
	a.records = append(a.records, boon.Write{Key: BlobKey(a.rates.ID), Value: a.rates.Encode()})
	return nil
}

// Keys of what decisions leave behind.
const (
	keyRecord = 'd' // decision -> record
	keyBlob   = 'b' // content id -> bytes
)

// RecordWrite keeps a decision's record, packed.
func RecordWrite(decision string, body []byte) boon.Write {
	return boon.Write{Key: RecordKey(decision), Value: pack.Pack(body)}
}

// ReadRecord reads the record of a decision through get; nil: there is none.
func ReadRecord(decision string, get func(key []byte) ([]byte, error)) ([]byte, error) {
	stored, err := get(RecordKey(decision))
	if err != nil || stored == nil {
		return nil, err
	}
	return pack.Unpack(stored)
}

// RecordKey is where a decision's record is.
func RecordKey(decision string) []byte { return append([]byte{keyRecord}, decision...) }

// BlobKey is where an immutable blob is, by its content id.
func BlobKey(id string) []byte { return append([]byte{keyBlob}, id...) }

package ingest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"boon"
	"boon/feature"
	"boon/model"
)

// Parts of a Whole that are stored when they changed: it is written with every batch, and they grow with orders and with offers.
const (
	partPopulation = 'p'
	partTally      = 't' // offer -> its tally
)

func wholeKey(partition uint32, part byte, offer string) []byte {
	return append(append(partitionKey(keyWhole, partition), part), offer...)
}

// replace tells the population what somebody counts as now.
func (w *Whole) replace(before, now feature.Summary) {
	w.moved = w.Population.Replace(before, now) || w.moved
}

// tally is where an arm is counted.
func (w *Whole) tally(a model.Arm) *model.Tally {
	w.counted[a.Offer] = true
	return &w.Tally
}

// writes adds what differs from what is stored.
func (w *Whole) writes(to []boon.Write, partition uint32) []boon.Write {
	if w.moved {
		to = append(to, boon.Write{Key: wholeKey(partition, partPopulation, ""), Value: w.Population.Encode()})
	}
	for _, offer := range slices.Sorted(maps.Keys(w.counted)) {
		to = append(to, boon.Write{Key: wholeKey(partition, partTally, offer), Value: w.Tally.Of(offer).Encode()})
	}
	return append(to, boon.Write{Key: partitionKey(keyWhole, partition), Value: w.Encode()})
}

// stored says that the writes are.
func (w *Whole) stored() {
	w.moved = false
	clear(w.counted)
}

// readWhole puts the parts together.
func readWhole(ctx context.Context, store Store, partition uint32) (*Whole, error) {
	prefix := partitionKey(keyWhole, partition)
	data, err := store.Get(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("read whole: %w", err)
	}
	w, err := DecodeWhole(data)
	if err != nil {
		return nil, err
	}
	scanned := store.Scan(ctx, prefix, nil, func(key, value []byte) bool {
		if len(key) > len(prefix) {
			err = w.add(key[len(prefix)], value)
		}
		return err == nil
	})
	if err = cmp.Or(err, scanned); err != nil {
		return nil, fmt.Errorf("read whole: %w", err)
	}
	return w, nil
}

// add takes a part in.
func (w *Whole) add(part byte, data []byte) (err error) {
	switch part {
	case partPopulation:
		w.Population, err = feature.DecodePopulation(data)
	case partTally:
		var t model.Tally
		if t, err = model.DecodeTally(data); err == nil {
			w.Tally.Merge(t)
		}
	default:
		err = fmt.Errorf("unknown part %q", part)
	}
	return err
}

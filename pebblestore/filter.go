package pebblestore

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// filterBytes is ten bits for each of 13 million messages. Beyond that more lookups go to the database, nothing else changes.
const filterBytes = 16 << 20

const (
	filterBlock  = 8 // words: a cache line
	filterProbes = 6
)

// filter knows of most new messages that they are new, without a lookup. It is a Bloom filter whose probes share one cache line (Putze, Sanders and
// Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007). Trimmed messages stay in until the next start.
type filter struct {
	words  []uint64
	loaded chan struct{} // closed when all that was stored before Open is in; until then everything may be known
}

func newFilter(bytes int) *filter {
	return &filter{words: make([]uint64, bytes/8), loaded: make(chan struct{})}
}

// probe is the n-th bit of a message, all in one block.
func (f *filter) probe(hash messageHash, n int) (word int, mask uint64) {
	blocks := uint64(len(f.words) / filterBlock)
	block := binary.LittleEndian.Uint64(hash[:8]) % blocks
	bits := binary.LittleEndian.Uint64(hash[8:]) >> (9 * n)
	return int(block)*filterBlock + int(bits>>6&(filterBlock-1)), 1 << (bits & 63)
}

func (f *filter) add(hash messageHash) {
	for n := range filterProbes {
		word, mask := f.probe(hash, n)
		atomic.OrUint64(&f.words[word], mask)
	}
}

// isNew is true only for a message that was never added.
func (f *filter) isNew(hash messageHash) bool {
	select {
	case <-f.loaded:
	default:
		return false
	}
	for n := range filterProbes {
		word, mask := f.probe(hash, n)
		if atomic.LoadUint64(&f.words[word])&mask == 0 {
			return true
		}
	}
	return false
}

// loadFilter adds what was stored before; the committer adds what comes meanwhile. An error leaves the filter unloaded: appends look everything up.
func (db *DB) loadFilter() {
	defer db.done()
	it, err := db.pebble.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixMessage}, UpperBound: []byte{prefixMessage + 1}})
	if err != nil {
		db.failed.Errorf("load filter: %v", err)
		return
	}
	if err := db.fillFilter(it); err != nil {
		db.failed.Errorf("load filter: %v", err)
	}
}

func (db *DB) fillFilter(it *pebble.Iterator) error {
	for ok := it.First(); ok; ok = it.Next() {
		select {
		case <-db.closing:
			return it.Close()
		default:
		}
		if key := it.Key(); len(key) == 1+len(messageHash{}) {
			db.filter.add(messageHash(key[1:]))
		}
	}
	if err := it.Close(); err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	close(db.filter.loaded)
	return nil
}

package pebblestore

import (
	"hash/maphash"
	"sync"

	"boon"

	"github.com/maypok86/otter/v2"
)

const hotShards = 256

// hotCache holds values in front of Get. A nil hotCache holds nothing.
//
// A value that was read gets in only when no write of its shard began or ended between the miss and now, and none of its key is under way; a value that
// was written, only when no other write of its key overlapped. So what is in is what is stored. While a write runs its key is out.
type hotCache struct {
	values *otter.Cache[string, []byte]
	seed   maphash.Seed
	shards [hotShards]hotShard
}

type hotShard struct {
	sync.Mutex
	moves   uint64 // beginnings and ends of writes, ever
	writing map[string]flight
}

// flight is the writes of one key that are under way.
type flight struct {
	count     int
	wasIn     bool
	contested bool // two overlapped: which came last is not known here
}

// hotOverhead is about what an entry takes besides its bytes.
const hotOverhead = 128

func newHotCache(bytes int64) *hotCache {
	if bytes <= 0 {
		return nil
	}
	c := &hotCache{
		seed: maphash.MakeSeed(),
		values: otter.Must(&otter.Options[string, []byte]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(key string, value []byte) uint32 { return uint32(len(key) + len(value) + hotOverhead) },
		}),
	}
	for i := range c.shards {
		c.shards[i].writing = map[string]flight{}
	}
	return c
}

func (c *hotCache) shard(key []byte) *hotShard {
	return &c.shards[maphash.Bytes(c.seed, key)%hotShards]
}

// get returns a copy of what is in; if nothing is, the ticket to put in what is read next.
func (c *hotCache) get(key []byte) (value []byte, ticket uint64, found bool) {
	if c == nil {
		return nil, 0, false
	}
	if value, ok := c.values.GetIfPresent(string(key)); ok {
		return clone(value), 0, true
	}
	s := c.shard(key)
	s.Lock()
	defer s.Unlock()
	return nil, s.moves, false
}

// put offers a value that was read after its ticket was drawn.
func (c *hotCache) put(key, value []byte, ticket uint64) {
	if c == nil || value == nil {
		return
	}
	s := c.shard(key)
	s.Lock()
	defer s.Unlock()
	if _, busy := s.writing[string(key)]; s.moves == ticket && !busy {
		c.values.Set(string(key), clone(value))
	}
}

// begin comes before the writes reach the database.
func (c *hotCache) begin(writes []boon.Write) {
	if c == nil {
		return
	}
	for _, w := range writes {
		c.beginKey(w.Key)
	}
}

func (c *hotCache) beginKey(key []byte) {
	s := c.shard(key)
	s.Lock()
	defer s.Unlock()
	s.moves++
	f := s.writing[string(key)]
	_, in := c.values.Invalidate(string(key))
	s.writing[string(key)] = flight{count: f.count + 1, wasIn: f.wasIn || in, contested: f.count > 0}
}

// end comes after they did. The values of keys that were hot stay in.
func (c *hotCache) end(writes []boon.Write, stored bool) {
	if c == nil {
		return
	}
	for _, w := range writes {
		c.endKey(w, stored)
	}
}

func (c *hotCache) endKey(w boon.Write, stored bool) {
	s := c.shard(w.Key)
	s.Lock()
	defer s.Unlock()
	s.moves++
	f := s.writing[string(w.Key)]
	if f.count--; f.count > 0 {
		s.writing[string(w.Key)] = f
		return
	}
	delete(s.writing, string(w.Key))
	if stored && f.wasIn && !f.contested && w.Value != nil {
		c.values.Set(string(w.Key), clone(w.Value))
	}
}

// clone is never nil: an empty value is not an absent one.
func clone(value []byte) []byte { return append(make([]byte, 0, len(value)), value...) }

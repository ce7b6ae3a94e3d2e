package pebblestore

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"boon"

	"github.com/cockroachdb/pebble/v2"
)

// groupBytes bounds what one fsync carries, so that no caller waits long for the others.
const groupBytes = 8 << 20

// call is one Append on its way through the queue.
type call struct {
	entries []boon.LogEntry
	hashes  []messageHash
	day     int64
	with    func([]boon.Appended) []boon.Write

	owner   atomic.Bool // set by whoever takes the call first: the committer, or a caller that gives up
	results []boon.Appended
	err     error
	done    chan struct{}
}

// Append stores the entries that are not known yet and answers for each, in order, once all are on disk. A repeated MessageID, of another call or of the same,
// answers with the position it had. now is the wall clock, from which the age of a MessageID counts. with, when it is not nil, gets the
// answers and returns writes for the same atomic batch; it runs on the committing goroutine, so it must be quick and must not call the store.
//
// A full queue, or a context that ends before the call's turn, is refused as throttled, and nothing is stored.
func (db *DB) Append(ctx context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	c, err := db.newCall(entries, now, with)
	if err != nil {
		return nil, err
	}
	if err := db.enqueue(ctx, c); err != nil {
		return nil, err
	}
	select {
	case <-c.done:
	case <-db.failed.failed:
		return nil, db.failed.err()
	case <-ctx.Done():
		if c.owner.CompareAndSwap(false, true) {
			return nil, throttled(ctx)
		}
		<-c.done // its group is being written: the outcome will be known soon, and until then the committer reads the caller's slices
	}
	return c.results, c.err
}

func (db *DB) newCall(entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) (*call, error) {
	hashes := make([]messageHash, len(entries))
	for i := range entries {
		if entries[i].MessageID == "" {
			return nil, boon.Invalid("messageId", "entry %d has no messageId, by which repeats are told", i)
		}
		if int(entries[i].Partition) >= len(db.last) {
			return nil, fmt.Errorf("append: partition %d of %d", entries[i].Partition, len(db.last))
		}
		hashes[i] = hashMessage(entries[i].MessageID)
	}
	return &call{entries: entries, hashes: hashes, day: dayOf(now), with: with, done: make(chan struct{})}, nil
}

func (db *DB) enqueue(ctx context.Context, c *call) error {
	if ctx.Err() != nil {
		return throttled(ctx)
	}
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	select {
	case db.queue <- c:
		return nil
	default:
		return boon.Refuse(boon.ReasonThrottled, "%d calls wait for the event log already; try again in a moment", cap(db.queue))
	}
}

func throttled(ctx context.Context) error {
	return fmt.Errorf("%w (%w)", boon.Refuse(boon.ReasonThrottled, "the event log did not come to this call in time; try again"), context.Cause(ctx))
}

// commitQueue is the committing goroutine: it takes what waits, writes it as one batch, and answers all.
func (db *DB) commitQueue() {
	g := newGroup(db)
	for c := range db.queue {
		g.take(c)
		for g.bytes < groupBytes {
			c, ok := db.next()
			if !ok {
				break
			}
			g.take(c)
		}
		g.commit()
	}
}

func (db *DB) next() (*call, bool) {
	select {
	case c, ok := <-db.queue:
		return c, ok
	default:
		return nil, false
	}
}

// group is the calls that one fsync makes durable.
type group struct {
	db    *DB
	batch *pebble.Batch
	calls []*call
	fresh map[messageHash]boon.Position // given by this group, not readable yet
	last  []boon.Position               // by partition, this group included
	bytes int
	added bool
	key   []byte
	value []byte
}

func newGroup(db *DB) *group {
	return &group{db: db, fresh: map[messageHash]boon.Position{}, last: make([]boon.Position, len(db.last))}
}

// reset starts a new group behind what is on disk.
func (g *group) reset() {
	g.calls, g.bytes, g.added = g.calls[:0], 0, false
	clear(g.fresh)
	g.batch = nil
}

func (g *group) begin() {
	g.batch = g.db.pebble.NewBatch()
	for p := range g.last {
		g.last[p] = g.db.Last(uint32(p))
	}
}

// take adds a call to the group, unless its caller has given up.
func (g *group) take(c *call) {
	if !c.owner.CompareAndSwap(false, true) {
		return
	}
	if g.batch == nil {
		g.begin()
	}
	g.calls = append(g.calls, c)
	c.err = g.stage(c)
	g.bytes = g.batch.Len()
}

// stage answers a call and adds its entries and writes to the batch. It looks up everything first: a call that cannot be answered leaves nothing behind.
func (g *group) stage(c *call) error {
	c.results = make([]boon.Appended, len(c.entries))
	known, err := g.lookUp(c)
	if err != nil {
		return fmt.Errorf("append: look up messages: %w", err)
	}
	for i := range c.entries {
		position, repeated := known[c.hashes[i]]
		if !repeated {
			position, repeated = g.fresh[c.hashes[i]]
		}
		if !repeated {
			position = g.add(&c.entries[i], c.hashes[i], c.day)
		}
		c.results[i] = boon.Appended{Position: position, Duplicate: repeated}
	}
	if c.with != nil {
		stage(g.batch, c.with(c.results))
	}
	return nil
}

func (g *group) lookUp(c *call) (map[messageHash]boon.Position, error) {
	var known map[messageHash]boon.Position
	for _, hash := range c.hashes {
		if g.db.filter.IsNew(hash) {
			continue
		}
		g.key = messageKey(g.key, hash)
		position, found, err := g.db.message(g.key)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		if known == nil {
			known = map[messageHash]boon.Position{}
		}
		known[hash] = position
	}
	return known, nil
}

func (g *group) add(e *boon.LogEntry, hash messageHash, day int64) boon.Position {
	g.last[e.Partition]++
	position := g.last[e.Partition]
	g.fresh[hash] = position
	g.db.filter.Add(hash)
	g.added = true
	g.key, g.value = logKey(g.key, e.Partition, position), encodeEntry(g.value, e)
	g.set()
	g.key, g.value = messageKey(g.key, hash), encodeMessage(g.value, day, position)
	g.set()
	return position
}

// set cannot fail, as in stage.
func (g *group) set() { _ = g.batch.Set(g.key, g.value, nil) }

// commit makes the group durable, shows it to readers, and answers its callers.
func (g *group) commit() {
	if g.batch == nil {
		return
	}
	if err := g.write(); err != nil {
		g.answer(fmt.Errorf("append: %w", err))
		return
	}
	if g.added {
		for p := range g.last {
			g.db.last[p].Store(uint64(g.last[p]))
		}
		g.db.announce()
	}
	g.answer(nil)
}

func (g *group) write() error {
	if g.batch.Empty() {
		return g.batch.Close()
	}
	return g.db.apply(g.batch, pebble.Sync)
}

func (g *group) answer(err error) {
	for _, c := range g.calls {
		if err != nil {
			c.results, c.err = nil, err
		}
		close(c.done)
	}
	g.reset()
}

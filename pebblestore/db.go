package pebblestore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"boon"
	"boon/internal/sketch"

	"github.com/cockroachdb/pebble/v2"
)

// DB is the event log and the online state of one data folder. It is safe for concurrent use.
type DB struct {
	pebble *pebble.DB
	lock   *pebble.Lock
	failed *failure
	pace   *pace
	filter *sketch.Filter  // of messages
	last   []atomic.Uint64 // by partition: highest position on disk

	queue     chan *call
	committer sync.WaitGroup

	mu      sync.RWMutex // guards closed
	closed  bool
	closing chan struct{}  // closed with closed
	users   sync.WaitGroup // calls under way
	changed atomic.Pointer[chan struct{}]
}

// Open opens the database in dir, and makes it when it is not there. A folder that another process holds, or that was made with another number of
// partitions, is refused.
func Open(dir string, options Options) (*DB, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, fmt.Errorf("open event store: %w", err)
	}
	lock, err := lockFolder(dir, options)
	if err != nil {
		return nil, err
	}
	failed, pace := newFailure(options.Logger), newPace()
	p, err := openPebble(dir, options.pebble(failed, pace, lock), failed)
	if err != nil {
		return nil, fmt.Errorf("open event store: %w", errors.Join(err, lock.Close()))
	}
	db := &DB{
		pebble: p, lock: lock, failed: failed, pace: pace,
		filter: sketch.NewFilter(filterBytes), queue: make(chan *call, options.Queue), closing: make(chan struct{}),
	}
	if err := db.recover(options.Partitions); err != nil {
		return nil, fmt.Errorf("open event store: %w", errors.Join(err, p.Close(), lock.Close()))
	}
	db.users.Add(1)
	go db.loadFilter()
	db.committer.Go(db.commitQueue)
	return db, nil
}

// openPebble returns even when Pebble finds on opening that it cannot write, and calls Fatalf.
func openPebble(dir string, options *pebble.Options, failed *failure) (*pebble.DB, error) {
	var p *pebble.DB
	opened := make(chan error, 1)
	go func() {
		db, err := pebble.Open(dir, options)
		p = db
		opened <- err
	}()
	select {
	case err := <-opened:
		return p, err
	case <-failed.failed:
		return nil, failed.err()
	}
}

func lockFolder(dir string, options Options) (*pebble.Lock, error) {
	if err := options.fs.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open event store: %w", err)
	}
	lock, err := pebble.LockDirectory(dir, options.fs)
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return nil, fmt.Errorf("open event store: %w", err)
	}
	if err != nil {
		return nil, boon.Refuse(boon.ReasonUnavailable, "the data folder %s is in use by another process; stop it, ask it by --url, or give another folder", dir)
	}
	return lock, nil
}

func (db *DB) recover(want uint32) error {
	count, err := db.partitions(want)
	if err != nil {
		return err
	}
	db.last = make([]atomic.Uint64, count)
	for p := range db.last {
		if err := db.recoverLast(uint32(p)); err != nil {
			return err
		}
	}
	changed := make(chan struct{})
	db.changed.Store(&changed)
	return nil
}

// partitions reads the number fixed when the folder was made, or fixes it.
func (db *DB) partitions(want uint32) (uint32, error) {
	value, err := db.get(keyPartitions)
	if err != nil {
		return 0, fmt.Errorf("read number of partitions: %w", err)
	}
	if value == nil {
		want = max(want, 1)
		return want, db.pebble.Set(keyPartitions, binary.BigEndian.AppendUint32(nil, want), pebble.Sync)
	}
	if len(value) != 4 {
		return 0, fmt.Errorf("read number of partitions: %d bytes, want 4", len(value))
	}
	have := binary.BigEndian.Uint32(value)
	if want != 0 && want != have {
		return 0, fmt.Errorf("the folder was made with %d partitions and cannot be opened with %d: the number is fixed when a folder is first opened", have, want)
	}
	return have, nil
}

func (db *DB) recoverLast(partition uint32) error {
	trimmed, err := db.get(trimmedKey(partition))
	if err != nil {
		return fmt.Errorf("read trimmed position: %w", err)
	}
	if len(trimmed) == 8 {
		db.last[partition].Store(binary.BigEndian.Uint64(trimmed))
	}
	it, err := db.logIter(partition, 0, ^boon.Position(0))
	if err != nil {
		return err
	}
	if it.Last() {
		db.last[partition].Store(uint64(logPosition(it.Key())))
	}
	return it.Close()
}

// Close waits for the appends under way and closes the files. A second Close does nothing. A database that has failed keeps its files, and the lock on
// its folder, until the process ends: what Pebble would still write cannot be trusted.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	close(db.closing)
	db.mu.Unlock()
	select {
	case <-db.settled():
	case <-db.failed.failed:
	}
	if err := db.failed.err(); err != nil {
		return err
	}
	db.pace.end()
	if err := errors.Join(db.pebble.Close(), db.lock.Close()); err != nil {
		return fmt.Errorf("close event store: %w", err)
	}
	return nil
}

// settled is closed when every call has returned and the queue is empty, which a database that has failed may never see.
func (db *DB) settled() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		db.users.Wait()
		close(db.queue)
		db.committer.Wait()
	}()
	return done
}

// use keeps the database open until done is called.
func (db *DB) use() error {
	if err := db.failed.err(); err != nil {
		return err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return errClosed
	}
	db.users.Add(1)
	return nil
}

func (db *DB) done() { db.users.Done() }

// Last is the highest position of the partition that is on disk; 0 when there is none, or no such partition.
func (db *DB) Last(partition uint32) boon.Position {
	if int(partition) >= len(db.last) {
		return 0
	}
	return boon.Position(db.last[partition].Load())
}

// Partitions is the number of partitions of the log.
func (db *DB) Partitions() uint32 { return uint32(len(db.last)) }

// Merges is how many flushes and merges of tables are under way.
func (db *DB) Merges() int64 { return db.pace.running.Load() }

// Changed is closed when something was appended after the call; take it before reading, so that nothing is missed.
func (db *DB) Changed() <-chan struct{} { return *db.changed.Load() }

func (db *DB) announce() {
	next := make(chan struct{})
	close(*db.changed.Swap(&next))
}

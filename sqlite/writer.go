package sqlite

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"boon/redeem"
)

// maxBatch bounds how many updates share one transaction.
const maxBatch = 1024

// job is one queued update. The caller or the writer claims it, whoever comes first: a caller that gave up before the writer began is
// sure that nothing happened.
type job struct {
	fn      func(redeem.Tx) error
	claimed atomic.Bool
	done    chan struct{}
	err     error
	panic   any
}

// writer owns the writing connection.
type writer struct {
	tx     *tx
	queue  chan *job
	mu     sync.RWMutex // held shared while queueing, so that stop finds the queue quiet
	ending bool
	closed chan struct{}
}

func startWriter(c *conn) *writer {
	w := &writer{tx: newTx(c, true), queue: make(chan *job, maxBatch), closed: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) stop() {
	w.mu.Lock()
	w.ending = true
	close(w.queue)
	w.mu.Unlock()
	<-w.closed
}

// Update implements redeem.Book.
func (db *DB) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	j := &job{fn: fn, done: make(chan struct{})}
	if err := db.writer.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-j.done
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

// View implements redeem.Book.
func (db *DB) View(ctx context.Context, fn func(redeem.Tx) error) error {
	return db.read(ctx, func(c *conn) error { return fn(newTx(c, false)) })
}

// Expecting implements redeem.Book; a file beside the process answers fast enough.
func (db *DB) Expecting(redeem.Reads) redeem.Book { return db }

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.ending {
		return ErrClosed
	}
	select {
	case w.queue <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) loop() {
	defer close(w.closed)
	batch := make([]*job, 0, maxBatch)
	for j := range w.queue {
		batch = append(batch[:0], j)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case j, ok := <-w.queue:
				if more = ok; ok {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		w.commit(batch)
	}
}

// commit runs a batch in one transaction and answers each of its jobs.
func (w *writer) commit(batch []*job) {
	err := w.transact(batch)
	for _, j := range batch {
		if err != nil {
			j.err = fmt.Errorf("commit to ledger: %w", unavailable(err))
		}
		close(j.done)
	}
}

func (w *writer) transact(batch []*job) (err error) {
	if _, err := w.tx.c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = w.tx.c.exec("ROLLBACK") // the first error is the one to tell
			w.tx.reset()
		}
	}()
	for _, j := range batch {
		if j.claimed.CompareAndSwap(false, true) {
			j.run(w.tx)
		}
	}
	if w.tx.broken != nil {
		return w.tx.broken
	}
	if err := w.tx.flush(); err != nil {
		return err
	}
	_, err = w.tx.c.exec("COMMIT")
	return err
}

// run keeps a panic of the caller's function for the caller's goroutine.
func (j *job) run(t *tx) {
	j.err = t.Try(func(inner redeem.Tx) (err error) {
		defer func() {
			if j.panic = recover(); j.panic != nil {
				err = fmt.Errorf("panic in update: %v", j.panic)
			}
		}()
		return j.fn(inner)
	})
}

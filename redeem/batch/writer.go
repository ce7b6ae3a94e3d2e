package batch

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"boon/redeem"
)

// maxBatch bounds how many updates share one transaction.
const maxBatch = 1024

// job is one queued update. The caller or the writer claims it, whoever comes first: a caller that gave up before the writer began is
// sure that nothing happened.
type job struct {
	reads   redeem.Reads
	fn      func(redeem.Tx) error
	claimed atomic.Bool
	done    chan struct{}
	err     error
	panic   any
}

// Writer is the only one who writes to its store.
type Writer struct {
	store   Store
	tx      *tx
	queue   *queue
	company company
	clock   Clock
	closed  chan struct{}
}

// Clock is by what a writer lets batches begin apart.
type Clock struct {
	Now   func() time.Time
	Sleep func(time.Duration)
}

// Start begins to serve updates; Stop ends it.
func Start(s Store, c Clock) *Writer {
	w := &Writer{store: s, tx: newTx(s, true), queue: newQueue(), clock: c, closed: make(chan struct{})}
	go w.loop()
	return w
}

// Stop refuses further updates and returns when those that wait are done.
func (w *Writer) Stop() {
	w.queue.end()
	<-w.closed
}

// Closed is closed when the writer has stopped.
func (w *Writer) Closed() <-chan struct{} { return w.closed }

// Waiting is how many updates wait for their turn.
func (w *Writer) Waiting() int { return w.queue.waiting() }

// Update is redeem.Book's, of a caller that expects to read r.
func (w *Writer) Update(ctx context.Context, r redeem.Reads, fn func(redeem.Tx) error) error {
	j := &job{reads: r, fn: fn, done: make(chan struct{})}
	if err := w.queue.add(ctx, j); err != nil {
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

// View is redeem.Book's, on what r reads.
func View(r Reader, fn func(redeem.Tx) error) error { return fn(newTx(r, false)) }

func (w *Writer) loop() {
	defer close(w.closed)
	jobs := make([]*job, 0, maxBatch)
	for {
		if jobs = w.queue.take(jobs[:0], maxBatch); len(jobs) == 0 {
			return
		}
		jobs = w.accompany(jobs)
		w.commit(jobs)
		w.gather(len(jobs))
		clear(jobs)
	}
}

// accompany lets others join a batch of few.
func (w *Writer) accompany(jobs []*job) []*job {
	if wait := w.company.wait(len(jobs), w.clock.Now()); wait > 0 {
		alone := len(jobs)
		w.clock.Sleep(wait)
		jobs = w.queue.more(jobs, maxBatch)
		w.company.learn(len(jobs) > alone)
	}
	w.company.began = w.clock.Now()
	return jobs
}

// gather lets the callers that were answered just now ask again before the next batch begins. Without it those of one batch miss the next, and the
// callers fall into two halves that wait for each other.
func (w *Writer) gather(answered int) {
	for range 8 {
		if w.queue.waiting() >= answered {
			return
		}
		runtime.Gosched()
	}
}

// commit runs a batch in one transaction and answers each of its jobs.
func (w *Writer) commit(jobs []*job) {
	err := w.transact(jobs)
	for _, j := range jobs {
		if err != nil {
			j.err = fmt.Errorf("commit to ledger: %w", err)
		}
		close(j.done)
	}
}

func (w *Writer) transact(jobs []*job) (err error) {
	defer func() {
		if err != nil {
			w.store.Rollback()
			w.tx.reset()
		}
	}()
	if err := w.begin(jobs); err != nil {
		return err
	}
	for _, j := range jobs {
		if j.claimed.CompareAndSwap(false, true) {
			j.run(w.tx)
		}
	}
	if err := w.store.Commit(w.tx.changes()); err != nil {
		return err
	}
	w.tx.settle()
	return nil
}

// begin opens the transaction with everything that the jobs told ahead. While others write too, the counters and balances of the batch before are
// read again beside it, since they are likely to have moved and to be wanted.
func (w *Writer) begin(jobs []*job) error {
	want := Want{}
	for _, j := range jobs {
		want.add(j.reads)
	}
	lately := w.tx.hot.shared
	if lately {
		w.tx.hot.again(&want)
	}
	rows, moved, err := w.store.Begin(want)
	if err != nil {
		return err
	}
	if moved {
		again := w.tx.hot.forget()
		if !lately {
			more, err := w.store.Load(again)
			if err != nil {
				return err
			}
			w.tx.admit(again, more)
		}
	}
	w.tx.hot.shared = moved
	w.tx.admit(want, rows)
	return nil
}

func (w *Want) add(r redeem.Reads) {
	w.Answers = append(w.Answers, r.Answers...)
	w.Codes = append(w.Codes, r.Codes...)
	w.Grants = append(w.Grants, r.Grants...)
	w.Reservations = append(w.Reservations, r.Reservations...)
	w.Redemptions = append(w.Redemptions, r.Redemptions...)
	w.Orders = append(w.Orders, r.Orders...)
	w.Owners = append(w.Owners, r.Owners...)
	w.Counters = append(w.Counters, r.Counters...)
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

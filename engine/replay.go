package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"boon"
	"boon/ingest"
	"boon/redeem"

	"golang.org/x/sync/errgroup"
)

// ReplayOptions say what is replayed.
type ReplayOptions struct {
	Files    []string
	Progress func(done, total int64) // bytes; nil: nobody looks
	Deliver  func(Summary) error     // takes the summary before the job counts as finished; nil: the caller takes it from Replay
}

// replayBatch is how many events are applied at once in a replay, where nobody waits beside it.
const replayBatch = 1024

// Replay runs files of events through the whole engine and says what came of it. A job that was interrupted goes on where it stood.
func (e *Engine) Replay(ctx context.Context, o ReplayOptions) (Summary, error) {
	start := time.Now()
	digest, err := digestFiles(o.Files, e.live.Load().release.ID, e.config.Seed, fmt.Sprint(e.config.AutoRedeem))
	if err != nil {
		return Summary{}, err
	}
	j, err := e.openJob(ctx, digest)
	if err != nil {
		return Summary{}, err
	}
	acceptor := e.acceptor(true, func(m ingest.Message) string { return m.MessageID })
	acceptor.Pending = nil
	r := &replay{e: e, acceptor: acceptor, job: j, options: o, before: e.applier.Whole().Outcomes.Total, start: start}
	if err := r.run(ctx); err != nil {
		return Summary{}, err
	}
	return r.finish(ctx)
}

// replay is one running job.
type replay struct {
	e        *Engine
	acceptor *ingest.Acceptor
	job      job
	options  ReplayOptions
	before   int64 // decisions that stood at the start
	done     int64 // bytes of the files that are done
	total    int64
	start    time.Time
}

// run reads, accepts and applies side by side; each stage keeps the order of the file.
func (r *replay) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	chunks := make(chan chan parsed, 4)
	accepted := make(chan struct{})
	group.Go(func() error {
		defer close(chunks)
		return r.read(ctx, chunks)
	})
	group.Go(func() error {
		defer close(accepted)
		return r.accept(ctx, chunks)
	})
	group.Go(func() error { return r.apply(ctx, accepted) })
	return group.Wait()
}

// read cuts the files into chunks, each decoded by a goroutine of its own.
func (r *replay) read(ctx context.Context, chunks chan<- chan parsed) error {
	for i, path := range r.options.Files {
		if info, err := os.Stat(path); err == nil {
			r.total += info.Size()
		}
		if i < r.job.File {
			continue
		}
		if err := r.readFile(ctx, i, path, chunks); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func (r *replay) readFile(ctx context.Context, i int, path string, chunks chan<- chan parsed) error {
	in, count, err := openEvents(path)
	if err != nil {
		return err
	}
	defer in.Close()
	skip := 0
	if i == r.job.File {
		skip = r.job.Line
	}
	received := r.e.config.Now().UTC()
	before := int64(0)
	return eachChunk(ctx, in, skip, func(last int, lines []line) error {
		slot := make(chan parsed, 1)
		read := count.n - before
		before = count.n
		go func() {
			p := parse(i, last, lines, received, r.job.Digest)
			p.bytes, p.ready = read, r.acceptor.Prepare(p.messages)
			slot <- p
		}()
		select {
		case chunks <- slot:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// accept takes the chunks to the log, in order, and the job's progress with them.
func (r *replay) accept(ctx context.Context, chunks <-chan chan parsed) error {
	for slot := range chunks {
		p := <-slot
		if err := r.acceptChunk(ctx, p); err != nil {
			return err
		}
		r.done += p.bytes
		if r.options.Progress != nil {
			r.options.Progress(r.done, r.total)
		}
	}
	return ctx.Err()
}

func (r *replay) acceptChunk(ctx context.Context, p parsed) error {
	next := r.job
	next.File, next.Line = p.file, p.last
	next.Counts.Read += p.read
	next.Counts.Refusals = slices.Clip(next.Counts.Refusals)
	for _, l := range p.refused {
		next.Counts.refuse(r.name(p.file), l.line, l.err)
	}
	for i, receipt := range p.ready.Receipts {
		if receipt.Err != nil {
			next.Counts.refuse(r.name(p.file), p.numbers[i], receipt.Err)
		}
	}
	next.Counts.sortFrom(len(r.job.Counts.Refusals))
	var failed error
	with := func(done []boon.Appended) []boon.Write {
		for _, d := range done {
			if d.Duplicate {
				next.Counts.Duplicate++
			} else {
				next.Counts.Accepted++
			}
		}
		var w boon.Write
		w, failed = next.write()
		return []boon.Write{w}
	}
	if _, err := r.acceptor.Commit(ctx, p.ready, r.e.config.Now(), with); err != nil {
		return fmt.Errorf("accept events up to line %d: %w", p.last, err)
	}
	r.job = next
	return failed
}

// name of a file in refusals, where there are several.
func (r *replay) name(file int) string {
	if len(r.options.Files) == 1 {
		return ""
	}
	return filepath.Base(r.options.Files[file])
}

// apply follows the log until everything that was accepted is applied.
func (r *replay) apply(ctx context.Context, accepted <-chan struct{}) error {
	var s stumble
	for {
		changed := r.e.store.Changed()
		n, err := r.e.stepOver(ctx, &s, replayBatch)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		select {
		case <-accepted:
			if r.e.applier.Applied() >= r.e.store.Last(0) {
				return nil
			}
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fund gives budgets that no event asked for their funds, as of the last event, so that the books show every budget.
func (r *replay) fund(ctx context.Context) error {
	last := r.e.applier.Clock()
	if last.IsZero() {
		return nil
	}
	err := r.e.book.Update(ctx, func(tx redeem.Tx) error { return r.e.desk.Open(tx, last) })
	if err != nil {
		return fmt.Errorf("fund budgets: %w", err)
	}
	return nil
}

// finish sums up, hands the summary over and marks the job as done, in this order: whoever is killed in between gets the same summary again.
func (r *replay) finish(ctx context.Context) (Summary, error) {
	if err := r.fund(ctx); err != nil {
		return Summary{}, err
	}
	s, err := r.e.Summary(ctx)
	if err != nil {
		return s, err
	}
	s.Events = r.job.Counts
	s.Seconds = time.Since(r.start).Seconds()
	s.Rates = Rates{float64(r.job.Counts.Read) / s.Seconds, float64(s.Decisions.Total-r.before) / s.Seconds}
	if r.options.Deliver != nil {
		if err := r.options.Deliver(s); err != nil {
			return s, err
		}
	}
	r.job.Finished = true
	w, err := r.job.write()
	if err != nil {
		return s, err
	}
	if err := r.e.store.Commit(ctx, []boon.Write{w}, true); err != nil {
		return s, fmt.Errorf("finish job: %w", err)
	}
	return s, nil
}

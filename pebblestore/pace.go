package pebblestore

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/time/rate"
)

// Flushes, and merges apart from them, write so many bytes a second, in pieces of so many, unless they fall behind: then as fast as they can. At
// full speed one of 64 MB takes a core and the disk for half a second, and every answer waits.
const (
	paceBytes  = 32 << 20
	paceAt     = 64 << 10
	mostBehind = 8 // flushes that merges may be behind; Pebble merges from 4 and stops writes at 24
)

// pace holds back what flushes and merges write.
type pace struct {
	flushes, merges *rate.Limiter

	mu       sync.Mutex
	ending   bool
	flushing bool
	behind   int // flushes since a merge of their tables began
	running  atomic.Int64
}

func newPace() *pace {
	limiter := func() *rate.Limiter { return rate.NewLimiter(paceBytes, paceAt) }
	return &pace{flushes: limiter(), merges: limiter()}
}

// flushBegins lets a flush of several memtables hurry: the one that takes writes now may be full before it ends.
func (p *pace) flushBegins(memtables int) {
	p.running.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flushing = true
	p.hold(p.flushes, memtables == 1)
}

// memtableFull lets a flush under way hurry: another waits for it.
func (p *pace) memtableFull() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flushing {
		p.hold(p.flushes, false)
	}
}

func (p *pace) flushEnds() {
	p.running.Add(-1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flushing = false
	p.behind++
	p.hold(p.merges, p.behind < mostBehind)
}

func (p *pace) mergeBegins(from []pebble.LevelInfo) {
	p.running.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold(p.merges, p.behind < mostBehind)
	if len(from) > 0 && from[0].Level == 0 {
		p.behind = 0
	}
}

func (p *pace) mergeEnds() { p.running.Add(-1) }

// end lets everything hurry: whoever closes waits for it.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ending = true
	p.hold(p.flushes, false)
	p.hold(p.merges, false)
}

func (p *pace) hold(l *rate.Limiter, back bool) {
	limit := rate.Inf
	if back && !p.ending {
		limit = paceBytes
	}
	l.SetLimit(limit)
}

// limiter is nil for what is written as it comes.
func (p *pace) limiter(category vfs.DiskWriteCategory) *rate.Limiter {
	switch category {
	case "pebble-memtable-flush":
		return p.flushes
	case "pebble-compaction":
		return p.merges
	}
	return nil
}

// pacedFile is a table that a flush or merge writes.
type pacedFile struct {
	vfs.File
	limiter *rate.Limiter
	owed    int // bytes written that were not waited for yet
}

// Write implements vfs.File.
func (f *pacedFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	for f.owed += n; f.owed >= paceAt && err == nil; f.owed -= paceAt {
		err = f.limiter.WaitN(context.Background(), paceAt)
	}
	return n, err
}

package pebblestore

import (
	"maps"
	"sync"
	"testing"

	"boon"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/time/rate"
)

// What flushes and merges write is held back until they fall behind, or somebody waits for the end.
func TestPace(t *testing.T) {
	first, deeper := []pebble.LevelInfo{{Level: 0}, {Level: 5}}, []pebble.LevelInfo{{Level: 5}, {Level: 6}}
	p := newPace()
	for _, step := range []struct {
		what           string
		do             func()
		flush, merging bool // held back
	}{
		{"at first", func() {}, true, true},
		{"a memtable is full", p.memtableFull, true, true},
		{"its flush begins", func() { p.flushBegins(1) }, true, true},
		{"the next is full before it ends", p.memtableFull, false, true},
		{"it ends", p.flushEnds, false, true},
		{"the next flush begins", func() { p.flushBegins(1) }, true, true},
		{"it ends", p.flushEnds, true, true},
		{"a flush of two begins", func() { p.flushBegins(2) }, false, true},
		{"and ends", p.flushEnds, false, true},
		{"four more", func() { times(4, p.flushEnds) }, false, true},
		{"merges are eight behind", p.flushEnds, false, false},
		{"a merge further down begins", func() { p.mergeBegins(deeper) }, false, false},
		{"a merge of what was flushed begins", func() { p.mergeBegins(first) }, false, false},
		{"both merges end", func() { times(2, p.mergeEnds) }, false, false},
		{"another flush ends", p.flushEnds, false, true},
		{"somebody closes", p.end, false, false},
		{"a flush begins meanwhile", func() { p.flushBegins(1) }, false, false},
	} {
		step.do()
		if flush, merging := p.flushes.Limit() == paceBytes, p.merges.Limit() == paceBytes; flush != step.flush || merging != step.merging {
			t.Errorf("%s: held back: flushes %v, merges %v; want %v, %v", step.what, flush, merging, step.flush, step.merging)
		}
	}
}

func times(n int, do func()) {
	for range n {
		do()
	}
}

// kinds notes for which files a pace was asked.
type kinds struct {
	vfs.FS
	mu   sync.Mutex
	seen map[vfs.DiskWriteCategory]bool
	db   *DB
	most map[vfs.DiskWriteCategory]int64 // that were under way when one was made
}

func (k *kinds) Unwrap() vfs.FS { return k.FS }

func (k *kinds) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[category] = true
	if k.db != nil {
		k.most[category] = max(k.most[category], k.db.Merges())
	}
	return k.FS.Create(name, category)
}

// Pebble calls the tables of flushes and merges by the names that the pace goes by, and its log by another.
func TestPaceKnowsTables(t *testing.T) {
	disk := &kinds{FS: vfs.NewMem(), seen: map[vfs.DiskWriteCategory]bool{}, most: map[vfs.DiskWriteCategory]int64{}}
	db := open(t, "data", Options{fs: disk})
	disk.mu.Lock()
	disk.db = db
	disk.mu.Unlock()
	for n := range 2 {
		if err := db.Commit(t.Context(), []boon.Write{{Key: []byte("k"), Value: []byte{byte(n)}}}, true); err != nil {
			t.Fatal(err)
		}
		if err := db.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.pebble.Compact(t.Context(), []byte{0}, []byte{255}, false); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if flush, merge := disk.most["pebble-memtable-flush"], disk.most["pebble-compaction"]; flush != 1 || merge != 1 || db.Merges() != 0 {
		t.Errorf("%d under way in a flush, %d in a merge, %d in the end; want 1, 1, 0", flush, merge, db.Merges())
	}
	paced := map[*rate.Limiter]bool{}
	for category := range disk.seen {
		if l := db.pace.limiter(category); l != nil {
			paced[l] = true
		}
	}
	if want := map[*rate.Limiter]bool{db.pace.flushes: true, db.pace.merges: true}; !maps.Equal(paced, want) {
		t.Errorf("of %v the pace knows %d kinds, want 2", disk.seen, len(paced))
	}
	if len(disk.seen) == 2 {
		t.Errorf("only %v were made: no log among them", disk.seen)
	}
}

// A table's writes are waited for in pieces.
func TestPacedFileOwes(t *testing.T) {
	disk := disk{vfs.NewMem(), newFailure(nil), newPace()}
	f, err := disk.Create("000001.sst", "pebble-memtable-flush")
	if err != nil {
		t.Fatal(err)
	}
	table, ok := f.(*pacedFile)
	if !ok {
		t.Fatalf("a flush writes to a %T", f)
	}
	for range 3 {
		if _, err := f.Write(make([]byte, paceAt/2+1)); err != nil {
			t.Fatal(err)
		}
	}
	if want := paceAt/2 + 3; table.owed != want {
		t.Errorf("%d bytes are not waited for, want %d", table.owed, want)
	}
	if log, err := disk.Create("000002.log", "pebble-wal"); err != nil {
		t.Fatal(err)
	} else if _, ok := log.(logFile); !ok {
		t.Errorf("the log is a %T", log)
	}
}

package pebblestore

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"boon"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// fullDisk is a disk that, once full, refuses to write files whose name holds a word.
type fullDisk struct {
	full atomic.Bool
	word string
	only func(errorfs.OpKind) bool
}

func (d *fullDisk) MaybeError(op errorfs.Op) error {
	if d.full.Load() && strings.Contains(op.Path, d.word) && d.only(op.Kind) {
		return syscall.ENOSPC
	}
	return nil
}

func (*fullDisk) String() string { return "full disk" }

func writing(op errorfs.OpKind) bool {
	return op == errorfs.OpFileWrite || op == errorfs.OpFileSync || op == errorfs.OpFileSyncData
}

func creating(op errorfs.OpKind) bool {
	return op == errorfs.OpCreate || op == errorfs.OpReuseForWrite
}

func TestDiskFull(t *testing.T) {
	cases := []struct {
		name string
		disk fullDisk
		fill func(*DB) // makes Pebble touch the file
	}{
		{"log cannot be written", fullDisk{word: ".log", only: writing}, func(db *DB) {
			_, _ = db.Append(t.Context(), []boon.LogEntry{{MessageID: "b"}}, time.Unix(0, 0), nil)
		}},
		{"log cannot be made", fullDisk{word: ".log", only: creating}, func(db *DB) {
			_ = db.Commit(t.Context(), []boon.Write{{Key: []byte("k"), Value: make([]byte, 40<<20)}}, false)
		}},
		{"manifest cannot be written", fullDisk{word: "MANIFEST", only: writing}, func(db *DB) {
			_, _ = db.pebble.AsyncFlush()
			<-db.failed.failed
		}},
	}
	for i := range cases {
		c := &cases[i]
		t.Run(c.name, func(t *testing.T) {
			memory := vfs.NewCrashableMem()
			db := open(t, "data", Options{fs: errorfs.Wrap(memory, &c.disk)})
			appendOne(t, db, "a")
			c.disk.full.Store(true)
			c.fill(db)
			c.disk.full.Store(false) // room again: a store that went on could lose what it had acknowledged
			wantFailed(t, db)
			after := open(t, "data", Options{fs: memory.CrashClone(vfs.CrashCloneCfg{})})
			if after.Last(0) != 1 {
				t.Errorf("after the restart last is %d, want 1", after.Last(0))
			}
			appendOne(t, after, "b")
			if err := after.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func wantFailed(t *testing.T, db *DB) {
	t.Helper()
	if db.Last(0) != 1 {
		t.Errorf("last is %d, want 1", db.Last(0))
	}
	for name, err := range everyCall(t, db) {
		if !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
			t.Errorf("%s: %v, want unavailable and the cause", name, err)
		}
	}
	if err := db.Close(); !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) {
		t.Errorf("close: %v, want unavailable", err)
	}
}

// TestDiskFullWithManyCallers: each caller is answered, none is told that its entry is safe when it is not.
func TestDiskFullWithManyCallers(t *testing.T) {
	memory := vfs.NewCrashableMem()
	disk := &fullDisk{word: ".log", only: writing}
	db := open(t, "data", Options{Partitions: 2, fs: errorfs.Wrap(memory, disk)})
	acks := make(chan string, 1000)
	ended := make(chan struct{})
	for w := range crashWriters {
		go func() {
			appendForever(t, db, w, func(id string) { acks <- id })
			ended <- struct{}{}
		}()
	}
	acknowledged := map[string]bool{}
	for ended, running := ended, crashWriters; running > 0; {
		select {
		case id := <-acks:
			if acknowledged[id] = true; len(acknowledged) == 300 {
				disk.full.Store(true)
			}
		case <-ended:
			running--
		}
	}
	for len(acks) > 0 {
		acknowledged[<-acks] = true
	}
	after := open(t, "data", Options{fs: memory.CrashClone(vfs.CrashCloneCfg{})})
	wantAcknowledged(t, after, acknowledged)
	if err := after.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenOnFullDisk(t *testing.T) {
	disk := &fullDisk{word: "MANIFEST", only: writing}
	disk.full.Store(true)
	if _, err := Open("data", Options{fs: errorfs.Wrap(vfs.NewMem(), disk)}); err == nil || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		t.Errorf("opening on a full disk: %v", err)
	}
}

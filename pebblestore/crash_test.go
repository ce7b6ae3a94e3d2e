package pebblestore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"boon"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const crashDir = "BOON_TEST_CRASH_DIR"

const crashWriters = 8

// TestCrashChild is the process that TestKill kills: it appends without end and prints the id of each entry that was acknowledged.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs as the child of TestKill")
	}
	db := open(t, dir, Options{Partitions: 2})
	var all sync.WaitGroup
	for w := range crashWriters {
		all.Go(func() { appendForever(t, db, w, func(id string) { fmt.Fprintf(os.Stdout, "ack %s\n", id) }) })
	}
	all.Wait()
}

// appendForever appends until the database fails.
func appendForever(t *testing.T, db *DB, writer int, acknowledged func(id string)) {
	for n := 0; ; n++ {
		id := fmt.Sprintf("%d/%d", writer, n)
		key := []byte("k" + id)
		_, err := db.Append(context.Background(), []boon.LogEntry{crashEntry(id)}, time.Unix(0, 0), func(got []boon.Appended) []boon.Write {
			return []boon.Write{{Key: key, Value: fmt.Append(nil, got[0].Position)}}
		})
		if err != nil {
			return
		}
		acknowledged(id)
	}
}

func crashEntry(id string) boon.LogEntry {
	return boon.LogEntry{Partition: uint32(id[0]-'0') % 2, MessageID: id, Payload: []byte(id)}
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 2 {
		for id := range killChild(t, dir, 400*(round+1)) {
			acknowledged[id] = true
		}
		db := open(t, dir, Options{})
		wantAcknowledged(t, db, acknowledged)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killChild starts the child, lets it acknowledge count entries, kills it, and gives all that it had acknowledged.
func killChild(t *testing.T, dir string, count int) map[string]bool {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, ok := strings.CutPrefix(lines.Text(), "ack ")
		if !ok {
			continue
		}
		acknowledged[id] = true
		if len(acknowledged) == count {
			wantInUse(t, dir)
			_ = child.Process.Kill()
		}
	}
	if err := child.Wait(); err == nil || len(acknowledged) < count {
		t.Fatalf("the child ended by itself after %d entries", len(acknowledged))
	}
	return acknowledged
}

// wantAcknowledged checks that every acknowledged entry is there once, that each writer's entries are in its order without a gap, and that what was to be
// written along with them was.
func wantAcknowledged(t *testing.T, db *DB, acknowledged map[string]bool) {
	t.Helper()
	stored := map[string]boon.Position{}
	next := map[string]int{}
	for p := range db.Partitions() {
		entries, err := db.Read(t.Context(), p, 0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			id := string(e.Payload)
			writer, n, _ := strings.Cut(id, "/")
			if e.Position != boon.Position(i+1) || n != fmt.Sprint(next[writer]) {
				t.Fatalf("partition %d, position %d: entry %s, want the writer's %d", p, e.Position, id, next[writer])
			}
			next[writer]++
			stored[id] = e.Position
			wantAlong(t, db, e)
		}
	}
	for id := range acknowledged {
		if stored[id] == 0 {
			t.Errorf("%s was acknowledged and is gone", id)
		}
	}
	repeatAll(t, db, stored)
}

func wantAlong(t *testing.T, db *DB, e boon.LogEntry) {
	t.Helper()
	value, err := db.Get(t.Context(), []byte("k"+string(e.Payload)))
	if err != nil || string(value) != fmt.Sprint(e.Position) {
		t.Fatalf("with %s came %q, want %d (%v)", e.Payload, value, e.Position, err)
	}
}

// repeatAll delivers everything again: each is answered with the position it has.
func repeatAll(t *testing.T, db *DB, stored map[string]boon.Position) {
	t.Helper()
	var entries []boon.LogEntry
	for id := range stored {
		entries = append(entries, crashEntry(id))
	}
	answers, err := db.Append(t.Context(), entries, time.Unix(0, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if want := (boon.Appended{Position: stored[entries[i].MessageID], Duplicate: true}); a != want {
			t.Fatalf("repeated %s: %v, want %v", entries[i].MessageID, a, want)
		}
	}
}

// TestPowerCut takes what an fsync had reached, and by chance parts of what it had not, while writers are at work.
func TestPowerCut(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			powerCut(t, vfs.CrashCloneCfg{UnsyncedDataPercent: int(seed) * 20, RNG: rand.New(rand.NewPCG(seed, 0))})
		})
	}
}

func powerCut(t *testing.T, what vfs.CrashCloneCfg) {
	const enough = 200
	disk := vfs.NewCrashableMem()
	db := open(t, "data", Options{Partitions: 2, fs: disk})
	var mu sync.Mutex
	acknowledged := map[string]bool{} // up to the cut
	cut := make(chan *vfs.MemFS, 1)
	note := func(id string) {
		mu.Lock()
		defer mu.Unlock()
		if len(acknowledged) == enough {
			return
		}
		if acknowledged[id] = true; len(acknowledged) == enough {
			cut <- disk.CrashClone(what)
		}
	}
	var all sync.WaitGroup
	for w := range crashWriters {
		all.Go(func() { appendForever(t, db, w, note) })
	}
	after := open(t, "data", Options{fs: <-cut})
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
	wantAcknowledged(t, after, acknowledged)
	if err := after.Close(); err != nil {
		t.Error(err)
	}
}

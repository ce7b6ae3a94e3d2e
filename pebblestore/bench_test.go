package pebblestore

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"boon"
)

// BenchmarkAppend: each writer waits for its entry of 300 bytes to be on disk before it sends the next.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) { benchAppend(b, writers, 1) })
	}
	b.Run("writers=32/batch=100", func(b *testing.B) { benchAppend(b, 32, 100) })
}

func benchAppend(b *testing.B, writers, batch int) {
	db := open(b, b.TempDir(), Options{})
	payload := make([]byte, 300)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range writers {
		all.Go(func() {
			entries := make([]boon.LogEntry, batch)
			for {
				n := int(next.Add(int64(batch)))
				if n > b.N+batch-1 {
					return
				}
				for i := range entries {
					entries[i] = boon.LogEntry{MessageID: fmt.Sprintf("message-%d", n-i), Payload: payload}
				}
				if _, err := db.Append(b.Context(), entries, time.Unix(0, 0), nil); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	_ = db.Close()
}

const benchKeys = 200_000

func benchKey(n int) []byte { return fmt.Appendf(nil, "s/user/%016d", n) }

// BenchmarkGet reads values of 1 KB out of 200,000: hot, of 2,000 keys; cold, of all.
func BenchmarkGet(b *testing.B) {
	db := open(b, b.TempDir(), Options{})
	defer db.Close()
	fillBench(b, db)
	b.Run("hot", func(b *testing.B) { benchGet(b, db, 2000) })
	b.Run("cold", func(b *testing.B) { benchGet(b, db, benchKeys) })
	b.Run("absent", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = db.Get(b.Context(), []byte("s/user/0absent"))
		}
	})
	b.Run("rewrite", func(b *testing.B) { benchRewrite(b, db) })
}

func fillBench(b *testing.B, db *DB) {
	rng := rand.NewChaCha8([32]byte{})
	for n := 0; n < benchKeys; n += 1000 {
		var writes []boon.Write
		for i := range 1000 {
			value := make([]byte, 1024)
			_, _ = rng.Read(value[:512])
			writes = append(writes, boon.Write{Key: benchKey(n + i), Value: value})
		}
		if err := db.Commit(b.Context(), writes, false); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.pebble.Flush(); err != nil {
		b.Fatal(err)
	}
}

func benchGet(b *testing.B, db *DB, keys int) {
	b.ReportAllocs()
	for n := 0; b.Loop(); n += 7919 {
		if value, err := db.Get(b.Context(), benchKey(n%keys)); err != nil || value == nil {
			b.Fatal(value, err)
		}
	}
}

// benchRewrite is what applying an event does: read a state, change it, write it.
func benchRewrite(b *testing.B, db *DB) {
	b.ReportAllocs()
	for n := 0; b.Loop(); n += 7919 {
		key := benchKey(n % 2000)
		value, err := db.Get(b.Context(), key)
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Commit(b.Context(), []boon.Write{{Key: key, Value: value}}, false); err != nil {
			b.Fatal(err)
		}
	}
}

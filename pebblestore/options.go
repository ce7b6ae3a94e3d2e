package pebblestore

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const memTableBytes = 64 << 20

// syncEvery is how often the log is synced at most: under load what comes within it shares a sync; what comes alone does not wait.
const syncEvery = 2 * time.Millisecond

// Options tune a DB. The zero Options are ready.
type Options struct {
	Partitions uint32       // of the log; default 1 for a new folder, whatever it has for an old one
	CacheBytes int64        // Pebble's block cache, bytes; default 64 MB
	Queue      int          // Append calls that may wait; default 4,096
	Logger     *slog.Logger // where Pebble's errors go; default nowhere

	fs vfs.FS // the disk, unless a test brings its own
}

func (o Options) withDefaults() Options {
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	if o.Queue == 0 {
		o.Queue = 4096
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.fs == nil {
		o.fs = vfs.Default
	}
	return o
}

func (o Options) validate() error {
	if o.CacheBytes < 0 {
		return fmt.Errorf("cache of %d bytes: want 0 for the default or more", o.CacheBytes)
	}
	if o.Queue < 1 {
		return fmt.Errorf("queue of %d calls: want 0 for the default or more", o.Queue)
	}
	return nil
}

func (o Options) pebble(failed *failure, pace *pace, lock *pebble.Lock) *pebble.Options {
	p := &pebble.Options{
		FS:                          disk{o.fs, failed, pace},
		Lock:                        lock,
		Logger:                      failed,
		EventListener:               listener(failed, pace),
		CacheSize:                   o.CacheBytes + 3*memTableBytes, // Pebble takes its memtables out of the cache; three are usual under load
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               256 << 20,
		BytesPerSync:                1 << 20,
		WALMinSyncInterval:          func() time.Duration { return syncEvery },
		WALBytesPerSync:             1 << 20, // starts write-back early, so that an fsync finds little left to do
	}
	for i := range p.Levels {
		p.Levels[i].FilterPolicy = bloom.FilterPolicy(10) // 1% false positives: a new MessageID is rarely looked up on disk
		p.Levels[i].FilterType = pebble.TableFilter
	}
	return p
}

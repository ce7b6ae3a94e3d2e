package pebblestore

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"boon"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

var errClosed = errors.New("the event store is closed")

// failure is the state of a database that must not be used any more. Pebble expects the process to end when it cannot write its log or its manifest; one
// that went on could acknowledge what is lost, or remove files that are still needed. So whichever of Pebble's goroutines meets such an
// error stops where it is, for good, and those who wait for it are told by the failure instead.
type failure struct {
	logger *slog.Logger
	once   sync.Once
	cause  error
	failed chan struct{} // closed when cause is set
}

func newFailure(logger *slog.Logger) *failure {
	return &failure{logger: logger, failed: make(chan struct{})}
}

// Infof implements pebble.Logger: routine messages are dropped.
func (*failure) Infof(string, ...any) {}

// Errorf implements pebble.Logger.
func (f *failure) Errorf(format string, args ...any) {
	f.logger.Error("pebble: " + fmt.Sprintf(format, args...))
}

// Fatalf implements pebble.Logger. It does not return.
func (f *failure) Fatalf(format string, args ...any) { f.stop(fmt.Errorf(format, args...)) }

// stop ends the database and the goroutine's work, when there is a cause.
func (f *failure) stop(cause error) {
	if cause == nil {
		return
	}
	f.fail(cause)
	select {}
}

func (f *failure) fail(cause error) {
	f.once.Do(func() {
		f.cause = cause
		f.logger.Error("the event store cannot go on and has stopped: " + cause.Error())
		close(f.failed)
	})
}

// err is nil while the database works.
func (f *failure) err() error {
	select {
	case <-f.failed:
		return fmt.Errorf("%w (%w)", boon.Refuse(boon.ReasonUnavailable, "the event store has stopped; see to its disk and start again"), f.cause)
	default:
		return nil
	}
}

// guard runs a write on a goroutine of its own, which may have to be left behind.
func (f *failure) guard(write func() error) error {
	if err := f.err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- write() }()
	select {
	case err := <-done:
		return err
	case <-f.failed:
		return f.err()
	}
}

// listener hears of what Pebble tells nobody else.
func listener(f *failure, p *pace) *pebble.EventListener {
	return &pebble.EventListener{
		CompactionBegin: func(info pebble.CompactionInfo) { p.mergeBegins(info.Input) },
		CompactionEnd:   func(pebble.CompactionInfo) { p.mergeEnds() },
		FlushBegin:      func(info pebble.FlushInfo) { p.flushBegins(info.Input) },
		FlushEnd:        func(pebble.FlushInfo) { p.flushEnds() },
		DataCorruption:  func(info pebble.DataCorruptionInfo) { f.fail(fmt.Errorf("corrupt data: %v", info)) },
		WALCreated: func(info pebble.WALCreateInfo) {
			f.stop(info.Err)
			p.memtableFull()
		},
	}
}

// disk is the file system; an error in writing a log file stops the database, and tables are written at a pace.
type disk struct {
	vfs.FS
	failed *failure
	pace   *pace
}

// Unwrap implements vfs.FS.
func (d disk) Unwrap() vfs.FS { return d.FS }

// Create implements vfs.FS.
func (d disk) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := d.guard(name)(d.FS.Create(name, category))
	if l := d.pace.limiter(category); l != nil && err == nil {
		f = &pacedFile{File: f, limiter: l}
	}
	return f, err
}

// ReuseForWrite implements vfs.FS.
func (d disk) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return d.guard(newname)(d.FS.ReuseForWrite(oldname, newname, category))
}

func (d disk) guard(name string) func(vfs.File, error) (vfs.File, error) {
	return func(f vfs.File, err error) (vfs.File, error) {
		if err != nil || !strings.HasSuffix(name, ".log") {
			return f, err
		}
		return logFile{File: f, failed: d.failed}, nil
	}
}

// logFile is a file of Pebble's write-ahead log.
type logFile struct {
	vfs.File
	failed *failure
}

// Write implements vfs.File.
func (f logFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.failed.stop(err)
	return n, nil
}

// Sync implements vfs.File.
func (f logFile) Sync() error {
	f.failed.stop(f.File.Sync())
	return nil
}

// SyncData implements vfs.File.
func (f logFile) SyncData() error {
	f.failed.stop(f.File.SyncData())
	return nil
}

// SyncTo implements vfs.File.
func (f logFile) SyncTo(length int64) (bool, error) {
	full, err := f.File.SyncTo(length)
	f.failed.stop(err)
	return full, nil
}

package pebblestore

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"boon"
)

// failure is the state of a database that must not be used any more, and the Logger through which Pebble says so.
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

// Fatalf implements pebble.Logger, which expects the process to end here. The commit path may go on: its caller asks for the failure before it
// believes the result. Everywhere else going on could remove files that are still needed, so the goroutine stops for good.
func (f *failure) Fatalf(format string, args ...any) {
	f.fail(fmt.Errorf(format, args...))
	if strings.HasPrefix(format, "pebble: fatal commit error") {
		return
	}
	select {}
}

func (f *failure) fail(cause error) {
	f.once.Do(func() {
		f.cause = cause
		f.logger.Error("the event store cannot write any more and has stopped: " + cause.Error())
		close(f.failed)
	})
}

// err is nil while the database works.
func (f *failure) err() error {
	select {
	case <-f.failed:
		return fmt.Errorf("%w (%w)", boon.Refuse(boon.ReasonUnavailable, "the event store has stopped; make room on its disk and start again"), f.cause)
	default:
		return nil
	}
}

// guard runs a write. Pebble panics where it cannot create its next log file.
func (f *failure) guard(write func() error) (err error) {
	if err := f.err(); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			f.fail(fmt.Errorf("pebble: %v", p))
			err = f.err()
		}
	}()
	if err := write(); err != nil {
		return err
	}
	return f.err()
}

var errClosed = errors.New("the event store is closed")

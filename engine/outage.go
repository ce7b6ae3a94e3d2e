package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"boon"
)

// How a loop waits for a system of record that does not answer.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 2 * time.Second
)

// away says whether an error is one that time or an operator mends.
func away(err error) bool { return errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) }

// passes says whether an error is one that trying again mends: an outage, or a log that has too many callers.
func passes(err error) bool { return away(err) || errors.Is(err, boon.Refusal(boon.ReasonThrottled)) }

// faulty says whether an error is of what was tried itself: no outage, nor one of the log, nor that the caller went.
func (e *Engine) faulty(ctx context.Context, err error) bool {
	_, broken := e.store.Get(ctx, []byte("ready"))
	return !passes(err) && broken == nil && ctx.Err() == nil
}

// survive waits until the system of record answers again, and the applier stands where its log and its money say. Events are accepted meanwhile; they are on
// the log. It gives the error back when it is no outage, or one of the log itself.
func (e *Engine) survive(ctx context.Context, what string, err error) error {
	if _, broken := e.store.Get(ctx, []byte("ready")); !passes(err) || broken != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	e.config.Log.Error("the system of record does not answer; "+what+" waits for it", "error", err)
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if _, broken := e.store.Get(ctx, []byte("ready")); broken != nil && ctx.Err() == nil {
			return fmt.Errorf("%s: %w", what, broken) // the log went too: only a new start helps it
		}
		if err = e.probe(ctx); err == nil {
			err = e.applier.Start(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			e.config.Log.Info("the system of record answers again; " + what + " goes on")
			return nil
		case !away(err):
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// probe writes a little: a system of record whose disk is full still reads, so that reading would call it back at every try.
func (e *Engine) probe(ctx context.Context) error {
	return e.book.PutSetting(ctx, "probe", []byte(e.config.Now().UTC().Format(time.RFC3339)))
}

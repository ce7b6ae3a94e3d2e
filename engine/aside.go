package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"boon"
	"boon/ingest"
	"boon/redeem"
)

// How often an event that cannot be applied is tried alone before it is set aside, and after how long.
const (
	triesAlone   = 3
	betweenTries = 100 * time.Millisecond
)

// stumble is what is known of a batch that could not be applied: its events are applied one by one, so that the one at fault is told from the others.
type stumble struct {
	alone int // events that are still to be applied alone
	tries int // of the next one, alone
}

// stepOver applies one batch. What cannot be applied, whatever the reason, is set aside and told to a human, and the rest goes on. An error is one of
// the system of record or of the log.
func (e *Engine) stepOver(ctx context.Context, s *stumble, batch int) (int, error) {
	for {
		limit := batch
		if s.alone > 0 {
			limit = 1
		}
		n, err := e.step(ctx, limit)
		if err == nil {
			s.alone, s.tries = max(0, s.alone-n), 0
			return n, nil
		}
		if !e.faulty(ctx, err) {
			return 0, err
		}
		if err := e.again(ctx, s, batch, err); err != nil {
			return 0, err
		}
	}
}

// again takes the next attempt at what could not be applied nearer to its end.
func (e *Engine) again(ctx context.Context, s *stumble, batch int, cause error) error {
	if err := e.applier.Start(ctx); err != nil {
		return errors.Join(cause, err)
	}
	if s.alone == 0 {
		s.alone = batch
		return nil
	}
	if s.tries++; s.tries < triesAlone {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(betweenTries):
			return nil
		}
	}
	s.tries = 0
	return e.setAside(ctx, cause)
}

// setAside raises the alarm before it passes the event over: killed between the two, it does both again.
func (e *Engine) setAside(ctx context.Context, cause error) error {
	one, err := e.applier.Next(ctx, cause, e.config.Now().UTC())
	if err != nil {
		return errors.Join(cause, err)
	}
	stack := ""
	if p := (*ingest.Panic)(nil); errors.As(cause, &p) {
		stack = string(p.Stack)
	}
	e.config.Log.Error("an event cannot be applied and is set aside", "position", one.Position, "messageId", one.MessageID, "error", cause, "stack", stack)
	at := strconv.FormatUint(uint64(one.Position), 10)
	detail := fmt.Sprintf("%s could not be applied and counts for nothing; all after it goes on. Once the cause is mended, try it again: boon events retry %d. %s", named(one), one.First, one.Cause)
	figures := map[string]string{"position": at, "event": one.Event, "messageId": one.MessageID, "order": one.Order}
	if err := e.alarmAside(ctx, "event "+at, detail, figures); err != nil {
		return err
	}
	return e.applier.SetAside(ctx, one)
}

// alarmAside tells a human what was set aside, once.
func (e *Engine) alarmAside(ctx context.Context, subject, detail string, figures map[string]string) error {
	id := boon.ContentID(boon.PrefixAlarm, []byte("set_aside\n"+e.instance.name+"\n"+subject))
	alarm := boon.Alarm{ID: id, At: e.config.Now().UTC(), Rule: "set_aside", Subject: subject, Detail: detail, Figures: figures}
	return e.book.Update(ctx, func(tx redeem.Tx) error { return tx.Raise(alarm) })
}

// named is an event as a human would look for it.
func named(one ingest.Aside) string {
	switch {
	case one.Event == "":
		return "An event"
	case one.Order != "":
		return one.Event + " of order " + one.Order
	}
	return one.Event
}

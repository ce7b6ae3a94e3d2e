package ingest

import (
	"context"
	"errors"
	"time"

	"boon"
)

// late is the money's session of a batch, begun when the first event needs it. Most batches need none; while one is open nobody else can write.
// It is for the applier's goroutine, which goes on with what the transaction's lends it.
type late struct {
	begin   func(func(Session) error) error
	begun   chan Session
	verdict chan error // whether the batch went well
	ended   chan error
	open    Session
}

func newLate(begin func(func(Session) error) error) *late {
	return &late{begin: begin, begun: make(chan Session), verdict: make(chan error), ended: make(chan error, 1)}
}

func (l *late) session() (Session, error) {
	if l.open != nil {
		return l.open, nil
	}
	go func() {
		l.ended <- l.begin(func(s Session) error {
			l.begun <- s
			return <-l.verdict
		})
	}()
	select {
	case l.open = <-l.begun:
		return l.open, nil
	case err := <-l.ended:
		return nil, errors.Join(errNoSession, err)
	}
}

var errNoSession = errors.New("begin transaction")

// end commits what was begun when err is nil, else nothing of it.
func (l *late) end(err error) (committed bool, _ error) {
	if l.open == nil {
		return false, err
	}
	l.open = nil
	l.verdict <- err
	err = <-l.ended
	return err == nil, err
}

// Sweep implements Session.
func (l *late) Sweep(ctx context.Context, now time.Time) (time.Time, error) {
	s, err := l.session()
	if err != nil {
		return time.Time{}, err
	}
	return s.Sweep(ctx, now)
}

// Settle implements Session.
func (l *late) Settle(ctx context.Context, owners []boon.Identifier, e boon.Event) (Settlement, error) {
	s, err := l.session()
	if err != nil {
		return Settlement{}, err
	}
	return s.Settle(ctx, owners, e)
}

// Decide implements Session.
func (l *late) Decide(ctx context.Context, request boon.Request, view *View) (Decided, error) {
	s, err := l.session()
	if err != nil {
		return Decided{}, err
	}
	return s.Decide(ctx, request, view)
}

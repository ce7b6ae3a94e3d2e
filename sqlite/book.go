package sqlite

import (
	"context"
	"errors"
	"fmt"

	"boon/ledger/journal"
	"boon/redeem"
	"boon/redeem/batch"
)

var errLost = errors.New("the row is gone")

// Update implements redeem.Book.
func (db *DB) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	return db.writer.Update(ctx, redeem.Reads{}, fn)
}

// View implements redeem.Book.
func (db *DB) View(ctx context.Context, fn func(redeem.Tx) error) error {
	return db.read(ctx, func(c *conn) error { return batch.View(rows{c}, fn) })
}

// Expecting implements redeem.Book; a file beside the process answers fast enough.
func (db *DB) Expecting(redeem.Reads) redeem.Book { return db }

// store is the writing connection.
type store struct {
	rows
	wallets *wallets
	broken  error         // the transaction cannot commit any more
	head    *journal.Hash // of the journal; nil: not read yet
}

// Begin implements batch.Store. Nobody else writes.
func (s *store) Begin(w batch.Want) (found batch.Rows, moved bool, err error) {
	s.broken = nil
	if _, err := s.c.exec("BEGIN IMMEDIATE"); err != nil {
		return found, false, unavailable(err)
	}
	found, err = s.Load(w)
	return found, false, err
}

// Commit implements batch.Store.
func (s *store) Commit(c batch.Changes) error {
	if s.broken != nil {
		return unavailable(s.broken)
	}
	if err := s.flush(c); err != nil {
		return unavailable(err)
	}
	fresh := s.wallets.own(c.Grants)
	if _, err := s.c.exec("COMMIT"); err != nil {
		s.wallets.drop(c.Grants)
		return unavailable(err)
	}
	s.wallets.follow(c.Grants, fresh)
	return nil
}

// Load implements batch.Reader. What is at hand is as committed, and so as this transaction finds it: its own changes lie above it.
func (s *store) Load(w batch.Want) (batch.Rows, error) {
	rest, grants := s.wallets.split(w.Owners)
	w.Owners = rest
	found, err := s.rows.Load(w)
	found.Grants = append(found.Grants, grants...)
	return found, err
}

// Rollback implements batch.Store.
func (s *store) Rollback() {
	s.head = nil
	_, _ = s.c.exec("ROLLBACK") // may have ended already; the first error is the one to tell
}

// write runs plain statements in the writer's transaction, in a savepoint of their own.
func (db *DB) write(ctx context.Context, fn func(*conn) error) error {
	return db.Update(ctx, func(redeem.Tx) (err error) {
		s := db.store // its goroutine runs this
		if _, err = s.c.exec("SAVEPOINT plain"); err != nil {
			return err
		}
		back := true // also when fn panics
		defer func() {
			if end := s.c.endPlain(back); end != nil { // a full disk has ended the whole transaction already: err says why
				s.broken = errors.Join(s.broken, err, end)
			}
		}()
		err = fn(s.c)
		back = err != nil
		return err
	})
}

func (c *conn) endPlain(back bool) error {
	if back {
		if _, err := c.exec("ROLLBACK TO plain"); err != nil {
			return fmt.Errorf("roll back: %w", err)
		}
	}
	_, err := c.exec("RELEASE plain")
	return err
}

func orLost(n int64, err error) error {
	if err == nil && n != 1 {
		return errLost
	}
	return err
}

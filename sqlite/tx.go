package sqlite

import (
	"context"
	"errors"
	"fmt"

	"boon/redeem"
)

var (
	errViewWrites = errors.New("write in a view")
	errLost       = errors.New("the row is gone")
)

// tx implements redeem.Tx on a connection that is inside a transaction.
type tx struct {
	c        *conn
	writable bool
	hot      hot
	pending  pending
	broken   error // the transaction cannot commit any more
}

func newTx(c *conn, writable bool) *tx {
	return &tx{c: c, writable: writable, hot: newHot(), pending: newPending()}
}

func (t *tx) reset() {
	t.hot, t.pending, t.broken = newHot(), newPending(), nil
}

// Try implements redeem.Tx.
func (t *tx) Try(fn func(redeem.Tx) error) error {
	hot, rows := t.hot.mark(), len(t.pending.undo)
	reversals, forget := len(t.pending.reversals), t.pending.forget
	err := fn(t)
	if err != nil {
		t.hot.rollback(hot)
		t.pending.rollback(rows)
		t.pending.reversals, t.pending.forget = t.pending.reversals[:reversals], forget
	}
	return err
}

// flush writes what the transaction changed.
func (t *tx) flush() error {
	if err := t.flushHot(); err != nil {
		return err
	}
	if err := t.flushRows(); err != nil {
		return err
	}
	t.pending = newPending()
	return nil
}

func (t *tx) write() error {
	if !t.writable {
		return errViewWrites
	}
	return nil
}

func orLost(err error, n int64) error {
	if err == nil && n != 1 {
		return errLost
	}
	return err
}

// write runs plain statements in the writer's transaction, in a savepoint of their own.
func (db *DB) write(ctx context.Context, fn func(*conn) error) error {
	return db.Update(ctx, func(inner redeem.Tx) (err error) {
		t := inner.(*tx)
		if _, err = t.c.exec("SAVEPOINT plain"); err != nil {
			return err
		}
		back := true // also when fn panics
		defer func() {
			if end := t.c.endPlain(back); end != nil { // a full disk has ended the whole transaction already: err says why
				t.broken = errors.Join(t.broken, err, end)
			}
		}()
		err = fn(t.c)
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

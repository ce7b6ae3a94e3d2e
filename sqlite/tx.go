package sqlite

import (
	"errors"
	"fmt"
	"strconv"

	"boon/redeem"
)

var errViewWrites = errors.New("write in a view")

// tx implements redeem.Tx on a connection that is inside a transaction.
type tx struct {
	c        *conn
	writable bool
	hot      hot
	saved    []bool // per open Try: whether its savepoint was made; it is made by the first statement that writes
	broken   error  // the transaction cannot commit any more
}

func newTx(c *conn, writable bool) *tx {
	return &tx{c: c, writable: writable, hot: newHot()}
}

func (t *tx) reset() {
	t.hot, t.saved, t.broken = newHot(), t.saved[:0], nil
}

// Try implements redeem.Tx.
func (t *tx) Try(fn func(redeem.Tx) error) error {
	depth, mark := len(t.saved), t.hot.mark()
	t.saved = append(t.saved, false)
	err := fn(t)
	if err != nil {
		t.hot.rollback(mark)
	}
	made := t.saved[depth]
	t.saved = t.saved[:depth]
	if made {
		if end := t.end(depth, err != nil); end != nil {
			t.broken = errors.Join(t.broken, end)
			return errors.Join(err, end)
		}
	}
	return err
}

func (t *tx) end(depth int, back bool) error {
	name := savepoint(depth)
	if back {
		if _, err := t.c.exec("ROLLBACK TO " + name); err != nil {
			return fmt.Errorf("roll back: %w", err)
		}
	}
	_, err := t.c.exec("RELEASE " + name)
	return err
}

func savepoint(depth int) string { return "s" + strconv.Itoa(depth) }

// arm makes the savepoints that stand open before the first statement that writes.
func (t *tx) arm() error {
	if !t.writable {
		return errViewWrites
	}
	for depth, made := range t.saved {
		if made {
			continue
		}
		if _, err := t.c.exec("SAVEPOINT " + savepoint(depth)); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		t.saved[depth] = true
	}
	return nil
}

// write runs a statement that writes.
func (t *tx) write(query string, args ...any) (int64, error) {
	if err := t.arm(); err != nil {
		return 0, err
	}
	return t.c.exec(query, args...)
}

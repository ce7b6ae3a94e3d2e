package memory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"boon"
	"boon/ledger"
	"boon/redeem"
)

// Book is the money port in memory: the reference that the other books must agree with. Its transactions run one after the other.
type Book struct {
	mu     sync.Mutex
	tables bookTables
	undo   []func() // what takes back the running transaction, last first
}

// NewBook is an empty book.
func NewBook() *Book { return &Book{tables: newBookTables()} }

var errViewWrites = errors.New("write in a view")

// Update implements redeem.Book.
func (b *Book) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.undo = b.undo[:0]
	return (&bookTx{book: b}).Try(fn)
}

// View implements redeem.Book.
func (b *Book) View(ctx context.Context, fn func(redeem.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.undo = b.undo[:0]
	err := fn(&bookTx{book: b})
	if len(b.undo) > 0 {
		b.rollback(0)
		return errors.Join(err, errViewWrites)
	}
	return err
}

// Expecting implements redeem.Book; memory has nothing to fetch.
func (b *Book) Expecting(redeem.Reads) redeem.Book { return b }

func (b *Book) rollback(to int) {
	for i := len(b.undo) - 1; i >= to; i-- {
		b.undo[i]()
	}
	b.undo = b.undo[:to]
}

type bookTx struct{ book *Book }

// Try implements redeem.Tx.
func (t *bookTx) Try(fn func(redeem.Tx) error) error {
	mark := len(t.book.undo)
	err := fn(t)
	if err != nil {
		t.book.rollback(mark)
	}
	return err
}

// put sets a row and remembers how to take that back.
func put[K comparable, V any](b *Book, rows map[K]V, key K, value V) {
	old, had := rows[key]
	rows[key] = value
	b.undo = append(b.undo, func() {
		if had {
			rows[key] = old
		} else {
			delete(rows, key)
		}
	})
}

func drop[K comparable, V any](b *Book, rows map[K]V, key K) {
	old, had := rows[key]
	delete(rows, key)
	if had {
		b.undo = append(b.undo, func() { rows[key] = old })
	}
}

// Take implements redeem.Limits.
func (t *bookTx) Take(l boon.Limit, n int64) (bool, error) {
	if t.book.tables.counters[l.Key] > l.Max-n {
		return false, nil
	}
	put(t.book, t.book.tables.counters, l.Key, t.book.tables.counters[l.Key]+n)
	return true, nil
}

// Give implements redeem.Limits.
func (t *bookTx) Give(key string, n int64) error {
	left := t.book.tables.counters[key] - n
	if left < 0 {
		return fmt.Errorf("give %d of %s: it would stand at %d", n, key, left)
	}
	put(t.book, t.book.tables.counters, key, left)
	return nil
}

// Count implements redeem.Limits.
func (t *bookTx) Count(key string) (int64, error) { return t.book.tables.counters[key], nil }

// Post implements redeem.Journal.
func (t *bookTx) Post(e boon.Entry) error {
	if err := ledger.Check(e); err != nil {
		return err
	}
	rows := t.book.tables.balances
	for _, p := range e.Postings {
		now := rows[p.Account] + p.Minor
		if p.Minor < 0 && now < 0 && ledger.Holds(p.Account.Kind) {
			return ledger.Short(p.Account, now)
		}
	}
	for _, p := range e.Postings {
		put(t.book, rows, p.Account, rows[p.Account]+p.Minor)
	}
	size := len(t.book.tables.entries)
	t.book.tables.entries = append(t.book.tables.entries, e)
	t.book.undo = append(t.book.undo, func() { t.book.tables.entries = t.book.tables.entries[:size] })
	return nil
}

// Balance implements redeem.Journal.
func (t *bookTx) Balance(a boon.Account) (int64, error) { return t.book.tables.balances[a], nil }

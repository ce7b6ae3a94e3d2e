package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"boon"

	"modernc.org/sqlite"
)

// Snapshot is the database as it stood at one commit, while others go on writing. It holds one reading connection until Close.
type Snapshot struct {
	db *DB
	c  *conn
}

// Snapshot begins at the last commit.
func (db *DB) Snapshot(ctx context.Context) (*Snapshot, error) {
	select {
	case c := <-db.readers:
		if err := c.freeze(); err != nil {
			db.readers <- c
			return nil, wrap("begin snapshot", err)
		}
		return &Snapshot{db, c}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-db.writer.Closed():
		return nil, ErrClosed
	}
}

// freeze begins a reading transaction, and reads: SQLite takes the snapshot at the first read.
func (c *conn) freeze() error {
	if _, err := c.exec("BEGIN"); err != nil {
		return err
	}
	var n int
	if _, err := c.one("SELECT count(*) FROM marks", nil, &n); err != nil {
		_, end := c.exec("ROLLBACK")
		return errors.Join(err, end)
	}
	return nil
}

// Close ends the snapshot.
func (s *Snapshot) Close() error {
	_, err := s.c.exec("ROLLBACK")
	s.db.readers <- s.c
	return wrap("end snapshot", err)
}

const copyPages = 256 // a step, 1 MB: between two of them the copy can be stopped

// Copy writes the database as the snapshot has it into a new file.
func (s *Snapshot) Copy(ctx context.Context, path string) error {
	return wrap("copy ledger", s.c.c.Raw(func(driver any) error {
		source, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("the driver %T cannot copy", driver)
		}
		b, err := source.NewBackup("file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(copyPages)
			}
		}
		return errors.Join(err, b.Finish())
	}))
}

// Contents is what a database file holds.
type Contents struct {
	Schema  int
	Mark    boon.Position // of partition 0
	Entries int64
	Totals  []Total
}

// Total is the sum of the balances of one kind of account.
type Total struct {
	Kind     boon.AccountKind
	Currency string
	Minor    int64
}

// Inspect reads a database file that nobody writes.
func Inspect(path string) (out Contents, err error) {
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=ro&immutable=1"}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return out, wrap("inspect ledger", err)
	}
	defer pool.Close()
	c, err := newConn(pool)
	if err != nil {
		return out, wrap("inspect ledger", err)
	}
	defer c.c.Close()
	err = c.snapshot(func(c *conn) error { return c.contents(&out) })
	return out, wrap("inspect ledger", err)
}

func (c *conn) contents(out *Contents) error {
	if _, err := c.one("PRAGMA user_version", nil, &out.Schema); err != nil {
		return err
	}
	if _, err := c.one("SELECT position FROM marks WHERE partition = 0", nil, &out.Mark); err != nil {
		return err
	}
	if _, err := c.one("SELECT count(*) FROM entries", nil, &out.Entries); err != nil {
		return err
	}
	return c.each("SELECT kind, currency, sum(minor) FROM balances GROUP BY kind, currency ORDER BY kind, currency", nil, func(rows *sql.Rows) error {
		var t Total
		err := rows.Scan(&t.Kind, &t.Currency, &t.Minor)
		out.Totals = append(out.Totals, t)
		return err
	})
}

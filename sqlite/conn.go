package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// conn is one connection with its prepared statements. The driver starts a goroutine per statement for a context that can end, hence the
// background context: statements are short, and callers wait on theirs outside.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
}

var background = context.Background()

func newConn(pool *sql.DB) (*conn, error) {
	c, err := pool.Conn(background)
	return &conn{c: c, stmts: map[string]*sql.Stmt{}}, err
}

func (c *conn) stmt(query string) (*sql.Stmt, error) {
	if s := c.stmts[query]; s != nil {
		return s, nil
	}
	s, err := c.c.PrepareContext(background, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	c.stmts[query] = s
	return s, nil
}

// exec runs a statement and returns the number of rows it changed.
func (c *conn) exec(query string, args ...any) (int64, error) {
	s, err := c.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(background, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// one scans the only row of a query; found is false when there is none.
func (c *conn) one(query string, args []any, dest ...any) (found bool, err error) {
	s, err := c.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(background, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls scan for every row.
func (c *conn) each(query string, args []any, scan func(*sql.Rows) error) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(background, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// snapshot runs fn in a reading transaction.
func (c *conn) snapshot(fn func(*conn) error) error {
	if _, err := c.exec("BEGIN"); err != nil {
		return fmt.Errorf("begin view: %w", err)
	}
	err := fn(c)
	_, end := c.exec("ROLLBACK")
	return errors.Join(err, end)
}

package sqlite

import (
	"context"
	"strconv"
)

// LimitPages bounds the database's file, as a small disk would.
func LimitPages(db *DB, pages int) error {
	return db.write(context.Background(), func(c *conn) error {
		_, err := c.exec("PRAGMA max_page_count = " + strconv.Itoa(pages))
		return err
	})
}

// Waiting is how many updates wait for the writer.
func (db *DB) Waiting() int { return db.writer.Waiting() }

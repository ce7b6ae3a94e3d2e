package sqlite

import (
	"context"
	"strconv"

	"boon"

	"modernc.org/sqlite"
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

// OwnersKnown is closed when those who had a grant before Open are known.
func (db *DB) OwnersKnown() <-chan struct{} { return db.wallets.owners.Loaded() }

// NeverOwned is whether somebody is known to have had no grant, without a lookup.
func (db *DB) NeverOwned(owner boon.Identifier) bool { return db.wallets.owners.IsNew(owner.Hash) }

// AtHand is whether the wallet of somebody needs no lookup.
func (db *DB) AtHand(owner boon.Identifier) bool {
	_, ok := db.wallets.hand(owner)
	return ok
}

// CacheOfReader is how many KiB of pages a reading connection may hold, below zero as SQLite writes it.
func CacheOfReader(db *DB) (kib int, err error) {
	err = db.borrow(context.Background(), func(c *conn) error {
		_, err := c.one("PRAGMA cache_size", nil, &kib)
		return err
	})
	return kib, err
}

// PagesWritten is how many pages the writer has written to the log, in all of its commits.
func PagesWritten(db *DB) (pages int) {
	_ = db.store.c.c.Raw(func(driver any) (err error) {
		pages, _, err = driver.(sqlite.DBStatus).Status(sqlite.DBStatusCacheWrite, false)
		return err
	})
	return pages
}

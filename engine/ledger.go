package engine

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"boon/postgres"
	"boon/sqlite"
)

// shared says whether the ledger is one that several processes use.
func (c Config) shared() bool { return c.Ledger != "" && c.Ledger != "sqlite" }

// checkLedger refuses a ledger that is none. A URL may hold a password, so it is not repeated.
func checkLedger(c Config) error {
	if !c.shared() {
		return nil
	}
	u, err := url.Parse(c.Ledger)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" && u.Query().Get("host") == "" {
		return fmt.Errorf("--ledger (or BOON_LEDGER) names no ledger: leave it out for a file in the data folder, or give postgres://USER:PASSWORD@HOST:5432/DATABASE")
	}
	return nil
}

// reachPatience is how long a database may take to answer at the start.
const reachPatience = 15 * time.Second

// openRecord opens the system of record: the data folder's own, or the one that --ledger names.
func (e *Engine) openRecord(ctx context.Context) error {
	if !e.config.shared() {
		db, err := sqlite.Open(e.config.Data)
		if err != nil {
			return fmt.Errorf("open system of record: %w", err)
		}
		e.book = db
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reachPatience)
	defer cancel()
	db, err := postgres.Open(ctx, e.config.Ledger, e.instance.name)
	if err != nil {
		return fmt.Errorf("the database that --ledger names cannot be opened; see that it runs, that this user may make tables in it, and that the URL is right: %w", err)
	}
	e.book, e.shared = db, db
	return nil
}

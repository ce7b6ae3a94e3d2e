package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"boon/redeem/batch"
)

// DB is the open system of record. Safe for concurrent use.
type DB struct {
	pool     *pgxpool.Pool
	instance string
	store    *store
	writer   *batch.Writer
	closing  sync.Once
}

// Open connects to a database and brings its schema up to date. instance names this process among those that share the database, the same after a
// restart: what belongs to one process's event log is kept under it.
func Open(ctx context.Context, url, instance string) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	config.ConnConfig.RuntimeParams["application_name"] = "boon " + instance
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	db := &DB{pool: pool, instance: instance}
	if err := db.writeAlone(ctx, migrate); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	db.store = newStore(pool.Config().ConnConfig, instance)
	db.writer = batch.Start(db.store, batch.Clock{Now: time.Now, Sleep: time.Sleep})
	return db, nil
}

// Close lets queued updates and running statements finish, then closes the connections. A second Close does nothing.
func (db *DB) Close() (err error) {
	db.closing.Do(func() {
		db.writer.Stop()
		err = db.store.close()
		db.pool.Close()
	})
	return err
}

// write runs plain statements in one transaction. Others may write beside it: what it read may have changed when it commits.
func (db *DB) write(ctx context.Context, fn func(pgx.Tx) error) error {
	return wrap("write", pgx.BeginFunc(ctx, fresh{db.pool}, fn))
}

// writeAlone is write, with nobody beside it that came by writeAlone too, in any process.
func (db *DB) writeAlone(ctx context.Context, fn func(pgx.Tx) error) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock, "record"); err != nil {
			return err
		}
		return fn(tx)
	})
}

// lock waits for a turn, first come first served, until the transaction ends. It is one of this schema's: $1 says which.
const lock = "SELECT pg_advisory_xact_lock(1651470190, hashtext(current_schema() || '/' || $1))"

// read runs fn on one snapshot.
func (db *DB) read(ctx context.Context, fn func(pgx.Tx) error) error {
	return wrap("read", pgx.BeginTxFunc(ctx, fresh{db.pool}, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn))
}

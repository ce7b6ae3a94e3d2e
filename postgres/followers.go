package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// attend notes the connection by which this process hears: it is waited for as long as that is open.
func (db *DB) attend(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `INSERT INTO followers (instance, pid, since) SELECT $1, pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
		ON CONFLICT (instance) DO UPDATE SET pid = excluded.pid, since = excluded.since`, db.instance)
	return err
}

// Followed notes up to which place this process has read the shelf.
func (db *DB) Followed(ctx context.Context, place int64) error {
	_, err := db.pool.Exec(ctx, `INSERT INTO followers (instance, shelf) VALUES ($1, $2)
		ON CONFLICT (instance) DO UPDATE SET shelf = excluded.shelf`, db.instance, place)
	return wrap("note how far the shelf was followed", err)
}

// Behind reports whether another process hears of changes and has not read the shelf up to a place.
func (db *DB) Behind(ctx context.Context, place int64) (behind bool, err error) {
	err = db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM followers f JOIN pg_stat_activity a ON a.pid = f.pid AND a.backend_start = f.since
		WHERE f.instance <> $1 AND f.shelf < $2)`, db.instance, place).Scan(&behind)
	return behind, wrap("read how far the shelf was followed", err)
}

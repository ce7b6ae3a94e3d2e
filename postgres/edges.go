package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"boon/ingest"
)

// PutEdges implements ingest.Edges. The lock gives seq the order of the commits.
func (db *DB) PutEdges(ctx context.Context, edges []ingest.Edge) error {
	var batch pgx.Batch
	batch.Queue(lock, "edges")
	for _, e := range edges {
		batch.Queue(`INSERT INTO edges (seq, id, a, b, verified, at, kind, instance)
			SELECT (SELECT coalesce(max(seq), 0) + 1 FROM edges), $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM edges WHERE id = $1)`,
			e.ID[:], ownerKey(e.A), ownerKey(e.B), e.Verified, e.At.UnixNano(), kindOf(e), db.instance)
	}
	batch.Queue(notify)
	return wrap("put edges", db.write(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &batch).Close() }))
}

func kindOf(e ingest.Edge) string {
	if e.Cut {
		return "cut"
	}
	return "link"
}

// Edges reads edges in order, after a Seq, at most max.
func (db *DB) Edges(ctx context.Context, after int64, max int) (list []ingest.Edge, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT seq, id, a, b, verified, at, kind = 'cut', instance FROM edges WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, edgeOf)
		return err
	})
	return list, wrap("read edges", err)
}

func edgeOf(row pgx.CollectableRow) (e ingest.Edge, err error) {
	var id, a, b []byte
	var at int64
	if err = row.Scan(&e.Seq, &id, &a, &b, &e.Verified, &at, &e.Cut, &e.Instance); err != nil {
		return e, err
	}
	copy(e.ID[:], id)
	e.At = instant(at)
	if e.A, err = ownerOf(a); err == nil {
		e.B, err = ownerOf(b)
	}
	return e, err
}

// News reads what there may be to follow: the release in force ("": none), the last edge and the last change of the shelf.
func (db *DB) News(ctx context.Context) (release string, edge, shelf int64, err error) {
	err = db.pool.QueryRow(ctx, "SELECT coalesce((SELECT convert_from(value, 'UTF8') FROM settings WHERE name = $1), ''), coalesce((SELECT max(seq) FROM edges), 0), ("+lastShelved+")",
		activeRelease).Scan(&release, &edge, &shelf)
	return release, edge, shelf, wrap("read news", err)
}

package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies the files that the database has not seen: the n-th file, by name, brings it to version n.
func migrate(tx pgx.Tx) error {
	ctx := context.Background() // a half-migrated database is not left behind: all is one transaction
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS versions (n INT PRIMARY KEY, file TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now())"); err != nil {
		return fmt.Errorf("make table of versions: %w", err)
	}
	var version int
	if err := tx.QueryRow(ctx, "SELECT coalesce(max(n), 0) FROM versions").Scan(&version); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if version > len(files) {
		return fmt.Errorf("the database has schema version %d, this program knows %d: use a newer program", version, len(files))
	}
	for n := version; n < len(files); n++ {
		if err := apply(ctx, tx, files[n], n+1); err != nil {
			return fmt.Errorf("migrate to %s: %w", files[n], err)
		}
	}
	return nil
}

func apply(ctx context.Context, tx pgx.Tx, file string, version int) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, string(text)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO versions (n, file) VALUES ($1, $2)", version, file)
	return err
}

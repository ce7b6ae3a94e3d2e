package sqlite

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies the files that the database has not seen: the n-th file, by name, brings it to version n.
func migrate(c *conn) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	if _, err := c.one("PRAGMA user_version", nil, &version); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if version > len(files) {
		return fmt.Errorf("the database has schema version %d, this program knows %d: use a newer program", version, len(files))
	}
	for n := version; n < len(files); n++ {
		if err := apply(c, files[n], n+1); err != nil {
			return fmt.Errorf("migrate to %s: %w", files[n], err)
		}
	}
	return nil
}

func apply(c *conn, file string, version int) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA user_version = %d;\nCOMMIT;", text, version)
	if _, err := c.c.ExecContext(background, script); err != nil {
		_, _ = c.c.ExecContext(background, "ROLLBACK") // may have ended already
		return err
	}
	return nil
}

package sqlite

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// fills complete a migration with what SQL cannot compute, in its transaction.
var fills = map[string]func(*conn) error{"migrations/0003_chain.sql": chainStored}

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
	run := func(script string) error {
		_, err := c.c.ExecContext(background, script)
		return err
	}
	err = run("BEGIN IMMEDIATE;\n" + string(text))
	if fill := fills[file]; err == nil && fill != nil {
		err = fill(c)
	}
	if err == nil {
		err = run(fmt.Sprintf("PRAGMA user_version = %d;\nCOMMIT;", version))
	}
	if err != nil {
		_ = run("ROLLBACK") // may have ended already
	}
	return err
}

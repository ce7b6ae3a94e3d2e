package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"boon"
	"boon/engine/archive"
	"boon/sqlite"
)

// The names of a data folder's parts, in the folder and in a backup of it.
const (
	keyFile    = "instance.key"
	logFolder  = "log"
	ledgerFile = "ledger.db"
	staging    = "backup-" // prefix of a folder that a backup is gathered in
)

// copied is a system of record that lies in the data folder and goes into its backups.
type copied interface {
	Snapshot(ctx context.Context) (*sqlite.Snapshot, error)
}

// Backup writes the whole engine, as it stands at one moment, as one archive.
//
// The log and the online state are taken first, the money after them, and in between nothing stands still but those who write both: the applier
// and calls that grant. So whatever the log's copy has needs nothing that the money's copy lacks (data keys, releases), and the money's copy has no
// mark, and no grant, whose events and records the log's copy lacks. Redemptions and accepted events wait for nothing.
func (e *Engine) Backup(ctx context.Context, w io.Writer, withoutKey bool) (m archive.Manifest, err error) {
	if !e.copying.TryLock() {
		return m, boon.Refuse(boon.ReasonUnavailable, "a backup is being taken already; try again when it has ended")
	}
	defer e.copying.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(e.life, stop)()
	dir, err := os.MkdirTemp(e.config.Data, staging)
	if err != nil {
		return m, fmt.Errorf("gather backup: %w", err)
	}
	defer os.RemoveAll(dir)
	if m, err = e.gather(ctx, dir); err != nil {
		return m, fmt.Errorf("gather backup: %w", err)
	}
	if m.Key, err = e.copyNames(dir, withoutKey); err != nil {
		return m, fmt.Errorf("gather backup: %w", err)
	}
	return m, pack(ctx, w, dir, m)
}

// copyNames copies what says whose folder it is. With a shared ledger the instance's key is in the database.
func (e *Engine) copyNames(dir string, withoutKey bool) (key bool, err error) {
	if exists(e.config.Data, instanceFile) {
		err = copyFile(filepath.Join(e.config.Data, instanceFile), filepath.Join(dir, instanceFile))
	}
	if key = !withoutKey && exists(e.config.Data, keyFile); key {
		err = errors.Join(err, copyFile(filepath.Join(e.config.Data, keyFile), filepath.Join(dir, keyFile)))
	}
	return key, err
}

// gather puts a copy of every part into dir.
func (e *Engine) gather(ctx context.Context, dir string) (m archive.Manifest, err error) {
	m = archive.Manifest{Program: e.config.Version, Taken: e.config.Now().UTC(), Ledger: "apart"}
	money, err := e.freeze(ctx, filepath.Join(dir, logFolder), &m)
	if err != nil || money == nil {
		return m, err
	}
	path := filepath.Join(dir, ledgerFile)
	if err := errors.Join(money.Copy(ctx, path), money.Close()); err != nil {
		return m, err
	}
	books, err := sqlite.Inspect(path)
	if err != nil {
		return m, err
	}
	m.Ledger, m.Schema, m.Mark, m.Entries = "sqlite", books.Schema, uint64(books.Mark), books.Entries
	for _, t := range books.Totals {
		m.Totals = append(m.Totals, archive.Total{Account: string(t.Kind), Currency: t.Currency, Minor: t.Minor})
	}
	return m, nil
}

// freeze takes the log, then begins a snapshot of the money, while nobody writes both.
func (e *Engine) freeze(ctx context.Context, dir string, m *archive.Manifest) (*sqlite.Snapshot, error) {
	if err := e.store.Flush(); err != nil {
		return nil, err
	}
	e.both.Lock()
	defer e.both.Unlock()
	m.Release, m.Position, m.Applied = e.live.Load().release.ID, uint64(e.store.Last(0)), uint64(e.applied.Load())
	if err := e.store.Checkpoint(dir); err != nil {
		return nil, err
	}
	if money, ok := e.book.(copied); ok {
		return money.Snapshot(ctx)
	}
	return nil, nil
}

// pack archives what dir holds.
func pack(ctx context.Context, w io.Writer, dir string, m archive.Manifest) error {
	a, err := archive.NewWriter(w)
	if err != nil {
		return err
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return a.Add(filepath.ToSlash(name), path)
	})
	if err != nil {
		a.Abandon()
		return fmt.Errorf("write backup: %w", err)
	}
	return a.Close(m)
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

// sweepStaging removes what backups left that were killed.
func sweepStaging(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, staging+"*"))
	for _, path := range old {
		_ = os.RemoveAll(path) // costs room only; the next start tries again
	}
}

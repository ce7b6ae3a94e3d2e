package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"boon/engine/archive"
)

// Restore makes a data folder of a backup. The folder must be absent or empty; it comes into being whole, by one rename, after every byte agreed with the
// manifest. A backup without the instance's key needs the file that holds it: key, else "".
func Restore(r io.Reader, dir, key string) (m archive.Manifest, err error) {
	if err := empty(dir); err != nil {
		return m, err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	draft, err := os.MkdirTemp(parent, filepath.Base(dir)+".restoring-")
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	defer os.RemoveAll(draft)
	if m, err = archive.Read(r, func(name string, content io.Reader) error {
		return keep(filepath.Join(draft, filepath.FromSlash(name)), content)
	}); err != nil {
		return m, err
	}
	if err := complete(draft, m, key); err != nil {
		return m, err
	}
	return m, place(draft, dir)
}

func empty(dir string) error {
	inside, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if len(inside) > 0 {
		return fmt.Errorf("%s is not empty: a backup is restored into a folder of its own", dir)
	}
	return nil
}

// keep writes one file through to the disk.
func keep(path string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Sync(), f.Close())
}

// complete sees that a draft has all that an engine needs, and adds the key that was kept apart.
func complete(draft string, m archive.Manifest, key string) error {
	switch {
	case m.Key && key != "":
		return errors.New("the backup holds its instance's key: leave --instance-key out")
	case m.Ledger != "sqlite" && key == "":
		return need(draft, logFolder, instanceFile)
	case !m.Key && key == "":
		return errors.New("the backup was taken without the instance's key, and nothing of it can be read without: give the file with --instance-key FILE")
	case !m.Key:
		if err := copyFile(key, filepath.Join(draft, keyFile)); err != nil {
			return fmt.Errorf("read instance key: %w", err)
		}
	}
	return need(draft, keyFile, logFolder, ledgerFile)
}

func need(draft string, names ...string) error {
	for _, name := range names {
		if !exists(draft, name) {
			return fmt.Errorf("%w: it holds no %s", archive.ErrDamaged, name)
		}
	}
	return nil
}

// place puts a draft where it belongs, and both names onto the disk.
func place(draft, dir string) error {
	err := filepath.WalkDir(draft, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.Rename(draft, dir); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return syncFolder(filepath.Dir(filepath.Clean(dir)))
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"boon/postgres"
)

// Rewrap wraps the instance key under another wrapping key: that of file from (as [Config.WrappingKey]; "" where the key lies in the clear) gives way to that of
// file to. It reaches the key of the folder, or of the shared ledger, that c names; no data is touched, and a running engine does not notice. The key is
// replaced at once or not at all.
func Rewrap(ctx context.Context, c Config, from, to string) error {
	before, err := readWrapping(from)
	if err != nil {
		return err
	}
	after, err := readWrapping(to)
	if err != nil {
		return err
	}
	if after == nil {
		return errors.New("name the file of the new wrapping key")
	}
	if c.shared() {
		return rewrapShared(ctx, c, before, after)
	}
	path := filepath.Join(c.Data, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no instance key: nothing is there to wrap", c.Data)
	}
	if err != nil {
		return fmt.Errorf("read instance key: %w", err)
	}
	if text, err = rewrapped(text, before, after); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return replaceFile(path, append(text, '\n'))
}

// rewrapped reads back what it made before anything is replaced by it.
func rewrapped(text, before, after []byte) ([]byte, error) {
	key, err := readSecret(text, before)
	if err != nil {
		return nil, fmt.Errorf("read instance key: %w; nothing was changed", err)
	}
	if text, err = writeSecret(key, after); err != nil {
		return nil, err
	}
	if again, err := readSecret(text, after); err != nil || string(again) != string(key) {
		return nil, errors.Join(errors.New("what was wrapped does not open again; nothing was changed"), err)
	}
	return text, nil
}

func rewrapShared(ctx context.Context, c Config, before, after []byte) (err error) {
	db, err := postgres.Open(ctx, c.Ledger, "keys")
	if err != nil {
		return fmt.Errorf("open system of record: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	text, err := db.Setting(ctx, sharedKeyName)
	if err != nil {
		return fmt.Errorf("read instance key of the database: %w", err)
	}
	if text == nil {
		return errors.New("the database that --ledger names holds no instance key: nothing is there to wrap")
	}
	if text, err = rewrapped(text, before, after); err != nil {
		return fmt.Errorf("the database's key: %w", err)
	}
	return db.PutSetting(ctx, sharedKeyName, text)
}

// replaceFile puts new content under a name, on the disk before it is seen.
func replaceFile(path string, content []byte) error {
	draft := path + ".new"
	_ = os.Remove(draft) // of an attempt that was killed
	err := writeThrough(draft, content)
	if err == nil {
		err = os.Rename(draft, path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return nil
}

func writeThrough(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

package engine

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"boon/internal/seal"
)

// secrets are derived from the instance key, one for each use (RFC 5869).
type secrets struct {
	hash, master, code, token, seed, edges, parked, webhook []byte
	data                                                    seal.Source
}

// openSecrets reads the instance key, or makes it: at random, or from a seed so that two runs of one input are equal. It lies in the data folder, or
// in the ledger that several processes share.
func (e *Engine) openSecrets(ctx context.Context) (err error) {
	wrapping, err := readWrapping(e.config.WrappingKey)
	if err != nil {
		return err
	}
	var key []byte
	if e.shared == nil {
		key, err = folderKey(e.config, wrapping)
	} else {
		key, err = e.sharedKey(ctx, wrapping)
	}
	if err != nil {
		return err
	}
	e.secrets, err = derive(key, e.config.Seed)
	return err
}

func folderKey(c Config, wrapping []byte) ([]byte, error) {
	key, err := readKey(c.Data, wrapping)
	if err != nil || key != nil {
		return key, err
	}
	if key, err = newKey(c.Seed); err != nil {
		return nil, err
	}
	text, err := writeSecret(key, wrapping)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(c.Data, keyFile), append(text, '\n'), 0o600); err != nil {
		return nil, fmt.Errorf("write instance key: %w", err)
	}
	return key, nil
}

// readKey is the folder's own instance key; nil when there is none.
func readKey(dir string, wrapping []byte) ([]byte, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read instance key: %w", err)
	}
	key, err := readSecret(text, wrapping)
	if err != nil {
		return nil, fmt.Errorf("read instance key: %s: %w", path, err)
	}
	return key, nil
}

func newKey(seed string) ([]byte, error) {
	if seed != "" {
		digest := sha256.Sum256([]byte("boon instance key " + seed))
		return digest[:], nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("draw instance key: %w", err)
	}
	return key, nil
}

// sharedKeyName is the setting that holds the instance key of a shared ledger.
const sharedKeyName = "instance.key"

// sharedKey agrees with the other processes on one key: the first one's.
func (e *Engine) sharedKey(ctx context.Context, wrapping []byte) ([]byte, error) {
	own, err := readKey(e.config.Data, wrapping)
	if err != nil {
		return nil, err
	}
	mine := own
	if mine == nil {
		if mine, err = newKey(e.config.Seed); err != nil {
			return nil, err
		}
	}
	text, err := e.agreed(ctx, mine, wrapping)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte(wrappedMark)) {
		e.config.Log.Warn("the instance key lies in the database in the clear: whoever reads the database can read what is sealed; see docs/operations.md, \"Several servers on one PostgreSQL\"")
	}
	key, err := readSecret(text, wrapping)
	if err != nil {
		return nil, fmt.Errorf("read instance key of the database: %w", err)
	}
	if err := e.matches(key, own); err != nil {
		return nil, err
	}
	e.instance.fingerprint = fingerprint(key)
	return key, e.instance.keep(e.config.Data)
}

// agreed reads the stored key; a folder that was never used may bring the first one.
func (e *Engine) agreed(ctx context.Context, mine, wrapping []byte) ([]byte, error) {
	if e.instance.fingerprint != "" || e.config.MustExist {
		text, err := e.shared.Setting(ctx, sharedKeyName)
		if err == nil && text == nil {
			err = fmt.Errorf("the database that --ledger names holds no engine: name the one that %s was used with, or start one there with: boon serve --ledger URL", e.config.Data)
		}
		return text, err
	}
	text, err := writeSecret(mine, wrapping)
	if err != nil {
		return nil, err
	}
	return e.shared.FirstSetting(ctx, sharedKeyName, text)
}

// matches refuses a folder whose log was written under another key than the database's.
func (e *Engine) matches(key, own []byte) error {
	switch {
	case own != nil && !bytes.Equal(own, key), e.instance.fingerprint != "" && e.instance.fingerprint != fingerprint(key):
		return fmt.Errorf("%s has another instance key than the database that --ledger names: what is in it belongs to another engine. Name that one's database, or give an empty --data", e.config.Data)
	case e.config.Seed != "":
		if seeded, err := newKey(e.config.Seed); err != nil || !bytes.Equal(seeded, key) {
			return errors.Join(err, errors.New("the database that --ledger names has an instance key that does not come of this --seed: use a database of its own, or leave --seed out"))
		}
	}
	return nil
}

func fingerprint(key []byte) string {
	digest := sha256.Sum256(append([]byte("boon instance key fingerprint "), key...))
	return hex.EncodeToString(digest[:8])
}

func derive(key []byte, seed string) (s secrets, err error) {
	for name, out := range map[string]*[]byte{
		"identifier hash": &s.hash, "data key wrap": &s.master, "coupon code": &s.code, "token": &s.token, "choice": &s.seed, "edges": &s.edges,
		"parked events": &s.parked, "webhook": &s.webhook,
	} {
		if *out, err = hkdf.Key(sha256.New, key, nil, "boon "+name, 32); err != nil {
			return s, fmt.Errorf("derive %s key: %w", name, err)
		}
	}
	if seed == "" {
		s.data = seal.Random(rand.Reader)
		return s, nil
	}
	s.data = seal.Seeded([]byte(seed))
	return s, nil
}

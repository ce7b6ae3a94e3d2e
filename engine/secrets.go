package engine

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"boon/internal/seal"
)

// secrets are derived from the instance key, one for each use (RFC 5869).
type secrets struct {
	hash, master, code, token, seed []byte
	data                            seal.Source
}

// openSecrets reads the instance key of a data folder, or makes it: at random, or from a seed so that two runs of one input are equal.
func openSecrets(dir, seed string) (secrets, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path, seed)
	}
	if err != nil {
		return secrets{}, fmt.Errorf("read instance key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return secrets{}, fmt.Errorf("read instance key: %s does not hold 64 hex digits", path)
	}
	return derive(key, seed)
}

func makeKey(path, seed string) ([]byte, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if seed != "" {
		digest := sha256.Sum256([]byte("boon instance key " + seed))
		copy(key, digest[:])
	}
	text := []byte(hex.EncodeToString(key) + "\n")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	return text, nil
}

func derive(key []byte, seed string) (s secrets, err error) {
	for name, out := range map[string]*[]byte{"identifier hash": &s.hash, "data key wrap": &s.master, "coupon code": &s.code, "token": &s.token, "choice": &s.seed} {
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

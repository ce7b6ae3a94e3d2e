package engine

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"boon/internal/seal"
)

// wrappedMark begins a secret that is wrapped; one in the clear is 64 hex digits.
const wrappedMark = "wrapped:"

// writeSecret is the stored form of a secret of 32 bytes: wrapped under a wrapping key, or in the clear where there is none (nil).
func writeSecret(secret, wrapping []byte) ([]byte, error) {
	if wrapping == nil {
		return []byte(hex.EncodeToString(secret)), nil
	}
	wrapped, err := seal.Wrap(wrapping, secret)
	if err != nil {
		return nil, fmt.Errorf("wrap secret: %w", err)
	}
	return []byte(wrappedMark + hex.EncodeToString(wrapped)), nil
}

// readSecret reads what writeSecret made. The wrapping key (nil: none) is not needed for one in the clear.
func readSecret(text, wrapping []byte) ([]byte, error) {
	digits, wrapped := strings.CutPrefix(strings.TrimSpace(string(text)), wrappedMark)
	secret, err := hex.DecodeString(digits)
	switch {
	case err != nil, !wrapped && len(secret) != 32:
		return nil, errors.New("it does not hold 64 hex digits")
	case !wrapped:
		return secret, nil
	case wrapping == nil:
		return nil, errors.New("it is wrapped: give the key that it was wrapped under with --wrapping-key FILE or BOON_WRAPPING_KEY (to rotate it: --from FILE)")
	}
	secret, err = seal.Unwrap(wrapping, secret)
	if errors.Is(err, seal.ErrWrongKey) {
		return nil, errors.New("it is wrapped under another key than the one in the file of --wrapping-key: give that one")
	}
	return secret, err
}

// readWrapping reads a wrapping key from its file; nil when none is named.
func readWrapping(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read wrapping key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("read wrapping key: %s does not hold 64 hex digits; make one with: openssl rand -hex 32 > %s", path, path)
	}
	return key, nil
}

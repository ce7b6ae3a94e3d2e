package seal_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"boon/internal/seal"
)

var wrapping = bytes.Repeat([]byte{9}, 32)

func mustWrap(t *testing.T, secret []byte) []byte {
	t.Helper()
	wrapped, err := seal.Wrap(wrapping, secret)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

func TestWrapOpensUnderItsKeyAlone(t *testing.T) {
	for _, secret := range [][]byte{{}, []byte("s"), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 5000)} {
		wrapped := mustWrap(t, secret)
		if len(secret) > 1 && bytes.Contains(wrapped, secret) {
			t.Errorf("the secret of %d bytes stands in the clear", len(secret))
		}
		if again := mustWrap(t, secret); !bytes.Equal(again, wrapped) {
			t.Error("wrapping twice gives other bytes")
		}
		if got, err := seal.Unwrap(wrapping, wrapped); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("unwrapped %x, want %x (%v)", got, secret, err)
		}
		if _, err := seal.Unwrap(bytes.Repeat([]byte{8}, 32), wrapped); !errors.Is(err, seal.ErrWrongKey) {
			t.Errorf("another key: %v, want wrong key", err)
		}
	}
}

func TestWrapSeesEveryChange(t *testing.T) {
	wrapped := mustWrap(t, []byte("the secret"))
	for bit := range 8 * len(wrapped) {
		changed := slices.Clone(wrapped)
		changed[bit/8] ^= 1 << (bit % 8)
		if _, err := seal.Unwrap(wrapping, changed); !errors.Is(err, seal.ErrCorrupt) && !errors.Is(err, seal.ErrWrongKey) {
			t.Errorf("bit %d changed: %v", bit, err)
		}
	}
	for n := range wrapped {
		if _, err := seal.Unwrap(wrapping, wrapped[:n]); !errors.Is(err, seal.ErrCorrupt) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestWrapRefusesShortKeys(t *testing.T) {
	if _, err := seal.Wrap(wrapping[:16], nil); err == nil {
		t.Error("wrapped under 16 bytes")
	}
	if _, err := seal.Unwrap(nil, mustWrap(t, nil)); err == nil {
		t.Error("unwrapped under nothing")
	}
}

package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"flag"
	"strings"
	"time"

	"boon"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var receipt = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// keyedHasher is a Hasher under a fixed key.
type keyedHasher struct{}

func (keyedHasher) Hash(ns boon.Namespace, normalised string) boon.Identifier {
	h := hmac.New(sha256.New, []byte("a key for tests"))
	h.Write([]byte{byte(ns)})
	h.Write([]byte(normalised))
	id := boon.Identifier{Namespace: ns}
	copy(id.Hash[:], h.Sum(nil))
	return id
}

// cleanForTest is a Cleaner that knows what these tests need.
func cleanForTest(ns boon.Namespace, raw string) (string, bool) {
	text := strings.TrimSpace(raw)
	switch strings.ToLower(text) {
	case "", "null", "undefined", "none", "unknown", "0":
		return "", false
	}
	switch ns {
	case boon.NamespaceEmail:
		return strings.ToLower(text), strings.Contains(text, "@")
	case boon.NamespacePhone:
		return strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(text), strings.ContainsAny(text, "0123456789")
	}
	return text, true
}

func testOptions(replay bool) Options {
	return Options{Currency: "USD", Hasher: keyedHasher{}, Clean: cleanForTest, Replay: replay}
}

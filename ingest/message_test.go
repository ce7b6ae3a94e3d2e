package ingest

import (
	"flag"
	"time"

	"boon/internal/seal"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var receipt = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

var testHasher = seal.NewHasher([]byte("a key of thirty-two bytes, tests"))

func testOptions(replay bool) Options {
	return Options{Currency: "USD", Hasher: testHasher, Clean: seal.Normalise, Replay: replay}
}

package pebblestore

import (
	"errors"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/conformance"

	"go.uber.org/goleak"
)

func open(t testing.TB, dir string, options Options) *DB {
	t.Helper()
	db, err := Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestStore(t *testing.T) {
	conformance.RunStore(t, func(t testing.TB, dir string, partitions int) conformance.Store {
		return open(t, dir, Options{Partitions: uint32(partitions)})
	})
}

func wantInUse(t *testing.T, dir string) {
	t.Helper()
	_, err := Open(dir, Options{})
	if !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) || !strings.Contains(err.Error(), dir+" is in use by another process; stop it, ask it by --url, or give another folder") {
		t.Errorf("opening a folder in use: %v", err)
	}
}

func TestFolderInUse(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, Options{})
	wantInUse(t, dir)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPartitionsAreFixed(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir, Options{Partitions: 4}).Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, Options{Partitions: 2})
	if err == nil || !strings.Contains(err.Error(), "made with 4 partitions and cannot be opened with 2") {
		t.Errorf("opening with other partitions: %v", err)
	}
	db := open(t, dir, Options{})
	if db.Partitions() != 4 {
		t.Errorf("%d partitions, want the folder's 4", db.Partitions())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{CacheBytes: -1}, {Queue: -1}} {
		if _, err := Open(t.TempDir(), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestClosed(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	db := open(t, t.TempDir(), Options{})
	appendOne(t, db, "a")
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range everyCall(t, db) {
		if !errors.Is(err, errClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}

func appendOne(t *testing.T, db *DB, id string) {
	t.Helper()
	if _, err := db.Append(t.Context(), []boon.LogEntry{{MessageID: id}}, time.Unix(0, 0), nil); err != nil {
		t.Fatal(err)
	}
}

// everyCall makes each call once.
func everyCall(t *testing.T, db *DB) map[string]error {
	calls := map[string]error{}
	_, calls["append"] = db.Append(t.Context(), []boon.LogEntry{{MessageID: "z"}}, time.Unix(0, 0), nil)
	_, calls["read"] = db.Read(t.Context(), 0, 0, 1)
	_, calls["get"] = db.Get(t.Context(), []byte("k"))
	calls["scan"] = db.Scan(t.Context(), nil, nil, func(_, _ []byte) bool { return true })
	calls["commit"] = db.Commit(t.Context(), []boon.Write{{Key: []byte("k"), Value: []byte("v")}}, true)
	calls["trim"] = db.Trim(t.Context(), time.Unix(9, 0), time.Unix(9, 0))
	return calls
}

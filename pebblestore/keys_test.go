package pebblestore

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestStoredForms(t *testing.T) {
	e := boon.LogEntry{MessageID: "m", Owner: boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{0xaa, 15: 0xbb}}, Received: time.Unix(1, 2), Payload: []byte("pay")}
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"entry", encodeEntry(nil, &e), "0102aa0000000000000000000000000000bb010202706179"},
		{"log key", logKey(nil, 1, 2), "6c000000010000000000000002"},
		{"user key", userKey(nil, []byte("a")), "6b61"},
		{"message key", messageKey(nil, hashMessage("m")), "64d6e5345be2eaf78df0904807418c57fc"},
		{"message", encodeMessage(nil, 20000, 300), "c0b802ac02"},
		{"trimmed key", trimmedKey(7), "6d7472696d6d656400000007"},
		{"partitions key", keyPartitions, "6d706172746974696f6e73"},
	} {
		if got := fmt.Sprintf("%x", c.got); got != c.want {
			t.Errorf("%s is %s, want %s: folders could not be read any more", c.name, got, c.want)
		}
	}
}

var genEntry = rapid.Custom(func(t *rapid.T) boon.LogEntry {
	e := boon.LogEntry{Payload: append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "payload")...)}
	e.Owner.Namespace = boon.Namespace(rapid.Byte().Draw(t, "namespace"))
	copy(e.Owner.Hash[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "hash"))
	if rapid.Bool().Draw(t, "received") {
		e.Received = time.Unix(0, rapid.Int64().Draw(t, "nanoseconds")).UTC()
	}
	return e
})

func TestEntryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEntry.Draw(t, "entry")
		got, err := decodeEntry(encodeEntry(nil, &e))
		if diff := cmp.Diff(e, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
		received, err := receivedOf(encodeEntry(nil, &e))
		if err != nil || !received.Equal(e.Received) {
			t.Fatalf("received %v, want %v (%v)", received, e.Received, err)
		}
	})
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add(encodeEntry(nil, &boon.LogEntry{Received: time.Unix(1, 2), Payload: []byte("pay")}))
	f.Add([]byte{})
	f.Add([]byte{entryVersion, 2})
	f.Fuzz(func(t *testing.T, value []byte) {
		e, err := decodeEntry(value)
		if err != nil {
			return
		}
		again, err := decodeEntry(encodeEntry(nil, &e))
		if diff := cmp.Diff(e, again); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

func FuzzDecodeMessage(f *testing.F) {
	f.Add(encodeMessage(nil, 20000, 300))
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, value []byte) {
		day, position, err := decodeMessage(value)
		if err != nil {
			return
		}
		if d, p, err := decodeMessage(encodeMessage(nil, day, position)); err != nil || d != day || p != position {
			t.Fatalf("%d %d, then %d %d (%v)", day, position, d, p, err)
		}
	})
}

// after is the least key behind a prefix: everything that starts with it is below, and what is not below comes after all that do.
func TestAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff}), 1, 4).Draw(t, "prefix")
		key := rapid.SliceOf(rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff})).Draw(t, "key")
		end := after(prefix)
		in := bytes.Compare(key, prefix) >= 0 && (end == nil || bytes.Compare(key, end) < 0)
		if in != bytes.HasPrefix(key, prefix) {
			t.Fatalf("prefix %x, end %x, key %x", prefix, end, key)
		}
	})
}

func TestDayOf(t *testing.T) {
	for at, want := range map[int64]int64{0: 0, 86399: 0, 86400: 1, -1: -1, -86400: -1, -86401: -2} {
		if got := dayOf(time.Unix(at, 0)); got != want {
			t.Errorf("second %d is on day %d, want %d", at, got, want)
		}
	}
}

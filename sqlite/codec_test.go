package sqlite

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"boon"
)

func sampleGrant() boon.Grant {
	at := time.Date(2026, 1, 5, 10, 0, 0, 123_000_000, time.UTC)
	return boon.Grant{ID: "grt_1", Offer: "o", Campaign: "c", Decision: "dec_1", Owner: boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{1, 2}},
		Release: "rel_1", Type: boon.RewardFixed, Level: 5_000_000, Currency: "EUR", Budget: "b", Committed: 500, State: boon.StateReserved,
		Before: boon.StateSaved, Code: "AB", Uses: 2, IssuedAt: at, ExpiresAt: at.Add(time.Hour), Discount: 3, Reversed: 1, OrderID: "o1", ChangedAt: at, Arm: "five",
		Places: []boon.Place{{Key: "id/o/user:1", N: 1}, {Key: "variance/b", N: 1 << 40}}}
}

func TestGrantCodec(t *testing.T) {
	for _, want := range []boon.Grant{sampleGrant(), {ID: "grt_0", State: boon.StateIssued}} {
		got, err := decodeGrant(encodeGrant(want))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

// A grant as it was stored before there were arms and places.
func TestOldGrantCodec(t *testing.T) {
	want := sampleGrant()
	want.Arm, want.Places = "", nil
	old := encodeGrant(want)
	old = old[:len(old)-2]
	old[0] = 1
	got, err := decodeGrant(old)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func FuzzDecodeGrant(f *testing.F) {
	f.Add(encodeGrant(sampleGrant()))
	f.Add([]byte{grantVersion})
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := decodeGrant(body)
		if err != nil {
			return
		}
		again, err := decodeGrant(encodeGrant(g))
		if diff := cmp.Diff(g, again); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	})
}

func FuzzParsePostings(f *testing.F) {
	f.Add("available=-500 committed=500")
	f.Fuzz(func(t *testing.T, text string) {
		postings, err := parsePostings(text, "b", "USD")
		if err != nil {
			return
		}
		again, err := parsePostings(formatPostings(postings), "b", "USD")
		if diff := cmp.Diff(postings, again); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	})
}

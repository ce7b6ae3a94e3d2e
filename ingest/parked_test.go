package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What waits for the stores in its stored form ends where it would have without waiting.
func TestParkedEventsReachTheLogAsTheyWere(t *testing.T) {
	calls := messages(t,
		`{"type":"identify","messageId":"m1","userId":"u1","anonymousId":"a1","traits":{"email":"x@example.org","plan":"gold"}}`,
		`{"type":"track","messageId":"m2","event":"Order Completed","anonymousId":"a1","properties":{"order_id":"o1","currency":"?"}}`,
		`{"type":"track","event":"Product Viewed","anonymousId":"a1","properties":{"product_id":"A1"}}`)
	direct, later := newStores(), newStores()
	if _, err := direct.acceptor().Accept(t.Context(), calls, receipt, nil); err != nil {
		t.Fatal(err)
	}
	data, err := later.acceptor().Prepare(calls).Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := DecodePrepared(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.acceptor().Commit(t.Context(), p, receipt, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(direct.entries, later.entries); diff != "" || len(later.entries) != 2 {
		t.Errorf("entries (-direct +later): %s", diff)
	}
	if diff := cmp.Diff(direct.contacts, later.contacts); diff != "" || len(later.contacts) == 0 {
		t.Errorf("contacts (-direct +later): %s", diff)
	}
	for _, bad := range []string{"", "{", `{"events":["AQ=="]}`, `{"events":["AQ=="],"contacts":[null]}`} {
		if _, err := DecodePrepared([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

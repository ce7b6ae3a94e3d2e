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
	if one, more := p.Names(); one.Event != "identify" || one.MessageID != "m1" || one.Owner != later.entries[0].Owner || more != 1 {
		t.Errorf("the call is told as %+v and %d more", one, more)
	}
	for _, bad := range []string{"", "{", `{"events":["AQ=="]}`, `{"events":["AQ=="],"contacts":[null]}`} {
		if _, err := DecodePrepared([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// A call is told by its first order, wherever it stands.
func TestACallIsToldByItsOrder(t *testing.T) {
	page := `{"type":"page","name":"Home","userId":"u1"}`
	order := func(id string) string {
		return `{"type":"track","event":"Order Completed","messageId":"m-` + id + `","userId":"u1","properties":{"order_id":"` + id + `"}}`
	}
	for _, c := range []struct {
		calls     []string
		event, id string
		more      int
	}{
		{nil, "", "", 0},
		{[]string{page}, "Home", "", 0},
		{[]string{page, order("o1"), order("o2")}, "Order Completed", "o1", 2},
		{[]string{order("o1"), page}, "Order Completed", "o1", 1},
	} {
		one, more := newStores().acceptor().Prepare(messages(t, c.calls...)).Names()
		if one.Event != c.event || one.Order != c.id || more != c.more || one.Received.IsZero() != (c.event == "") {
			t.Errorf("%v is told as %+v and %d more", c.calls, one, more)
		}
	}
}

package ingest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
)

// stores are the acceptor's ports in memory; order notes which was called when.
type stores struct {
	prepared map[boon.Identifier]bool
	entries  []boon.LogEntry
	seen     map[string]boon.Position
	contacts []SealedContact
	order    []string
	down     string // the port that does not answer
}

var errDown = errors.New("down")

func newStores() *stores {
	return &stores{prepared: map[boon.Identifier]bool{}, seen: map[string]boon.Position{}}
}

func (s *stores) call(port string) error {
	s.order = append(s.order, port)
	if s.down == port {
		return errDown
	}
	return nil
}

func (s *stores) Prepare(_ context.Context, owners []boon.Identifier) error {
	for _, id := range owners {
		s.prepared[id] = true
	}
	return s.call("prepare")
}

// Seal marks whose it is and hides the text, so that a test sees both what is sealed and for whom.
func (s *stores) Seal(_ context.Context, owner boon.Identifier, plain []byte) ([]byte, error) {
	if !s.prepared[owner] {
		return nil, errors.New("no key")
	}
	sealed := append([]byte(owner.String()+"|"), plain...)
	for i := range plain {
		sealed[len(sealed)-len(plain)+i] ^= 0x5a
	}
	return sealed, nil
}

func unsealed(t *testing.T, owner boon.Identifier, sealed []byte) []byte {
	t.Helper()
	rest, ok := bytes.CutPrefix(sealed, []byte(owner.String()+"|"))
	if !ok {
		t.Fatalf("sealed for another than %v", owner)
	}
	for i := range rest {
		rest[i] ^= 0x5a
	}
	return rest
}

func (s *stores) PutContacts(_ context.Context, contacts []SealedContact) error {
	s.contacts = append(s.contacts, contacts...)
	return s.call("contacts")
}

func (s *stores) Append(_ context.Context, entries []boon.LogEntry, _ time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	if err := s.call("append"); err != nil {
		return nil, err
	}
	done := make([]boon.Appended, len(entries))
	for i, e := range entries {
		if at, again := s.seen[e.MessageID]; again {
			done[i] = boon.Appended{Position: at, Duplicate: true}
			continue
		}
		s.entries = append(s.entries, e)
		done[i].Position = boon.Position(len(s.entries))
		s.seen[e.MessageID] = done[i].Position
	}
	if with != nil {
		with(done)
	}
	return done, nil
}

func (s *stores) acceptor() *Acceptor {
	return &Acceptor{Log: s, Sealer: s, Vault: s, Options: testOptions(false), NewID: func(m Message) string { return "new-" + m.Name }}
}

func messages(t testing.TB, raws ...string) []Message {
	out := make([]Message, len(raws))
	for i, raw := range raws {
		var err error
		if out[i], err = Decode([]byte(raw), 0, receipt); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestAccept(t *testing.T) {
	s := newStores()
	a := s.acceptor()
	batch := messages(t,
		`{"type":"track","event":"Product Viewed","messageId":"m1","userId":"u1","properties":{"sku":"A"}}`,
		`{"type":"track","event":"Order Completed","messageId":"m2","userId":"u1","properties":{"order_id":"o","products":[{"sku":"A","price":-1}]}}`,
		`{"type":"track","event":"Product Viewed","messageId":"m1","userId":"u1","properties":{"sku":"A"}}`,
		`{"type":"track","event":"Cart Viewed","anonymousId":"a1"}`,
		`{"type":"identify","messageId":"m5","userId":"u2","traits":{"email":"ann@example.com"}}`,
	)
	var told []boon.Appended
	receipts, err := a.Accept(t.Context(), batch, receipt, func(done []boon.Appended) []boon.Write { told = done; return nil })
	if err != nil {
		t.Fatal(err)
	}
	refusedAt(t, receipts[1].Err, boon.ReasonInvalidRequest, "properties.products[0].price")
	receipts[1].Err = nil
	want := []Receipt{{Index: 0, Position: 1}, {Index: 1}, {Index: 2, Position: 1, Duplicate: true}, {Index: 3, Position: 2}, {Index: 4, Position: 3}}
	if !slices.Equal(receipts, want) {
		t.Errorf("receipts %+v\nwant %+v", receipts, want)
	}
	if len(told) != 4 || s.entries[1].MessageID != "new-Cart Viewed" {
		t.Errorf("with was told %+v; second entry %+v", told, s.entries[1])
	}
	if want := []string{"prepare", "contacts", "append"}; !slices.Equal(s.order, want) {
		t.Errorf("called %v, want %v", s.order, want)
	}
	for _, e := range s.entries {
		event, err := DecodeEvent(unsealed(t, e.Owner, e.Payload))
		if err != nil || event.Owner != e.Owner || event.MessageID != e.MessageID || !event.Received.Equal(receipt) {
			t.Errorf("entry %+v holds %+v, %v", e, event, err)
		}
	}
	c := s.contacts[0]
	if value := unsealed(t, c.Owner, c.Sealed); len(s.contacts) != 1 || string(value) != "ann@example.com" || c.Owner != s.entries[2].Owner {
		t.Errorf("contacts %+v", s.contacts)
	}
}

// TestDenial: who denies analytics is believed at once; the choice is kept, the behaviour it came with is not, contracts are.
func TestDenial(t *testing.T) {
	const denied = `"userId":"u1","context":{"consent":{"categoryPreferences":{"Analytics":false}},"page":{"path":"/secret"},"traits":{"email":"a@b.example"}}`
	for name, c := range map[string]struct {
		raw     string
		dropped boon.Reason
		kept    string
	}{
		"a view":      {`{"type":"track","event":"Product Viewed","messageId":"m","properties":{"sku":"SKU-1"},` + denied + `}`, boon.ReasonConsentMissing, ""},
		"a page":      {`{"type":"page","name":"Secret","messageId":"m",` + denied + `}`, boon.ReasonConsentMissing, ""},
		"an order":    {`{"type":"track","event":"Order Completed","messageId":"m","properties":{"order_id":"ORD-1"},` + denied + `}`, "", "ORD-1"},
		"an identify": {`{"type":"identify","messageId":"m","traits":{"tier":"gold"},` + denied + `}`, "", "gold"},
		"granted":     {`{"type":"track","event":"Product Viewed","messageId":"m","properties":{"sku":"SKU-1"},` + strings.Replace(denied, "false", "true", 1) + `}`, "", "SKU-1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStores()
			receipts, err := s.acceptor().Accept(t.Context(), messages(t, c.raw), receipt, nil)
			if err != nil || receipts[0].Dropped != c.dropped || receipts[0].Err != nil {
				t.Fatalf("%+v, %v", receipts, err)
			}
			plain := unsealed(t, s.entries[0].Owner, s.entries[0].Payload)
			event := must(DecodeEvent(plain))
			if len(event.Choices) != 1 || !bytes.Contains(plain, []byte(c.kept)) {
				t.Errorf("kept %+v", event)
			}
			if c.dropped != "" && (event.Name != "" || event.SKU != "" || event.Rest != nil || event.Linked != nil || len(s.contacts) > 0) {
				t.Errorf("behaviour was kept: %+v, %v", event, s.contacts)
			}
		})
	}
}

// TestAcceptPromisesNothing: whichever port fails, the call fails as a whole, and made again it succeeds.
func TestAcceptPromisesNothing(t *testing.T) {
	raw := `{"type":"identify","messageId":"m","userId":"u2","traits":{"email":"ann@example.com"}}`
	for _, port := range []string{"prepare", "contacts", "append"} {
		s := newStores()
		s.down = port
		receipts, err := s.acceptor().Accept(t.Context(), messages(t, raw), receipt, nil)
		if !errors.Is(err, errDown) || receipts != nil || len(s.entries) > 0 {
			t.Errorf("%s down: %v, %v", port, receipts, err)
		}
		s.down = ""
		if receipts, err = s.acceptor().Accept(t.Context(), messages(t, raw), receipt, nil); err != nil || receipts[0].Position != 1 {
			t.Errorf("after %s: %v, %v", port, receipts, err)
		}
	}
}

// TestAcceptSpreads: an owner always has the same partition, many owners use all of them, and a large batch (normalised in parallel) keeps its order.
func TestAcceptSpreads(t *testing.T) {
	s := newStores()
	a := s.acceptor()
	a.Partitions = 4
	a.NewID = func(m Message) string { return m.UserID + m.Name }
	var batch []Message
	for i := range 3 * parallelFrom {
		batch = append(batch, Message{Kind: boon.KindPage, UserID: "user " + string(rune('A'+i%40)), Name: time.Duration(i).String(), Received: receipt})
	}
	receipts, err := a.Accept(t.Context(), batch, receipt, nil)
	if err != nil {
		t.Fatal(err)
	}
	partitions, used := map[boon.Identifier]uint32{}, map[uint32]bool{}
	for i, e := range s.entries {
		if e.MessageID != batch[i].UserID+batch[i].Name || receipts[i].Partition != e.Partition {
			t.Fatalf("entry %d is %q", i, e.MessageID)
		}
		if p, ok := partitions[e.Owner]; ok && p != e.Partition {
			t.Fatalf("%v is in partitions %d and %d", e.Owner, p, e.Partition)
		}
		partitions[e.Owner], used[e.Partition] = e.Partition, true
	}
	if len(partitions) != 40 || len(used) != 4 {
		t.Errorf("%d owners on %d partitions", len(partitions), len(used))
	}
}

package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"boon"
)

// void takes everything and keeps nothing, so that only the edge's own work is measured.
type void struct{}

func (void) Prepare(context.Context, []boon.Identifier) error { return nil }
func (void) Seal(_ context.Context, _ boon.Identifier, plain []byte) ([]byte, error) {
	return plain, nil
}
func (void) PutContacts(context.Context, []SealedContact) error { return nil }
func (void) Append(_ context.Context, entries []boon.LogEntry, _ time.Time, _ func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	return make([]boon.Appended, len(entries)), nil
}

// BenchmarkAccept is decode, normalise, encode and the bookkeeping around them; ns/op is per call.
func BenchmarkAccept(b *testing.B) {
	a := &Acceptor{Log: void{}, Sealer: void{}, Vault: void{}, Options: testOptions(false)}
	raw := []byte(orderMessage)
	for _, size := range []int{1, 1000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			batch := make([]Message, size)
			b.ReportAllocs()
			for b.Loop() {
				for i := range batch {
					batch[i] = must(Decode(raw, 0, receipt))
				}
				if _, err := a.Accept(b.Context(), batch, receipt, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// sessions are bodies of 20 events each, as a shop sends them: of many shoppers, mostly views of a product, here and there a basket or a name.
func sessions(bodies int) [][]byte {
	made, random := make([][]byte, bodies), rand.New(rand.NewPCG(1, 2))
	for i := range made {
		made[i] = []byte(`{"batch":[`)
		for n := range 20 {
			if n > 0 {
				made[i] = append(made[i], ',')
			}
			made[i] = append(made[i], visit(random, 20*i+n)...)
		}
		made[i] = append(made[i], "]}"...)
	}
	return made
}

func visit(random *rand.Rand, n int) string {
	head := func(kind string) string {
		return fmt.Sprintf(`{"type":%q,"messageId":"m-%d","userId":"shopper-%d","timestamp":"2026-01-05T10:%02d:%02dZ","context":{"channel":"web","location":{"country":"US"}}`,
			kind, n, random.IntN(1_000_000), n/60%60, n%60)
	}
	goods := func() string {
		p := random.IntN(5_000)
		return fmt.Sprintf(`"sku":"sku-%d","category":"category-%d","price":%d.%02d`, p, p%40, p%90+1, p%100)
	}
	switch n % 20 {
	case 7, 13:
		return head("track") + fmt.Sprintf(`,"event":"Checkout Started","properties":{"order_id":"order-%d","currency":"USD","total":45.17,"products":[{%s,"quantity":1},{%s,"quantity":2},{%s,"quantity":3}]}}`, n, goods(), goods(), goods())
	case 17:
		return head("identify") + fmt.Sprintf(`,"anonymousId":"device-%d","traits":{"kids_count":"2"}}`, n)
	}
	return head("track") + `,"event":"Product Viewed","properties":{` + goods() + `,"currency":"USD"}}`
}

// take decodes and accepts a body.
func (a *Acceptor) take(t testing.TB, body []byte) {
	batch := must(DecodeBatch(body, receipt))
	messages := make([]Message, len(batch.Items))
	for i, item := range batch.Items {
		messages[i] = item.Message
	}
	must(a.Accept(t.Context(), messages, receipt, nil))
}

// BenchmarkSessions is decode, normalise, encode and the bookkeeping around them, of a request of 20 different events.
func BenchmarkSessions(b *testing.B) {
	a := &Acceptor{Log: void{}, Sealer: void{}, Vault: void{}, Options: testOptions(false)}
	bodies, n := sessions(500), 0
	b.ReportAllocs()
	for b.Loop() {
		a.take(b, bodies[n%len(bodies)])
		n++
	}
}

// What only one message at a time needs is made once a request: about three allocations are an event's own.
func TestSessionsAllocations(t *testing.T) {
	a := &Acceptor{Log: void{}, Sealer: void{}, Vault: void{}, Options: testOptions(false)}
	body := sessions(1)[0]
	if got := testing.AllocsPerRun(50, func() { a.take(t, body) }); got > 160 { // 78; under the race detector, which empties pools, 124
		t.Errorf("%v allocations for 20 events, want 200 at most", got)
	}
}

package ingest

import (
	"context"
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

package engine

import (
	"context"
	"io"

	"boon"
	"boon/redeem"
	"boon/redeem/batch"
)

// codes serves pools.
type codes struct{ e *Engine }

// Check implements api.Codes.
func (c codes) Check(ctx context.Context, code string) (redeem.CodeState, error) {
	return c.e.teller.CheckCode(ctx, code)
}

// List implements api.Codes.
func (c codes) List(ctx context.Context, offer string, from, count int64, each func(redeem.PoolCode) error) error {
	return c.e.teller.ListCodes(ctx, c.e.book, offer, from, count, each)
}

// Import implements api.Codes.
func (c codes) Import(ctx context.Context, offer string, file io.Reader, progress func(done, of int)) (redeem.Import, error) {
	f, err := redeem.ReadCodes(offer, file)
	if err != nil {
		return redeem.Import{}, err
	}
	return c.e.desk.Import(batch.From(ctx, callerImport), c.e.book, f, c.e.config.Now(), func(done int) { progress(done, len(f.Codes)) })
}

// Guessed implements api.Codes.
func (c codes) Guessed(ctx context.Context, a boon.Alarm) error {
	return c.e.book.Update(ctx, func(tx redeem.Tx) error { return tx.Raise(a) })
}

package main

import (
	"context"
	"errors"
	"sync/atomic"

	"boon/bench"
	"boon/postgres"
)

func (c *benchMoneyCmd) onPostgres(ctx context.Context, _ int) (func(int) bench.Op, func() error, error) {
	inside, drop, err := bench.Schema(ctx, c.Ledger)
	if err != nil {
		return nil, nil, err
	}
	db, err := postgres.Open(ctx, inside, "bench")
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return bench.NewRedemptions(db, c.Codes).Redemption, func() error { return errors.Join(db.Close(), drop()) }, nil
}

// served is the whole server behind a loopback connection.
func (c *benchMoneyCmd) served(ctx context.Context, clients int, shared bool) (func(int) bench.Op, func() error, error) {
	l := load{Callers: clients, HTTP: true, Data: c.Data}
	if shared {
		l.Ledger = c.Ledger
	}
	dir, remove, err := l.folder()
	if err != nil {
		return nil, nil, err
	}
	r, err := newRig(ctx, dir, l, bench.Shop{Codes: c.Codes})
	if err != nil {
		remove()
		return nil, nil, err
	}
	var orders atomic.Int64
	return func(codes int) bench.Op { return redemption(r, &orders, codes) }, func() error { defer remove(); return r.close() }, nil
}

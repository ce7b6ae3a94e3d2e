package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// fresh begins on a connection that lives. Those that the server ended while they lay in the pool are found by BEGIN, before anything happened, and
// dropped.
type fresh struct{ *pgxpool.Pool }

func (f fresh) BeginTx(ctx context.Context, o pgx.TxOptions) (tx pgx.Tx, err error) {
	for range f.Config().MaxConns + 1 {
		if tx, err = f.Pool.BeginTx(ctx, o); !ended(err) {
			return tx, err
		}
	}
	return tx, err
}

func (f fresh) Begin(ctx context.Context) (pgx.Tx, error) { return f.BeginTx(ctx, pgx.TxOptions{}) }

// ended reports a connection that was there and is not any more.
func ended(err error) bool {
	var connecting *pgconn.ConnectError
	var said *pgconn.PgError
	switch {
	case err == nil, errors.As(err, &connecting):
		return false
	case errors.As(err, &said):
		return said.Code == "57P01" // an administrator's command
	}
	return lost(err)
}

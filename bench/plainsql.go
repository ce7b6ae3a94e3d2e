package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Schema makes an empty schema for one measurement. It returns a URL whose connections work in it, and what drops it again.
func Schema(ctx context.Context, server string) (inside string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("read the address of the database: %w", err)
	}
	name := "boon_bench_" + strings.ToLower(rand.Text()[:12])
	if err := statement(ctx, server, "CREATE SCHEMA "+name); err != nil {
		return "", nil, fmt.Errorf("make a schema for the measurement: %w", err)
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String(), func() error {
		return statement(context.WithoutCancel(ctx), server, "DROP SCHEMA "+name+" CASCADE")
	}, nil
}

func statement(ctx context.Context, server, query string) error {
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, query)
	return errors.Join(err, c.Close(ctx))
}

// PlainSQL is the table that a shop writes for itself: a redemption is a row, a budget is a row with a condition, both in one transaction.
type PlainSQL struct {
	pool   *pgxpool.Pool
	orders atomic.Int64
}

const plainTables = `
CREATE TABLE plain_budgets (id int PRIMARY KEY, amount bigint NOT NULL, spent bigint NOT NULL DEFAULT 0);
CREATE TABLE plain_redemptions (id bigserial PRIMARY KEY, budget int NOT NULL, order_id text NOT NULL, minor bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), UNIQUE (budget, order_id));
INSERT INTO plain_budgets (id, amount) SELECT n, 1000000000000 FROM generate_series(0, $1) n;`

// NewPlainSQL makes the tables with so many budgets, and a connection for each caller.
func NewPlainSQL(ctx context.Context, server string, budgets, callers int) (*PlainSQL, error) {
	config, err := pgxpool.ParseConfig(server)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err)
	}
	config.MaxConns = int32(callers)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open plain tables: %w", err)
	}
	for _, query := range strings.Split(strings.TrimSpace(strings.Replace(plainTables, "$1", fmt.Sprint(budgets-1), 1)), "\n") {
		if _, err := pool.Exec(ctx, query); err != nil {
			pool.Close()
			return nil, fmt.Errorf("make plain tables: %w", err)
		}
	}
	return &PlainSQL{pool: pool}, nil
}

// Close ends the connections.
func (p *PlainSQL) Close() { p.pool.Close() }

// Redemption takes 1.00 of one of the first so many budgets.
func (p *PlainSQL) Redemption(budgets int) Op {
	return func(ctx context.Context, _ int) (string, error) {
		n := int(p.orders.Add(1))
		return "", pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO plain_redemptions (budget, order_id, minor) VALUES ($1, $2, 100)", n%budgets, fmt.Sprint("o-", n))
			if err != nil {
				return err
			}
			done, err := tx.Exec(ctx, "UPDATE plain_budgets SET spent = spent + 100 WHERE id = $1 AND spent + 100 <= amount", n%budgets)
			if err == nil && done.RowsAffected() != 1 {
				err = errors.New("the budget is spent")
			}
			return err
		})
	}
}

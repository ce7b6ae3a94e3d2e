package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// notify wakes the processes that listen when the transaction commits. What there is to see they read themselves; one that is woken for another
// schema's sake finds nothing.
const notify = "SELECT pg_notify('boon', '')"

func announce(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, notify)
	return err
}

// Listen calls heard when another process has changed what all share, and once at the start, when it begins to listen. It returns when ctx ends or the
// connection is lost; what changes from then on is not heard.
func (db *DB) Listen(ctx context.Context, heard func()) error {
	c, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return wrap("listen", err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	if err := db.attend(ctx, c); err != nil {
		return wrap("listen", err)
	}
	if _, err := c.Exec(ctx, "LISTEN boon"); err != nil {
		return wrap("listen", err)
	}
	for {
		heard()
		if _, err := c.WaitForNotification(ctx); err != nil {
			return wrap("listen", fmt.Errorf("wait for notification: %w", err))
		}
	}
}

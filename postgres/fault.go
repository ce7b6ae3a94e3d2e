package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"boon"
)

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	var refused *boon.Error
	if errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%s: %w", what, unavailable(err))
}

// mended are the classes and codes of errors that time or an operator mends: no connection, no resources, turned away, a conflict with
// another transaction, a timeout, a database that takes no writes.
var mended = []string{"08", "53", "57", "58", "40", "55P03", "25006", "25P03"}

// unavailable tells a database that cannot be reached or written, which time or an operator mends, from a defect.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) { // it hangs, or the line to it does
		return again(err)
	}
	var connecting *pgconn.ConnectError // whatever the server gave as its reason
	if errors.As(err, &connecting) {
		return again(err)
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		for _, code := range mended {
			if strings.HasPrefix(said.Code, code) {
				return again(err)
			}
		}
		return err
	}
	if lost(err) {
		return again(err)
	}
	return err
}

func again(err error) error {
	return errors.Join(boon.Refuse(boon.ReasonUnavailable, "the ledger's database cannot be reached or written; nothing happened, try again"), err)
}

// lost reports whether the connection is gone, or was never made.
func lost(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// beside are the errors of a batch that found another one beside it, or a row that moved: must's, a key that is there, a CHECK that does not hold.
var beside = []string{"BN001", "23505", "23514"}

// conflict is what a batch says that the server refused. Under the lock nobody is beside it; without it this is what holds.
func conflict(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && slices.Contains(beside, said.Code) {
		return again(err)
	}
	return unavailable(err)
}

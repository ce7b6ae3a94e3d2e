package sqlite

import (
	"errors"
	"fmt"

	"boon"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, unavailable(err))
	}
	return nil
}

// unavailable tells a disk that cannot be written, which time or an operator mends, from a defect.
func unavailable(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return errors.Join(boon.Refuse(boon.ReasonUnavailable, "the ledger's disk cannot be written; nothing happened, try again"), err)
	}
	return err
}

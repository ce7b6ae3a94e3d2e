package ingest

import (
	"context"
	"fmt"
	"time"

	"boon"
)

// SealedContact is a Contact whose value only its owner's key opens.
type SealedContact struct {
	Owner  boon.Identifier
	Field  string
	Sealed []byte
	At     time.Time
}

func (a *Acceptor) putContacts(ctx context.Context, events []ready) error {
	var sealed []SealedContact
	for i := range events {
		for _, c := range events[i].contacts {
			value, err := a.Sealer.Seal(ctx, c.Owner, []byte(c.Value))
			if err != nil {
				return fmt.Errorf("seal contact: %w", err)
			}
			sealed = append(sealed, SealedContact{Owner: c.Owner, Field: c.Field, Sealed: value, At: c.At})
		}
	}
	if len(sealed) == 0 {
		return nil
	}
	if err := a.Vault.PutContacts(ctx, sealed); err != nil {
		return fmt.Errorf("put contacts: %w", err)
	}
	return nil
}

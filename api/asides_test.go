package api

import (
	"context"

	"boon"
	"boon/ingest"
)

// unapplied has one event that could not be applied.
type unapplied struct{}

func (*unapplied) SetAside(context.Context) ([]ingest.Standing, error) {
	return []ingest.Standing{{Aside: ingest.Aside{Position: 2, Cause: "the books refuse it"}}}, nil
}

func (u *unapplied) Retry(ctx context.Context, _ boon.Position, _ string) ([]ingest.Standing, error) {
	return u.SetAside(ctx)
}

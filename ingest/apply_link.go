package ingest

import (
	"cmp"
	"context"
	"fmt"

	"boon"
)

// linked applies a link that no event of the person's own brought.
func (a *Applier) linked(ctx context.Context, e *entry) error {
	linked, err := a.resolve(ctx, e)
	if err != nil || !linked {
		return err
	}
	members, err := a.View().members(ctx, e.event.Owner)
	if err != nil {
		return err
	}
	return a.pace(ctx, &e.event, members)
}

// pace moves the waits of whom an event links to the pace that they have as one.
func (a *Applier) pace(ctx context.Context, e *boon.Event, members []boon.Identifier) error {
	triggers := a.Rules().Triggers
	if !triggers.Paces() || len(members) < 2 {
		return nil
	}
	p, err := a.person(ctx, e.Owner, true)
	if err != nil {
		return err
	}
	ids, others, err := a.memories(ctx, e.Owner, members)
	if err != nil {
		return err
	}
	bare := boon.Event{Owner: e.Owner, Time: e.Time, Context: cmp.Or(e.Context, whereabouts(p))}
	row, failed := a.row(ctx, &bare, members)
	timers, err := triggers.Link(e.Time, row, &p.Memory, others...)
	if err == nil {
		err = *failed
	}
	if err != nil {
		return fmt.Errorf("pace waits of who is linked: %w", err)
	}
	a.armAll(e.Owner, ids, timers)
	return nil
}

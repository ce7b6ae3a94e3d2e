package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"boon"
)

// Edge is a link or a cut that one process learned of, for the others.
type Edge struct {
	Seq      int64    // its place among all, given when it is stored
	ID       [16]byte // of what asserted it: the same assertion is stored once
	A, B     boon.Identifier
	Verified bool
	At       time.Time
	Cut      bool
	Instance string // of the process that learned of it
}

// Edges tells other processes what this one learned of who is whom. On return it is durable; what is stored already is passed over.
type Edges interface {
	PutEdges(ctx context.Context, edges []Edge) error
}

// followed names the events that bring another process's edges: they are not told again.
const followed = "followed"

// Followed is the event that brings another process's edge onto this one's log.
func (e Edge) Followed(messageID string, now time.Time) boon.Event {
	kind := boon.KindLinked
	if e.Cut {
		kind = boon.KindCut
	}
	return boon.Event{MessageID: messageID, Kind: kind, Name: followed, Owner: e.A, Linked: []boon.Identifier{e.B}, Verified: e.Verified, Time: e.At, Received: now}
}

// tell keeps an edge of the batch for the others.
func (a *Applier) tell(e boon.Event, other boon.Identifier, cut bool) {
	if a.Edges == nil || e.Name == followed && (e.Kind == boon.KindLinked || e.Kind == boon.KindCut) {
		return
	}
	h := sha256.New()
	h.Write([]byte(e.MessageID))
	h.Write(personKey(e.Owner))
	h.Write(personKey(other))
	if cut {
		h.Write([]byte{1})
	}
	a.learned = append(a.learned, Edge{ID: [16]byte(h.Sum(nil)), A: e.Owner, B: other, Verified: e.Verified, At: e.Time, Cut: cut})
}

// tellOthers hands over what the batch learned. It comes before the position moves on: killed in between, the batch tells the same again.
func (a *Applier) tellOthers(ctx context.Context) error {
	if len(a.learned) == 0 {
		return nil
	}
	if err := a.Edges.PutEdges(ctx, a.learned); err != nil {
		return fmt.Errorf("tell other processes of links: %w", err)
	}
	a.learned = nil
	return nil
}

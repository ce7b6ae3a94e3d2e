package ingest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"boon"
)

// Pending knows which acknowledged events are not yet applied, by identifier, so that a decision can wait for those of its own shopper.
// It forgets an event as soon as it is applied. It is safe for concurrent use; make one with NewPending.
type Pending struct {
	mu      sync.Mutex
	lanes   map[uint32]*lane
	changed chan struct{} // closed and replaced when something was applied
}

type lane struct {
	applied boon.Position
	last    map[boon.Identifier]boon.Position
	most    int    // that last held since it was made
	noted   []mark // in the order of Note, which is nearly that of position
}

// roomy is how many identifiers a map may have room for without being looked at.
const roomy = 1024

type mark struct {
	id       boon.Identifier
	position boon.Position
}

// NewPending makes an empty one.
func NewPending() *Pending {
	return &Pending{lanes: make(map[uint32]*lane), changed: make(chan struct{})}
}

func (p *Pending) lane(partition uint32) *lane {
	l := p.lanes[partition]
	if l == nil {
		l = &lane{last: make(map[boon.Identifier]boon.Position)}
		p.lanes[partition] = l
	}
	return l
}

// Note says that the event at a position of a partition names these identifiers. Call it before the event is acknowledged.
func (p *Pending) Note(partition uint32, at boon.Position, ids ...boon.Identifier) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(partition)
	if at <= l.applied {
		return
	}
	for _, id := range ids {
		if l.last[id] < at {
			l.last[id] = at
			l.noted = append(l.noted, mark{id, at})
		}
	}
	l.most = max(l.most, len(l.last))
}

// Applied says that a partition is applied up to and with a position.
func (p *Pending) Applied(partition uint32, upTo boon.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(partition)
	if upTo <= l.applied {
		return
	}
	l.applied = upTo
	l.forget()
	close(p.changed)
	p.changed = make(chan struct{})
}

// forget drops the marks that are applied; one noted out of order waits for those before it.
func (l *lane) forget() {
	done := 0
	for done < len(l.noted) && l.noted[done].position <= l.applied {
		if id := l.noted[done].id; l.last[id] <= l.applied {
			delete(l.last, id)
		}
		done++
	}
	if l.noted = l.noted[done:]; len(l.noted) == 0 {
		l.noted = nil
	}
	l.shrink()
}

// shrink gives back the room of a rush that is over, which a map keeps when what was in it is deleted.
func (l *lane) shrink() {
	if l.most <= roomy || len(l.last) > l.most/8 {
		return
	}
	left := make(map[boon.Identifier]boon.Position, len(l.last))
	maps.Copy(left, l.last)
	l.last, l.most, l.noted = left, len(left), slices.Clone(l.noted)
}

// Settled says that every noted event of the identifiers is applied.
func (p *Pending) Settled(ids []boon.Identifier) bool {
	_, behind := p.behind(ids)
	return !behind
}

// Wait returns when every noted event of the identifiers is applied, or with the context's error.
func (p *Pending) Wait(ctx context.Context, ids []boon.Identifier) error {
	for {
		changed, behind := p.behind(ids)
		if !behind {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *Pending) behind(ids []boon.Identifier) (<-chan struct{}, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lanes {
		for _, id := range ids {
			if l.last[id] > l.applied {
				return p.changed, true
			}
		}
	}
	return nil, false
}

package seal

import (
	"sync"

	"boon"
)

// ready holds keys at hand, those used of late. When the younger half is full it becomes the older, and what was there and not used since is let go.
type ready struct {
	max int // of both halves

	mu         sync.Mutex
	young, old map[boon.Identifier]sealer
	drops      uint64 // so far: a key that was fetched before one is not kept after it
}

func (r *ready) get(id boon.Identifier) (sealer, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.young[id]; ok {
		return s, true
	}
	s, ok := r.old[id]
	if ok {
		r.put(id, s)
	}
	return s, ok
}

// dropped is what add is told, to know whether a key was dropped since.
func (r *ready) dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drops
}

func (r *ready) add(found map[boon.Identifier]sealer, drops uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drops != drops {
		return
	}
	for id, s := range found {
		r.put(id, s)
	}
}

func (r *ready) put(id boon.Identifier, s sealer) {
	if r.young == nil || len(r.young) >= (r.max+1)/2 {
		r.young, r.old = map[boon.Identifier]sealer{}, r.young
	}
	r.young[id] = s
}

func (r *ready) drop(ids []boon.Identifier) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drops++
	for _, id := range ids {
		delete(r.young, id)
		delete(r.old, id)
	}
}

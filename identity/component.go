package identity

import (
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"boon"
)

// Profile is one component of the graph: identifiers that links connect.
type Profile struct {
	ProfileID string
	Root      boon.Identifier   // the member seen first, which names the profile
	Members   []boon.Identifier // ascending
	Truncated bool              // there are more members than were asked for
}

// Component walks the uncut edges from some identifiers of one person, breadth first and in ascending order, to at most max members (0: 1000).
// verifiedOnly walks the edges that a server vouches for: those that open a wallet. A blocked identifier among several in from is left
// out; alone, it is its own component. load gives a Node with First 0 for an identifier never seen.
func Component(load func(boon.Identifier) (Node, error), from []boon.Identifier, verifiedOnly bool, max int) (Profile, error) {
	if max <= 0 {
		max = 1000
	}
	w := walk{load: load, verified: verifiedOnly, max: max}
	if err := w.start(from); err != nil {
		return Profile{}, err
	}
	for i := 0; i < len(w.queue); i++ {
		if err := w.expand(w.queue[i]); err != nil {
			return Profile{}, err
		}
	}
	return w.profile(), nil
}

type walk struct {
	load      func(boon.Identifier) (Node, error)
	verified  bool
	max       int
	queue     []Node
	refused   []boon.Identifier // blocked, met on the way
	met       map[boon.Identifier]struct{}
	truncated bool
}

// start puts the starting points in the queue; only when all are blocked, the first of them.
func (w *walk) start(from []boon.Identifier) error {
	for _, id := range from {
		if id.IsZero() || w.known(id) {
			continue
		}
		n, err := w.read(id)
		switch {
		case err != nil:
			return err
		case n.blocked(w.verified):
			w.refuse(id)
		default:
			w.accept(n)
		}
	}
	if len(w.queue) > 0 || len(w.refused) == 0 {
		return nil
	}
	alone, err := w.read(w.refused[0])
	alone.Edges = nil
	w.accept(alone)
	return err
}

func (w *walk) expand(n Node) error {
	for _, e := range n.Edges {
		if e.Cut || (w.verified && !e.Verified) || w.known(e.To) {
			continue
		}
		next, err := w.read(e.To)
		if err != nil {
			return err
		}
		switch {
		case next.blocked(w.verified):
			w.refuse(e.To)
		case len(w.queue) >= w.max:
			w.truncated = true
			return nil
		default:
			w.accept(next)
		}
	}
	return nil
}

func (w *walk) read(id boon.Identifier) (Node, error) {
	n, err := w.load(id)
	if err != nil {
		return Node{}, fmt.Errorf("load identity %s: %w", id, err)
	}
	n.ID = id
	return n, nil
}

// known says whether the walk has met id. Most components are so small that looking through them beats hashing.
func (w *walk) known(id boon.Identifier) bool {
	if w.met != nil {
		_, ok := w.met[id]
		return ok
	}
	for i := range w.queue {
		if w.queue[i].ID == id {
			return true
		}
	}
	return slices.Contains(w.refused, id)
}

func (w *walk) accept(n Node) {
	w.queue = append(w.queue, n)
	w.note(n.ID)
}

func (w *walk) refuse(id boon.Identifier) {
	w.refused = append(w.refused, id)
	w.note(id)
}

// note keeps a set of what was met once the lists grow long.
func (w *walk) note(id boon.Identifier) {
	if w.met != nil {
		w.met[id] = struct{}{}
		return
	}
	if len(w.queue)+len(w.refused) < 32 {
		return
	}
	w.met = make(map[boon.Identifier]struct{}, 128)
	for i := range w.queue {
		w.met[w.queue[i].ID] = struct{}{}
	}
	for _, id := range w.refused {
		w.met[id] = struct{}{}
	}
}

func (w *walk) profile() Profile {
	if len(w.queue) == 0 {
		return Profile{}
	}
	c := Profile{Members: make([]boon.Identifier, 0, len(w.queue)), Truncated: w.truncated}
	root := &w.queue[0]
	for i := range w.queue {
		c.Members = append(c.Members, w.queue[i].ID)
		if seenBefore(&w.queue[i], root) {
			root = &w.queue[i]
		}
	}
	slices.SortFunc(c.Members, boon.Identifier.Compare)
	c.Root = root.ID
	c.ProfileID = ProfileID(root.ID)
	return c
}

// seenBefore orders by First, never seen last, then by identifier.
func seenBefore(a, b *Node) bool {
	if x, y := a.First-1, b.First-1; x != y { // 0 wraps round to the greatest
		return x < y
	}
	return a.ID.Compare(b.ID) < 0
}

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ProfileID is the public id of the profile whose first-seen member is root: the member itself, in base 32.
func ProfileID(root boon.Identifier) string {
	var raw [17]byte
	raw[0] = byte(root.Namespace)
	copy(raw[1:], root.Hash[:])
	var out [len(boon.PrefixProfile) + 28]byte
	copy(out[:], boon.PrefixProfile)
	crockford.Encode(out[len(boon.PrefixProfile):], raw[:])
	return string(out[:])
}

// ParseProfileID finds the member that names the profile. The profile may have merged into another since: walk from the member.
func ParseProfileID(id string) (boon.Identifier, error) {
	text, ok := strings.CutPrefix(id, boon.PrefixProfile)
	raw, err := crockford.DecodeString(text)
	if !ok || err != nil || len(raw) != 17 || raw[0] == 0 || raw[0] > byte(boon.NamespaceDevice) {
		return boon.Identifier{}, boon.Invalid("profileId", "%q is not a profile id", id)
	}
	found := boon.Identifier{Namespace: boon.Namespace(raw[0])}
	copy(found.Hash[:], raw[1:])
	return found, nil
}

package identity

import (
	"slices"
	"time"

	"boon"
)

// Sources of an edge.
const (
	SourceEvent   = "event" // two identifiers on one event
	SourceAlias   = "alias" // an alias call
	SourceTrait   = "trait" // an e-mail or phone among the traits
	SourceRequest = "request"
	SourceMatch   = "match" // probable, by Weights; never verified, and made only where consent allows it
)

// Why a node is blocked.
const (
	BlockedByUsers   = "too_many_users"
	BlockedByDevices = "too_many_devices"
	BlockedByEdges   = "too_many_links"
)

// Node is one identifier with all its edges. Its codec is Encode and Decode.
type Node struct {
	ID              boon.Identifier
	First           boon.Position // where the log first held it; 0: it never did
	Edges           []Edge        // ascending by To
	Blocked         bool          // by all its edges
	BlockedVerified bool          // by its verified edges alone
	Reason          string        // one of the BlockedBy constants
}

// Edge is one link, seen from one end. Of several assertions of one link the earliest gives At, Position and Source; one verified
// assertion verifies it.
type Edge struct {
	To       boon.Identifier
	Verified bool
	Source   string
	At       time.Time
	Position boon.Position
	Cut      bool
	CutAt    time.Time
}

// Pair is one link that an event asserts.
type Pair struct {
	A, B     boon.Identifier
	Verified bool
	Source   string
	At       time.Time
}

// Edges lists the links that an event asserts: its owner with every further identifier it names. An event with one identifier asserts none.
func Edges(e boon.Event) []Pair {
	if len(e.Linked) == 0 {
		return nil
	}
	pairs := make([]Pair, 0, len(e.Linked))
	for _, to := range e.Linked {
		if to.IsZero() || to == e.Owner {
			continue
		}
		pairs = append(pairs, Pair{e.Owner, to, e.Verified, sourceOf(e.Kind, to), e.Time})
	}
	return pairs
}

func sourceOf(kind boon.Kind, to boon.Identifier) string {
	switch {
	case to.Namespace == boon.NamespaceEmail || to.Namespace == boon.NamespacePhone:
		return SourceTrait
	case kind == boon.KindAlias:
		return SourceAlias
	}
	return SourceEvent
}

// See records that the log held the identifier at position, and reports whether that is earlier than was known.
func (n *Node) See(position boon.Position) bool {
	if position == 0 || (n.First != 0 && n.First <= position) {
		return false
	}
	n.First = position
	return true
}

// edge finds the edge to an identifier.
func (n *Node) edge(to boon.Identifier) (int, bool) {
	return slices.BinarySearchFunc(n.Edges, to, func(e Edge, id boon.Identifier) int { return e.To.Compare(id) })
}

// blocked says whether a walk must not pass through the node.
func (n *Node) blocked(verifiedOnly bool) bool {
	if verifiedOnly {
		return n.BlockedVerified
	}
	return n.Blocked
}

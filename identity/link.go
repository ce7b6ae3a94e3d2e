package identity

import (
	"slices"
	"time"

	"boon"
)

// Rules bound what may be linked. The zero value of a field means its default.
type Rules struct {
	MaxUsersPerIdentifier int // distinct users on an identifier that is not a user; default 5
	MaxDevicesPerContact  int // distinct anonymous ids and devices on an e-mail or phone; default 40
	MaxEdges              int // edges of each sort on any node; default 500
}

// RulesOf takes the shop's rules, and defaults for the rest.
func RulesOf(r boon.IdentityRules) Rules {
	return Rules{MaxUsersPerIdentifier: r.MaxUsersPerIdentifier}.WithDefaults()
}

// WithDefaults fills in what is zero.
func (r Rules) WithDefaults() Rules {
	orDefault := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	orDefault(&r.MaxUsersPerIdentifier, 5)
	orDefault(&r.MaxDevicesPerContact, 40)
	orDefault(&r.MaxEdges, 500)
	return r
}

// Link makes or strengthens the edge between a and b, at both ends, and blocks an end that it makes shared by too many. It reports whether either
// node changed, and so must be stored. position is the log's, of the event that asserts the pair; 0 for one made by hand.
func Link(a, b *Node, p Pair, position boon.Position, rules Rules) bool {
	if a.ID == b.ID || a.ID.IsZero() || b.ID.IsZero() {
		return false
	}
	rules = rules.WithDefaults()
	edge := Edge{Verified: p.Verified, Source: p.Source, At: instant(p.At), Position: position}
	there := a.attach(b.ID, edge, rules)
	back := b.attach(a.ID, edge, rules)
	return there || back
}

// Cut marks the edge between a and b as cut at an instant. It reports whether there was an edge to cut. What is cut stays cut until Restore.
func Cut(a, b *Node, at time.Time, rules Rules) bool {
	return setCut(a, b, true, instant(at), rules.WithDefaults())
}

// Restore takes a cut back.
func Restore(a, b *Node, rules Rules) bool {
	return setCut(a, b, false, time.Time{}, rules.WithDefaults())
}

func setCut(a, b *Node, cut bool, at time.Time, rules Rules) bool {
	changed := false
	for _, end := range [2]struct{ from, to *Node }{{a, b}, {b, a}} {
		i, found := end.from.edge(end.to.ID)
		if !found || end.from.Edges[i].Cut == cut {
			continue
		}
		end.from.Edges[i].Cut, end.from.Edges[i].CutAt = cut, at
		end.from.block(rules)
		changed = true
	}
	return changed
}

func (n *Node) attach(to boon.Identifier, e Edge, rules Rules) bool {
	e.To = to
	at, found := n.edge(to)
	if found {
		joined := join(n.Edges[at], e)
		if joined == n.Edges[at] {
			return false
		}
		n.Edges[at] = joined
		n.block(rules)
		return true
	}
	if n.full(e.Verified, rules) {
		return n.refuse(e.Verified)
	}
	n.Edges = slices.Insert(n.Edges, at, e)
	n.block(rules)
	return true
}

// full bounds verified and unverified edges apart, so that a browser cannot crowd out what a server asserts.
func (n *Node) full(verified bool, rules Rules) bool {
	if len(n.Edges) < rules.MaxEdges {
		return false
	}
	count := 0
	for _, e := range n.Edges {
		if e.Verified == verified {
			count++
		}
	}
	return count >= rules.MaxEdges
}

// refuse blocks a node that an edge more would overfill. The block stays, whatever is cut: edges are missing.
func (n *Node) refuse(verified bool) bool {
	if n.Blocked && (n.BlockedVerified || !verified) {
		return false
	}
	n.Blocked, n.BlockedVerified, n.Reason = true, n.BlockedVerified || verified, BlockedByEdges
	return true
}

// join keeps the earlier assertion and the stronger evidence; it is commutative, associative and idempotent.
func join(old, e Edge) Edge {
	first, second := old, e
	if earlier(e, old) {
		first, second = e, old
	}
	first.Verified = first.Verified || second.Verified
	first.Cut, first.CutAt = old.Cut, old.CutAt
	return first
}

func earlier(a, b Edge) bool {
	switch {
	case !a.At.Equal(b.At):
		return a.At.Before(b.At)
	case a.Position != b.Position:
		return a.Position < b.Position
	}
	return a.Source < b.Source
}

// block works out the two blocks anew from the edges that are not cut.
func (n *Node) block(rules Rules) {
	verified := crowded(n, rules, true) != ""
	if n.Reason == BlockedByEdges {
		n.BlockedVerified = n.BlockedVerified || verified
		return
	}
	n.Reason = crowded(n, rules, false)
	n.Blocked, n.BlockedVerified = n.Reason != "", verified
}

// crowded says why an identifier cannot be one person's; "" when it can. A user is never crowded by other identifiers.
func crowded(n *Node, rules Rules, verifiedOnly bool) string {
	if n.ID.Namespace == boon.NamespaceUser {
		return ""
	}
	users, devices := 0, 0
	for _, e := range n.Edges {
		if e.Cut || (verifiedOnly && !e.Verified) {
			continue
		}
		switch e.To.Namespace {
		case boon.NamespaceUser:
			users++
		case boon.NamespaceAnonymous, boon.NamespaceDevice:
			devices++
		}
	}
	contact := n.ID.Namespace == boon.NamespaceEmail || n.ID.Namespace == boon.NamespacePhone
	switch {
	case users > rules.MaxUsersPerIdentifier:
		return BlockedByUsers
	case contact && devices > rules.MaxDevicesPerContact:
		return BlockedByDevices
	}
	return ""
}

func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(t.Unix(), int64(t.Nanosecond())).UTC()
}

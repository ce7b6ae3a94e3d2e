package identity

import (
	"fmt"

	"boon"
	"boon/internal/wire"
)

const version = 1

const (
	flagVerified = 1 << iota
	flagCut
)

const (
	nodeBlocked = 1 << iota
	nodeBlockedVerified
)

// Encode is the node's stored form.
func (n Node) Encode() []byte {
	w := wire.Writer{Buf: make([]byte, 0, 32+48*len(n.Edges))}
	w.Byte(version)
	putIdentifier(&w, n.ID)
	w.Uint(uint64(n.First))
	w.Byte(flags(n.Blocked, nodeBlocked) | flags(n.BlockedVerified, nodeBlockedVerified))
	w.String(n.Reason)
	w.Uint(uint64(len(n.Edges)))
	for _, e := range n.Edges {
		putIdentifier(&w, e.To)
		w.Byte(flags(e.Verified, flagVerified) | flags(e.Cut, flagCut))
		w.String(e.Source)
		w.Time(e.At)
		w.Uint(uint64(e.Position))
		if e.Cut {
			w.Time(e.CutAt)
		}
	}
	return w.Buf
}

// Decode reads what Encode wrote.
func Decode(data []byte) (Node, error) {
	r := wire.NewReader(data)
	if v := r.Byte(); v != version {
		return Node{}, fmt.Errorf("decode identity: version %d is not known", v)
	}
	n := Node{ID: identifier(r), First: boon.Position(r.Uint())}
	set := r.Byte()
	n.Blocked, n.BlockedVerified = set&nodeBlocked != 0, set&nodeBlockedVerified != 0
	n.Reason = r.String()
	if count := r.Count(20); count > 0 {
		n.Edges = make([]Edge, count)
	}
	ordered := true
	for i := range n.Edges {
		n.Edges[i] = edge(r)
		ordered = ordered && (i == 0 || n.Edges[i-1].To.Compare(n.Edges[i].To) < 0)
	}
	if r.Err() != nil || r.Len() > 0 || !ordered {
		return Node{}, fmt.Errorf("decode identity: %w", wire.ErrMalformed)
	}
	return n, nil
}

func edge(r *wire.Reader) Edge {
	e := Edge{To: identifier(r)}
	set := r.Byte()
	e.Verified, e.Cut = set&flagVerified != 0, set&flagCut != 0
	e.Source, e.At, e.Position = source(r.Bytes()), r.Time(), boon.Position(r.Uint())
	if e.Cut {
		e.CutAt = r.Time()
	}
	return e
}

// source spares an allocation for the words that edges mostly have.
func source(b []byte) string {
	for _, known := range [...]string{SourceEvent, SourceTrait, SourceAlias, SourceRequest} {
		if string(b) == known {
			return known
		}
	}
	return string(b)
}

func putIdentifier(w *wire.Writer, id boon.Identifier) {
	w.Byte(byte(id.Namespace))
	w.Raw(id.Hash[:])
}

func identifier(r *wire.Reader) boon.Identifier {
	id := boon.Identifier{Namespace: boon.Namespace(r.Byte())}
	copy(id.Hash[:], r.Raw(len(id.Hash)))
	return id
}

func flags(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

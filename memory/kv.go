package memory

import (
	"bytes"

	"boon"

	"github.com/zeebo/xxh3"
)

// tree is an immutable treap: a change makes a new one that shares what stayed, so a reader keeps what it began with. Its priorities are hashes of
// the keys, hence equal contents give equal trees. Nil is the empty tree.
//
// Seidel and Aragon, "Randomized Search Trees", Algorithmica 16 (1996).
type tree struct {
	key, value  []byte
	priority    uint64
	left, right *tree
}

func (t *tree) get(key []byte) ([]byte, bool) {
	for t != nil {
		switch c := bytes.Compare(key, t.key); {
		case c < 0:
			t = t.left
		case c > 0:
			t = t.right
		default:
			return t.value, true
		}
	}
	return nil, false
}

// with is the tree after one write.
func (t *tree) with(w boon.Write) *tree {
	below, rest := t.split(w.Key, false)
	_, above := rest.split(w.Key, true)
	if w.Value == nil {
		return join(below, above)
	}
	leaf := &tree{key: clone(w.Key), value: clone(w.Value), priority: xxh3.Hash(w.Key)}
	return join(join(below, leaf), above)
}

// split parts the keys below key from those above; key itself goes below when with is set, else above.
func (t *tree) split(key []byte, with bool) (below, above *tree) {
	if t == nil {
		return nil, nil
	}
	part := *t
	if c := bytes.Compare(t.key, key); c < 0 || c == 0 && with {
		part.right, above = t.right.split(key, with)
		return &part, above
	}
	below, part.left = t.left.split(key, with)
	return below, &part
}

// join puts trees together of which every key of a is below every key of b.
func join(a, b *tree) *tree {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	if a.priority > b.priority {
		top := *a
		top.right = join(a.right, b)
		return &top
	}
	top := *b
	top.left = join(a, b.left)
	return &top
}

// ascend calls fn for the keys from a key on, until it returns false.
func (t *tree) ascend(from []byte, fn func(key, value []byte) bool) bool {
	if t == nil {
		return true
	}
	if bytes.Compare(t.key, from) < 0 {
		return t.right.ascend(from, fn)
	}
	return t.left.ascend(from, fn) && fn(t.key, t.value) && t.right.ascend(from, fn)
}

// clone is never nil: an empty value is not an absent one.
func clone(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

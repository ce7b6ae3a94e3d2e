package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"boon"
)

// Hash is a link of a chain: SHA-256 of the hash before it and the canonical bytes of what it stands for. The first link follows 32 zero bytes.
type Hash [sha256.Size]byte

// MarshalText writes hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || copy(h[:], b) != len(h) || len(b) != len(h) {
		return fmt.Errorf("%q is no hash of %d hexadecimal digits", text, 2*len(h))
	}
	return nil
}

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Head is the end of a chain: whoever keeps one can tell later that nothing before it was changed or cut off.
type Head struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}

func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, h.Hash) }

// ParseHead reads SEQ:HASH.
func ParseHead(text string) (h Head, err error) {
	seq, hash, _ := strings.Cut(text, ":")
	if h.Seq, err = strconv.ParseInt(seq, 10, 64); err == nil {
		err = h.Hash.UnmarshalText([]byte(hash))
	}
	if err != nil || h.Seq < 1 {
		return h, boon.Invalid("", "%q is not SEQ:HASH as boon ledger verify prints it.", text)
	}
	return h, nil
}

// Follow is the link of an entry after prev. The canonical bytes are netstrings (LENGTH:BYTES,) of id, time, transition, grant, order and the time
// that the entry adjusts, then of budget, currency, account and minor units of each posting; times are nanoseconds since 1970, "" where there is none.
func Follow(prev Hash, e boon.Entry) Hash {
	b := append(make([]byte, 0, 512), prev[:]...)
	b = netstrings(b, e.ID, nanos(e.At), e.Transition, e.Grant, e.OrderID, nanos(e.Adjusts))
	for _, p := range e.Postings {
		b = netstrings(b, p.Account.Budget, string(p.Account.Currency), string(p.Account.Kind), strconv.FormatInt(p.Minor, 10))
	}
	return sha256.Sum256(b)
}

// FollowAct is the link of an operator's act after prev: netstrings of time, actor, action, subject and detail.
func FollowAct(prev Hash, a boon.AuditEntry) Hash {
	b := append(make([]byte, 0, 512), prev[:]...)
	return sha256.Sum256(netstrings(b, nanos(a.At), a.Actor, a.Action, a.Subject, string(a.Detail)))
}

func netstrings(b []byte, fields ...string) []byte {
	for _, f := range fields {
		b = strconv.AppendInt(b, int64(len(f)), 10)
		b = append(append(append(b, ':'), f...), ',')
	}
	return b
}

func nanos(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixNano(), 10)
}

// Chain follows stored links and finds the first that is broken. Want, when its Seq is set, is a head that was noted earlier.
type Chain struct {
	Want Head
	Head Head // of the last link followed

	broken string
	seen   bool
}

// Link follows one more link: what is stored at seq, and what its content comes to after the link before.
func (c *Chain) Link(seq int64, name string, stored Hash, follow func(prev Hash) Hash) {
	if c.broken == "" && stored != follow(c.Head.Hash) {
		c.broken = fmt.Sprintf("link %d (%s) does not follow from the one before it: one of them was changed, or one between them was taken out", seq, name)
	}
	c.Head = Head{seq, stored}
	if seq == c.Want.Seq {
		c.seen = true
		if c.broken == "" && stored != c.Want.Hash {
			c.broken = fmt.Sprintf("link %d (%s) was %s when its head was noted and is %s now", seq, name, c.Want.Hash, stored)
		}
	}
}

// Broken names the first broken link; "" of a chain that holds. It is asked after the last link.
func (c *Chain) Broken() string {
	if c.broken == "" && c.Want.Seq > 0 && !c.seen {
		return fmt.Sprintf("it ends at link %d, but link %d was there when its head was noted: the end was cut off", c.Head.Seq, c.Want.Seq)
	}
	return c.broken
}

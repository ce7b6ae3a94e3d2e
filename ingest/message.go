package ingest

import (
	"time"

	"boon"
)

// Limits of Segment's HTTP Tracking API, and ours on nesting.
const (
	MaxMessage  = 32 << 10  // bytes of one message
	MaxID       = 512       // bytes of a messageId or an order's id: an index of the ledger takes no more than 2,700
	MaxBatch    = 500 << 10 // bytes of a batch
	MaxShared   = 8 << 10   // bytes of a batch's context, which every message of it repeats
	MaxMessages = 2500      // messages of a batch
	MaxDepth    = 24        // containers around any value of a message
)

// Message is one Segment call as it was sent: type-checked, not yet hashed. It holds raw identifiers and personal values, so it is never stored
// and never logged. The caller may set MessageID (when empty), Received, Verified and GPC before it is accepted.
type Message struct {
	Kind        boon.Kind
	Name        string // event of a track call; name of a page or screen
	MessageID   string // "": none was sent
	UserID      string
	AnonymousID string
	PreviousID  string // alias
	GroupID     string // group
	WriteKey    string // of the message or of the batch around it

	Timestamp time.Time // by the sender's clock; zero: none was sent
	SentAt    time.Time // by the sender's clock, of the message or of the batch around it
	Received  time.Time // by ours

	Verified bool // a server key, or a file on the server, vouches for it
	GPC      bool // it came with the header Sec-GPC: 1

	root       value
	properties value
	traits     value
	context    value
	defaults   value // the batch's context: what the message's own does not say
}

// contextValue is a member of the message's context, else of the batch's.
func (m *Message) contextValue(key string) value {
	if v := m.context.get(key); v.present() {
		return v
	}
	return m.defaults.get(key)
}

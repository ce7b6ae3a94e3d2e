package ingest

import (
	"fmt"
	"time"

	"boon"
)

// Decoded is one item of a batch: a message, or why there is none.
type Decoded struct {
	Message Message
	Err     error // *boon.Error; Field is relative to the message
}

// Batch is a body of /v1/batch or /v1/import. Items keep the order of the body: an item's index is its place in "batch".
type Batch struct {
	WriteKey string
	SentAt   time.Time
	Items    []Decoded
}

// DecodeBatch reads a batch. The batch's context, sentAt and writeKey stand in for what an item does not say itself (context member by
// member). The error is for a body that is no batch at all or is over a limit (MaxBatch, MaxMessages, MaxShared); a bad item only has
// its own.
func DecodeBatch(body []byte, received time.Time) (Batch, error) {
	if len(body) > MaxBatch {
		return Batch{}, boon.Refuse(boon.ReasonTooLarge, "a batch may be %d bytes long, this one is %d", MaxBatch, len(body))
	}
	doc, err := parseDocument(string(body))
	if err != nil {
		return Batch{}, err
	}
	b := batchDecoder{received: received}
	envelope := decoder{message: &b.shared}
	list := b.envelope(&envelope, value{doc, 0})
	if envelope.err != nil {
		return Batch{}, envelope.err
	}
	if list.kind() != tapeArray {
		return Batch{}, boon.Invalid("batch", `a batch is an object with its messages in the array "batch"`)
	}
	if shared := b.shared.context; shared.present() && len(shared.raw()) > MaxShared {
		return Batch{}, &boon.Error{Reason: boon.ReasonTooLarge, Field: "context", Detail: fmt.Sprintf("a batch's context may be %d bytes long", MaxShared)}
	}
	n := list.count()
	if n > MaxMessages {
		return Batch{}, boon.Refuse(boon.ReasonTooLarge, "a batch may hold %d messages, this one holds %d", MaxMessages, n)
	}
	return Batch{WriteKey: b.shared.WriteKey, SentAt: b.shared.SentAt, Items: b.items(list, n)}, nil
}

type batchDecoder struct {
	received time.Time
	shared   Message // only what the envelope says
}

// items reads the n items of a list.
func (b *batchDecoder) items(list value, n int) []Decoded {
	items, docs := make([]Decoded, n), make([]document, n)
	for i, at := 0, list.items(); at.next(); i++ {
		docs[i] = document{list.doc.text, list.doc.nodes, at.value.at}
		if items[i].Err = b.item(&items[i].Message, at.value, &docs[i]); items[i].Err != nil {
			items[i].Message = Message{}
		}
	}
	return items
}

func (b *batchDecoder) envelope(d *decoder, root value) (list value) {
	for f := root.members(); f.next(); {
		switch f.key {
		case "batch":
			list = f.value
		case "sentAt", "writeKey", "context":
			d.field(f.key, f.value)
		}
	}
	return list
}

func (b *batchDecoder) item(m *Message, v value, doc *document) error {
	if size := len(v.raw()); size > MaxMessage {
		return boon.Refuse(boon.ReasonTooLarge, "a message may be %d bytes long, this one is %d", MaxMessage, size)
	}
	if err := decodeMessage(m, doc, 0, b.received); err != nil {
		return err
	}
	m.defaults = b.shared.context
	if m.SentAt.IsZero() {
		m.SentAt = b.shared.SentAt
	}
	if m.WriteKey == "" {
		m.WriteKey = b.shared.WriteKey
	}
	return nil
}

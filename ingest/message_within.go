package ingest

import "encoding/json"

// Within fills in what the batch around a message says: when it was sent, and the context's members that the message does not have itself.
func (m *Message) Within(sentAt string, context json.RawMessage) error {
	if m.SentAt.IsZero() && sentAt != "" {
		if at, ok := parseTime(sentAt); ok {
			m.SentAt = at
		}
	}
	if len(context) == 0 {
		return nil
	}
	doc, err := parseDocument(string(context))
	if err != nil {
		return err
	}
	m.defaults = value{doc, 0}
	return nil
}

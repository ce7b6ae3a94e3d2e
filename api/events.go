package api

import (
	"errors"
	"net/http"

	"boon"
	"boon/ingest"
)

// eventsAnswer is what Segment's clients read: success. The rest is there for a batch.
type eventsAnswer struct {
	Success   bool         `json:"success"`
	Accepted  *int         `json:"accepted,omitempty" doc:"of a batch: taken now"`
	Duplicate *int         `json:"duplicate,omitempty" doc:"of a batch: taken before, by messageId"`
	Errors    []eventError `json:"errors,omitempty" doc:"of a batch: each refused message"`
}

type eventError struct {
	Index  int         `json:"index" doc:"place in the batch, from 0"`
	Reason boon.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Field  string      `json:"field,omitempty"`
}

var success = eventsAnswer{Success: true}

// messageBody and batchBody document what ingest decodes.
type messageBody struct {
	Type        string         `json:"type,omitempty" doc:"track, identify, page, screen, group or alias; the path says it when absent"`
	MessageID   string         `json:"messageId,omitempty" doc:"de-duplicates; made when absent"`
	UserID      string         `json:"userId,omitempty" doc:"userId or anonymousId is required"`
	AnonymousID string         `json:"anonymousId,omitempty"`
	PreviousID  string         `json:"previousId,omitempty"`
	GroupID     string         `json:"groupId,omitempty"`
	Event       string         `json:"event,omitempty" doc:"name of a track call, see Segment's Ecommerce v2"`
	Name        string         `json:"name,omitempty"`
	Properties  map[string]any `json:"properties,omitempty"`
	Traits      map[string]any `json:"traits,omitempty"`
	Context     map[string]any `json:"context,omitempty" doc:"consent.categoryPreferences is honoured"`
	Timestamp   string         `json:"timestamp,omitempty"`
	SentAt      string         `json:"sentAt,omitempty"`
	WriteKey    string         `json:"writeKey,omitempty" doc:"instead of a header"`
}

type batchBody struct {
	Batch    []messageBody  `json:"batch"`
	Context  map[string]any `json:"context,omitempty"`
	SentAt   string         `json:"sentAt,omitempty"`
	WriteKey string         `json:"writeKey,omitempty"`
}

// single takes one call of the kind that the path says.
func single(kind boon.Kind) handler {
	return func(s *server, w http.ResponseWriter, r *http.Request, _ caller) error {
		body, err := readBody(r, ingest.MaxMessage)
		if err != nil {
			return err
		}
		m, bad := ingest.Decode(body, kind, s.now())
		c, err := s.writer(r, m.WriteKey, bad)
		if err != nil {
			return err
		}
		return s.takeOne(w, r, c, m)
	}
}

func (s *server) takeOne(w http.ResponseWriter, r *http.Request, c caller, m ingest.Message) error {
	receipts, err := s.accept(r, c, []ingest.Message{m})
	if err != nil {
		return err
	}
	if err := receipts[0].Err; err != nil {
		s.metrics.delivered(0, 0, 1)
		return refusalOf(err)
	}
	s.metrics.delivered(count(!receipts[0].Duplicate), count(receipts[0].Duplicate), 0)
	return writeJSON(w, http.StatusOK, success)
}

// batch takes many calls; a bad one does not sink the good ones.
func (s *server) batch(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := readBody(r, ingest.MaxBatch)
	if err != nil {
		return err
	}
	b, bad := ingest.DecodeBatch(body, s.now())
	c, err := s.writer(r, batchKey(b), bad)
	if err != nil {
		return err
	}
	return s.takeMany(w, r, c, b.Items)
}

func (s *server) takeMany(w http.ResponseWriter, r *http.Request, c caller, items []ingest.Decoded) error {
	messages, places, refused := sortOut(items)
	receipts, err := s.accept(r, c, messages)
	if err != nil {
		return err
	}
	out := tally(receipts, places, refused, len(items))
	s.metrics.delivered(*out.Accepted, *out.Duplicate, len(out.Errors))
	status := http.StatusOK
	if !out.Success {
		status = http.StatusBadRequest
	}
	return writeJSON(w, status, out)
}

func batchKey(b ingest.Batch) string {
	if b.WriteKey == "" && len(b.Items) > 0 {
		return b.Items[0].Message.WriteKey
	}
	return b.WriteKey
}

// writer finds who sends events: by header, else by the body's write key. A body that could not be read (bad) names nobody, so
// its own mistake is the answer.
func (s *server) writer(r *http.Request, bodyKey string, bad error) (caller, error) {
	secret := bearer(r)
	if user, _, ok := r.BasicAuth(); ok {
		secret = user
	}
	if secret == "" {
		secret = bodyKey
	}
	if secret == "" && bad != nil {
		return caller{}, bad
	}
	if isToken(secret) {
		return caller{}, boon.Refuse(boon.ReasonForbidden, "A shopper's token sends no events; send the write key.")
	}
	c, err := s.keyring.find(r.Context(), secret)
	if err != nil {
		return c, err
	}
	if err := permit(c, ScopeIngest); err != nil {
		return c, err
	}
	return c, bad
}

// sortOut parts what could be read from what could not; places are the messages' indexes in the batch.
func sortOut(items []ingest.Decoded) (messages []ingest.Message, places []int, refused map[int]*boon.Error) {
	messages, places = make([]ingest.Message, 0, len(items)), make([]int, 0, len(items))
	refused = map[int]*boon.Error{}
	for i, item := range items {
		if item.Err != nil {
			refused[i] = refusalOf(item.Err)
			continue
		}
		messages, places = append(messages, item.Message), append(places, i)
	}
	return messages, places, refused
}

func (s *server) accept(r *http.Request, c caller, messages []ingest.Message) ([]ingest.Receipt, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	if err := s.rates.take(c.space, len(messages), s.now()); err != nil {
		return nil, err
	}
	gpc := r.Header.Get("Sec-GPC") == "1"
	for i := range messages {
		messages[i].Verified = !c.Public
		messages[i].GPC = gpc
	}
	receipts, err := s.ports.Events.Accept(r.Context(), messages)
	if err == nil && len(receipts) != len(messages) {
		err = errors.New("accept events: not one receipt a message")
	}
	return receipts, err
}

// tally lists the refusals in the order of the batch.
func tally(receipts []ingest.Receipt, places []int, refused map[int]*boon.Error, items int) eventsAnswer {
	var accepted, duplicate int
	for i, receipt := range receipts {
		switch {
		case receipt.Err != nil:
			refused[places[i]] = refusalOf(receipt.Err)
		case receipt.Duplicate:
			duplicate++
		default:
			accepted++
		}
	}
	out := eventsAnswer{Success: len(refused) < items || items == 0, Accepted: &accepted, Duplicate: &duplicate}
	for i := range items {
		if e := refused[i]; e != nil {
			out.Errors = append(out.Errors, eventError{i, e.Reason, e.Detail, e.Field})
		}
	}
	return out
}

// refusalOf is what a decoder's error tells the sender; one that is no refusal says nothing of its inside.
func refusalOf(err error) *boon.Error {
	var refusal *boon.Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return boon.Invalid("", "The message cannot be read.")
}

func count(one bool) int {
	if one {
		return 1
	}
	return 0
}

// clientMetrics takes what analytics.js tells of itself, and drops it.
func (s *server) clientMetrics(w http.ResponseWriter, r *http.Request, _ caller) error {
	if _, err := readBody(r, ingest.MaxBatch); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, success)
}

package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"boon"
	"boon/redeem"
)

type decisionRequest struct {
	Profile    profileRequest `json:"profile"`
	Placements []string       `json:"placements" doc:"at least one"`
	Trigger    string         `json:"trigger,omitempty"`
	Context    boon.Context   `json:"context,omitzero"`
	Cart       *cartRequest   `json:"cart,omitempty"`
	SKU        string         `json:"sku,omitempty" doc:"the product being looked at"`
	DryRun     bool           `json:"dryRun,omitempty" doc:"decide, and keep and grant nothing"`
	Explain    bool           `json:"explain,omitempty" doc:"say how each candidate fared"`
	Now        *time.Time     `json:"now,omitempty" doc:"only with dryRun"`

	IdempotencyKey string `json:"idempotencyKey,omitempty" doc:"only in a batch; a single call has the header"`
}

const maxPlacements = 50

// decodeDecision reads a request up to what only the ports know: who, and the shop's currency.
func decodeDecision(body []byte, currency boon.Currency) (decisionRequest, boon.Request, error) {
	in, err := readDecision(body)
	if err != nil {
		return in, boon.Request{}, err
	}
	if err := in.check(); err != nil {
		return in, boon.Request{}, err
	}
	out, err := in.request(currency)
	return in, out, err
}

// readDecision takes encoding/json only for what scanDecision does not read.
func readDecision(body []byte) (decisionRequest, error) {
	if in, usual := scanDecision(body); usual {
		return in, nil
	}
	return decodeAny(body)
}

// decodeAny reads a request in whatever way JSON can be written.
func decodeAny(body []byte) (in decisionRequest, err error) {
	if err = decode(body, &in); err == nil {
		err = spelled(body)
	}
	return in, err
}

// request is what is asked, but for who it is about.
func (in decisionRequest) request(currency boon.Currency) (boon.Request, error) {
	out := boon.Request{
		Placements: in.Placements, Trigger: in.Trigger, Context: in.Context, SKU: in.SKU, DryRun: in.DryRun,
		Cart: boon.Order{Currency: currency},
	}
	if in.Cart == nil {
		return out, nil
	}
	var err error
	out.Cart, err = in.Cart.order("cart", currency)
	return out, err
}

// decisionMembers are the names that a request's members have.
var decisionMembers = memberNames(reflect.TypeFor[decisionRequest]())

func memberNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}

// spelled refuses a member that is a known one but for upper and lower case: encoding/json takes it for the known one, other servers and
// later versions need not, and who writes "dryrun" means no grant to be made. Of several the first by name is told.
func spelled(body []byte) error {
	wrong, right := "", ""
	for name := range memberNamesIn(body) {
		i := slices.IndexFunc(decisionMembers, func(known string) bool { return bytes.EqualFold([]byte(known), name) })
		if i >= 0 && string(name) != decisionMembers[i] && (wrong == "" || string(name) < wrong) {
			wrong, right = string(name), decisionMembers[i]
		}
	}
	if wrong == "" {
		return nil
	}
	return boon.Invalid(wrong, "The member is called %q.", right)
}

func (in decisionRequest) check() error {
	if len(in.Placements) == 0 || len(in.Placements) > maxPlacements {
		return boon.Invalid("placements", "Name from 1 to %d placements.", maxPlacements)
	}
	for i, id := range in.Placements {
		if id == "" {
			return boon.Invalid(index("placements", i), "A placement has an id.")
		}
	}
	if in.Now != nil && !in.DryRun {
		return boon.Invalid("now", "The time can be chosen only with dryRun.")
	}
	return nil
}

// decide answers with one outcome a placement. "No offer" is an answer with a reason, never an error.
func (s *server) decide(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, limitRequest)
	if err != nil {
		return err
	}
	in, request, err := decodeDecision(body, s.ports.Shop.Shop().Currency)
	if err != nil {
		return err
	}
	if in.IdempotencyKey != "" {
		return boon.Invalid("idempotencyKey", "A single call has its key in the header Idempotency-Key.")
	}
	once, err := onceOf(r, c, body)
	if err != nil {
		return err
	}
	answer, replayed, err := s.decideOne(r, c, in, request, once)
	if err != nil {
		return err
	}
	markReplayed(w, replayed)
	return writeJSON(w, http.StatusOK, answer)
}

// decideOne takes one decision, of a call or of a batch.
func (s *server) decideOne(r *http.Request, c caller, in decisionRequest, request boon.Request, once redeem.Once) (decisionAnswer, bool, error) {
	if err := s.address(r.Context(), c, in, &request); err != nil {
		return decisionAnswer{}, false, err
	}
	decided, err := s.answerOf(r, c, request, once)
	if err != nil {
		return decisionAnswer{}, false, err
	}
	s.metrics.decided(decided.Decision.Outcome())
	return answerDecision(decided, in.Explain, request.Cart.Currency), decided.Replayed, nil
}

// answerOf takes the decision that a request asks for.
func (s *server) answerOf(r *http.Request, c caller, request boon.Request, once redeem.Once) (Decided, error) {
	request.Context.GPC = request.Context.GPC || r.Header.Get("Sec-GPC") == "1"
	if request.ID == "" {
		request.ID = s.decisionID(request.At, once)
	}
	decided, err := s.ports.Decisions.Decide(r.Context(), request, once)
	if err == nil {
		s.metrics.leftOut(decided.Decision.LeftOut)
	}
	if c.isToken() {
		decided.Decision.LeftOut = nil // part of how offers are chosen
	}
	return decided, err
}

// address completes the request with who it is about and when it is.
func (s *server) address(ctx context.Context, c caller, in decisionRequest, request *boon.Request) error {
	if c.isToken() && (in.Explain || in.DryRun) {
		return boon.Refuse(boon.ReasonForbidden, "A shopper may not see how offers are chosen; explain and dryRun take a server key.")
	}
	return s.identify(ctx, c, in, request)
}

// identify is address without the question what a shopper may see.
func (s *server) identify(ctx context.Context, c caller, in decisionRequest, request *boon.Request) error {
	find := s.owners
	if in.DryRun {
		find = func(_ context.Context, c caller, p profileRequest) ([]boon.Identifier, error) {
			return s.unlinked(c, p)
		}
	}
	owners, err := find(ctx, c, in.Profile)
	if err != nil {
		return err
	}
	request.Identifiers, request.Trusted, request.At = owners, true, s.now().UTC()
	if in.Now != nil {
		request.At = in.Now.UTC()
	}
	return someone(owners)
}

// decisionID is the same for every call with one Idempotency-Key, and new without one.
func (s *server) decisionID(at time.Time, once redeem.Once) string {
	if once.Key == "" {
		return boon.NewID(boon.PrefixDecision, at, rand.Text())
	}
	return boon.ContentID(boon.PrefixDecision, []byte(once.Key))
}

func (s *server) record(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := s.ports.Decisions.Record(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeBody(w, http.StatusOK, "application/json", body)
}

func (s *server) explain(w http.ResponseWriter, r *http.Request, _ caller) error {
	explained, err := s.ports.Decisions.Explain(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, explained)
}

func (s *server) replay(w http.ResponseWriter, r *http.Request, _ caller) error {
	replayed, err := s.ports.Decisions.Replay(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if replayed.Differences == nil {
		replayed.Differences = []string{}
	}
	return writeJSON(w, http.StatusOK, replayed)
}

// onceOf reads Idempotency-Key.
func onceOf(r *http.Request, c caller, body []byte) (redeem.Once, error) {
	return onceUnder(r.Header.Get("Idempotency-Key"), "Idempotency-Key", r, c, body)
}

// onceUnder makes a request once under a key that stands in a field; "" is none. Keys of two callers never meet.
func onceUnder(key, field string, r *http.Request, c caller, body []byte) (redeem.Once, error) {
	if key == "" {
		return redeem.Once{}, nil
	}
	if len(key) > 255 || !utf8.ValidString(key) {
		return redeem.Once{}, boon.Invalid(field, "A key may be 255 bytes of UTF-8 long.")
	}
	return redeem.OnceFor(c.space+":"+key, []byte(r.Method), []byte(r.URL.Path), body), nil
}

func markReplayed(w http.ResponseWriter, replayed bool) {
	if replayed {
		w.Header().Set(headerReplayed, "true")
	}
}

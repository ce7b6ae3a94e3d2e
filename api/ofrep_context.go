package api

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"boon"
	"boon/internal/zone"
)

// evaluationContext is an OpenFeature evaluation context: what a decision is asked with, all on one level. What it does not name is ignored.
type evaluationContext struct {
	TargetingKey string `json:"targetingKey,omitempty" doc:"the user, or namespace:value such as anonymous:a1; not needed beside userId or the like"`
	profileRequest
	boon.Context
	Trigger string       `json:"trigger,omitempty"`
	Cart    *cartRequest `json:"cart,omitempty"`
	SKU     string       `json:"sku,omitempty" doc:"the product being looked at"`
	DryRun  bool         `json:"dryRun,omitempty" doc:"decide, and keep and grant nothing; always so for all flags at once"`
}

const fieldTargetingKey = "context.targetingKey"

type evaluationRequest struct {
	Context evaluationContext `json:"context"`
}

func readEvaluation(r *http.Request) (in evaluationContext, body []byte, err error) {
	body, err = readBody(r, limitRequest)
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return in, body, err
	}
	var request evaluationRequest
	if err = decode(body, &request); err == nil {
		err = request.Context.check()
	}
	return request.Context, body, err
}

// channels are those that an evaluation can come from.
var channels = []string{"web", "app", "email", "sms", "push", "webhook", "store"}

// check refuses what can be no value of its attribute: a flag's caller hears of it by an error code, where a decision's has an answer all the same.
func (in evaluationContext) check() error {
	country, _ := boon.PlaceOf(in.Country, "")
	switch {
	case in.Channel != "" && !slices.Contains(channels, in.Channel):
		return boon.Invalid("context.channel", "There is no channel %q: it is one of %s.", in.Channel, strings.Join(channels, ", "))
	case in.Country != "" && country == "":
		return boon.Invalid("context.country", "%q is no country: it is two letters, as ISO 3166-1 has them, or a name in English.", in.Country)
	case in.Timezone != "" && !zone.Known(in.Timezone):
		return boon.Invalid("context.timezone", "There is no time zone %q: it has an IANA name, such as Europe/Berlin.", in.Timezone)
	}
	return nil
}

// question is the decision that an evaluation of a placement asks for. Without a placement it asks for the arms alone.
func (in evaluationContext) question(placement string) decisionRequest {
	out := decisionRequest{Profile: in.who(), Trigger: in.Trigger, Context: in.Context, Cart: in.Cart, SKU: in.SKU, DryRun: in.DryRun}
	if placement != "" {
		out.Placements = []string{placement}
	}
	return out
}

// who is the shopper: the ids that the context names, else the targeting key, which is a user unless it says otherwise. A key beside ids may be
// anything, such as a session or a tenant, so it joins nobody to anybody.
func (in evaluationContext) who() profileRequest {
	if len(in.raw()) > 0 {
		return in.profileRequest
	}
	name, value, found := strings.Cut(in.TargetingKey, ":")
	namespace, err := boon.ParseNamespace(name)
	if !found || err != nil {
		return profileRequest{UserID: in.TargetingKey}
	}
	return map[boon.Namespace]profileRequest{
		boon.NamespaceUser: {UserID: value}, boon.NamespaceAnonymous: {AnonymousID: value}, boon.NamespaceEmail: {Email: value},
		boon.NamespacePhone: {Phone: value}, boon.NamespaceDevice: {DeviceID: value},
	}[namespace]
}

// flagError says that an evaluation failed, to clients of the OpenFeature Remote Evaluation Protocol as well.
type flagError struct {
	key string
	err error
}

func (f flagError) Error() string { return f.err.Error() }

// Unwrap gives what went wrong.
func (f flagError) Unwrap() error { return f.err }

// flagProblem is a problem that is an OFREP evaluationFailure too.
type flagProblem struct {
	Problem
	Key          string `json:"key,omitempty"`
	ErrorCode    string `json:"errorCode"`
	ErrorDetails string `json:"errorDetails"`
}

func (f flagError) problem(p Problem) flagProblem {
	details := p.Detail
	if p.Field != "" {
		details = p.Field + ": " + details
	}
	return flagProblem{p, f.key, f.code(), details}
}

// code is the error code that OpenFeature has for it.
func (f flagError) code() string {
	var refusal *boon.Error
	if !errors.As(f.err, &refusal) {
		return "GENERAL"
	}
	switch {
	case refusal.Reason == boon.ReasonNotFound:
		return "FLAG_NOT_FOUND"
	case refusal.Reason != boon.ReasonInvalidRequest:
		return "GENERAL"
	case refusal.Field == "body":
		return "PARSE_ERROR"
	case refusal.Field == fieldTargetingKey:
		return "TARGETING_KEY_MISSING"
	}
	return "INVALID_CONTEXT"
}

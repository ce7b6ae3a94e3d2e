package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"boon"
	"boon/redeem"
)

// evaluation is a flag's value for one shopper (OpenFeature Remote Evaluation Protocol 0.1, evaluationSuccess). A placement's value is its part of
// a decision's answer, an experiment's is the arm.
type evaluation struct {
	Key      string         `json:"key"`
	Value    any            `json:"value" doc:"of a placement: its part of the answer of /v1/decisions; of an experiment: the arm"`
	Variant  string         `json:"variant" doc:"the offer, or none; of an experiment the arm"`
	Reason   string         `json:"reason" doc:"STATIC, TARGETING_MATCH, SPLIT, DISABLED or DEFAULT"`
	Metadata map[string]any `json:"metadata" doc:"decisionId, profileId, release, reason, propensity, personalized, dryRun; leftOut, how many offers the shop's bound on candidates left out"`
}

type evaluations struct {
	Flags []evaluation `json:"flags"`
}

// evaluable is a placement or an experiment that can be evaluated.
type evaluable struct {
	key        string
	placement  string
	experiment string
}

// flags lists what can be evaluated. An experiment that is called as a placement is has experiment. before its name; no id has a dot.
func (s *server) flags() []evaluable {
	placements, experiments := s.ports.Flags.Flags()
	list := make([]evaluable, 0, len(placements)+len(experiments))
	for _, id := range placements {
		list = append(list, evaluable{key: id, placement: id})
	}
	for _, id := range experiments {
		key := id
		if slices.Contains(placements, id) {
			key = "experiment." + id
		}
		list = append(list, evaluable{key: key, experiment: id})
	}
	return list
}

// evaluate decides for one placement, and grants what it decides, as POST /v1/decisions does; which arm a shopper is in changes nothing.
func (s *server) evaluate(w http.ResponseWriter, r *http.Request, c caller) error {
	key := r.PathValue("key")
	out, err := s.evaluated(w, r, c, key)
	if err != nil {
		return flagError{key, err}
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *server) evaluated(w http.ResponseWriter, r *http.Request, c caller, key string) (out evaluation, err error) {
	list := s.flags()
	at := slices.IndexFunc(list, func(f evaluable) bool { return f.key == key })
	if at < 0 {
		return out, boon.Refuse(boon.ReasonNotFound, "There is no placement and no experiment %q in the live bundle.", key)
	}
	in, body, err := readEvaluation(r)
	if err != nil {
		return out, err
	}
	if in.DryRun && c.isToken() {
		return out, boon.Refuse(boon.ReasonForbidden, "A shopper may not rehearse a decision; dryRun takes a server key.")
	}
	if list[at].experiment != "" || in.DryRun {
		return s.rehearse(r, c, list[at], in)
	}
	once, err := onceOf(r, c, body)
	if err != nil {
		return out, err
	}
	decided, err := s.flagDecision(r, c, list[at], in, once)
	if err != nil {
		return out, err
	}
	s.metrics.decided(decided.Decision.Outcome())
	markReplayed(w, decided.Replayed)
	return placementOf(key, decided, false), nil
}

// evaluateAll says what every flag would be. It is called for all flags that a page may ever ask for, so it decides nothing, and the same question
// gets the same answer until something changes.
func (s *server) evaluateAll(w http.ResponseWriter, r *http.Request, c caller) error {
	out, err := s.evaluatedAll(r, c)
	if err != nil {
		return flagError{"", err}
	}
	body := mustJSON(out)
	digest := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(digest[:16]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return writeBody(w, http.StatusOK, "application/json", append(body, '\n'))
}

func (s *server) evaluatedAll(r *http.Request, c caller) (evaluations, error) {
	out := evaluations{Flags: []evaluation{}}
	in, _, err := readEvaluation(r)
	if err != nil {
		return out, err
	}
	for _, f := range s.flags() {
		value, err := s.rehearse(r, c, f, in)
		if err != nil {
			return out, err
		}
		out.Flags = append(out.Flags, value)
	}
	return out, nil
}

// matches compares weakly, as RFC 9110, 13.1.2 has it for If-None-Match.
func matches(headers []string, tag string) bool {
	for _, known := range strings.Split(strings.Join(headers, ","), ",") {
		known = strings.TrimPrefix(strings.TrimSpace(known), "W/")
		if known == tag || known == "*" {
			return true
		}
	}
	return false
}

// rehearse says what a flag would be.
func (s *server) rehearse(r *http.Request, c caller, f evaluable, in evaluationContext) (evaluation, error) {
	in.DryRun = true
	decided, err := s.flagDecision(r, c, f, in, redeem.Once{})
	switch {
	case err != nil:
		return evaluation{}, err
	case f.experiment != "":
		return armOf(f, decided.Decision), nil
	}
	return placementOf(f.key, decided, true), nil
}

func (s *server) flagDecision(r *http.Request, c caller, f evaluable, in evaluationContext, once redeem.Once) (Decided, error) {
	if len(in.who().raw()) == 0 && !c.isToken() {
		return Decided{}, boon.Invalid(fieldTargetingKey, "Name the shopper: a targetingKey, or userId, anonymousId, email, phone or deviceId in the context.")
	}
	question := in.question(f.placement)
	request, err := question.request(s.ports.Shop.Shop().Currency)
	if err != nil {
		return Decided{}, err
	}
	if err := s.identify(r.Context(), c, question, &request); err != nil {
		return Decided{}, err
	}
	if in.DryRun {
		request.ID = rehearsalID(request)
	}
	return s.answerOf(r, c, request, once)
}

// rehearsalID is the same for the same question, whenever it is asked: the draw among offers goes by the decision's id.
func rehearsalID(r boon.Request) string {
	return boon.ContentID(boon.PrefixDecision, mustJSON([]any{r.Identifiers, r.Placements, r.Trigger, r.Context, r.Cart, r.SKU}))
}

// placementOf is a placement's value. What was not granted has no grant to show.
func placementOf(key string, decided Decided, dryRun bool) evaluation {
	d := decided.Decision
	places := make([]placementAnswer, len(d.Picks))
	for i := range d.Picks {
		places[i] = answerPick(&d.Picks[i])
		if dryRun && !d.Picks[i].Live {
			places[i].Grant = nil
		}
	}
	first := d.Picks[0]
	out := evaluation{Key: key, Value: placementValue{places[0], places[1:]}, Variant: "none", Reason: flagReason(first.Reason), Metadata: metadata(d)}
	if first.Reason == boon.ReasonAllRefused && allPaused(decided.Candidates(), first.Placement) {
		out.Reason = flagReason(boon.ReasonPaused)
	}
	if places[0].Offer != nil {
		out.Variant = places[0].Offer.ID
	}
	out.Metadata["reason"], out.Metadata["propensity"], out.Metadata["personalized"], out.Metadata["dryRun"] = first.Reason, first.Propensity, d.Personal, dryRun
	if !dryRun {
		out.Metadata["decisionId"] = d.ID
	}
	for _, l := range d.LeftOut {
		if l.Placement == first.Placement {
			out.Metadata["leftOut"] = l.Count
		}
	}
	return out
}

// allPaused reports whether a pause is why nothing of a placement stands.
func allPaused(candidates []boon.Candidate, placement string) bool {
	return !slices.ContainsFunc(candidates, func(c boon.Candidate) bool { return c.Placement == placement && c.Reason != boon.ReasonPaused })
}

// placementValue is the first place of a placement, and the others where its capacity is more than one.
type placementValue struct {
	placementAnswer
	More []placementAnswer `json:"more,omitempty"`
}

func armOf(f evaluable, d boon.Decision) evaluation {
	for _, assigned := range d.Experiments {
		if assigned.Key == f.experiment {
			return evaluation{Key: f.key, Value: assigned.Arm, Variant: assigned.Arm, Reason: "SPLIT", Metadata: metadata(d)}
		}
	}
	return evaluation{Key: f.key, Value: "", Variant: "none", Reason: "DISABLED", Metadata: metadata(d)} // no arm has a weight
}

func metadata(d boon.Decision) map[string]any {
	return map[string]any{"profileId": d.ProfileID, "release": d.ReleaseID}
}

// flagReason is a decision's reason in OpenFeature's words.
func flagReason(reason boon.Reason) string {
	switch reason {
	case boon.ReasonHoldout, boon.ReasonControl:
		return "SPLIT"
	case boon.ReasonPinned:
		return "STATIC"
	case boon.ReasonNoCandidate:
		return "DEFAULT"
	case boon.ReasonPaused:
		return "DISABLED"
	}
	return "TARGETING_MATCH"
}

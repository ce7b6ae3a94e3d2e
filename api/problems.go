package api

import (
	"net/http"

	"boon"
)

// ProblemKind documents one type of problem.
type ProblemKind struct {
	Reason boon.Reason `json:"reason"`
	Status int         `json:"status"`
	Title  string      `json:"title"`
	Text   string      `json:"text" doc:"what happened and what to do"`
}

const (
	conflict      = http.StatusConflict
	unprocessable = http.StatusUnprocessableEntity
)

// problemKinds lists every type of problem: limits and states are 409, what does not apply is 422, what is unknown is 404.
var problemKinds = []ProblemKind{
	{boon.ReasonCapTotal, conflict, "The offer is used up", "The offer's total cap is reached. It opens again only when an open grant dies unused or the cap is raised."},
	{boon.ReasonCapProfile, conflict, "This shopper has had the offer", "The offer's cap per profile is reached, counted over all of the shopper's devices and accounts."},
	{boon.ReasonCapIdentifier, conflict, "This account has had the offer", "The offer's cap per identifier is reached for an account, e-mail, phone or device of the shopper who asked."},
	{boon.ReasonFrequency, conflict, "Given too often", "The shopper was given this offer, or was contacted, as often as a window of the offer or of the contact policy allows. The detail says when it opens again."},
	{boon.ReasonCapPeriod, conflict, "Used up for now", "The offer's or its campaign's cap per day, week or month is reached. It opens again with the next one, in the shop's time zone."},
	{boon.ReasonBudgetExhausted, conflict, "The budget is spent", "The budget behind the offer has nothing available, or a ceiling over it has no room. Raise it, or wait for its next period or for open grants to expire."},
	{boon.ReasonAlreadyRedeemed, conflict, "Already redeemed", "The grant has no use left. The order that used it is in the wallet."},
	{boon.ReasonExpired, conflict, "Expired", "The grant's or the offer's time is over."},
	{boon.ReasonRevoked, conflict, "Revoked", "The shop took the grant back before it was used."},
	{boon.ReasonReservationGone, conflict, "The reservation is gone", "The reservation was redeemed, released or timed out. Reserve again, unless the detail names the order that used it."},
	{boon.ReasonPeriodClosed, conflict, "The period is closed", "The books are closed up to a later day. GET /v1/ledger/closings lists what is closed; nothing opens it again."},
	{boon.ReasonBanned, conflict, "Banned", "A human banned the offer, for this customer or for everybody. Whoever banned it can take that back."},
	{boon.ReasonPaused, conflict, "Paused", "The offer, its campaign, a category it is about, its channel or every offer is paused, by the shop or by one of its stop-loss rules. A human resumes it."},
	{boon.ReasonStaleProposal, conflict, "The proposal is out of date", "Another release was published since it was proposed. Propose again on what is in force now."},
	{boon.ReasonDecided, conflict, "It is decided", "The proposal, or the grant that was held, was approved or rejected before. GET /v1/approvals and GET /v1/holds show by whom."},
	{boon.ReasonApprovalRequired, http.StatusForbidden, "This takes an approval", "The shop lets nobody publish this alone. Propose it (boon propose, POST /v1/releases); somebody else approves it (boon approve)."},
	{boon.ReasonFourEyes, http.StatusForbidden, "Somebody else has to decide", "Who proposed it may not approve it: use the key of another person, with the scope approve."},
	{boon.ReasonConsentMissing, conflict, "Consent is missing", "The shopper has not agreed to what this needs. Ask, send the choice as an event, and try again."},
	{boon.ReasonIdempotencyInFlight, conflict, "The first call is still running", "A request with this Idempotency-Key is being served. Repeat the same call in a moment to get its answer."},
	{boon.ReasonNotEligible, unprocessable, "Not eligible", "The shopper does not meet the offer's condition, or is excluded, for instance by an open return or by a rule of the shop against abuse."},
	{boon.ReasonNotApplicable, unprocessable, "Does not apply to this cart", "Nothing in the cart falls under the offer, or a guardrail leaves nothing to give. Change the cart."},
	{boon.ReasonWrongProfile, unprocessable, "Belongs to someone else", "The grant is in another shopper's wallet. A signed-in shopper's devices share one wallet once they are linked by a server key."},
	{boon.ReasonStacking, unprocessable, "Does not stack", "The order already carries a discount that this one may not be combined with. Remove one of them."},
	{boon.ReasonIdempotencyMismatch, unprocessable, "The key was used for another request", "This Idempotency-Key came first with another method, path or body. Use a new key for a new request."},
	{boon.ReasonUnknownCode, http.StatusNotFound, "Unknown code", "No offer and no grant has this code, or its check character is wrong, and the detail says so. Guessing is slowed down. A shopper's token gets this for somebody else's code as well."},
	{boon.ReasonNotFound, http.StatusNotFound, "Not found", "There is nothing under this path or id."},
	{boon.ReasonThrottled, http.StatusTooManyRequests, "Too many requests", "Wait as long as Retry-After says, then send the same request again. Nothing of it was stored. A key sends events too fast, or a shopper or an address tries too many codes, or too many that are not theirs."},
	{boon.ReasonInvalidRequest, http.StatusBadRequest, "Invalid request", "The request cannot be read. The field names what to correct; sending it again unchanged will not help."},
	{boon.ReasonUnauthorized, http.StatusUnauthorized, "Not signed in", "No valid key or token came with the request. Send a server key as Authorization: Bearer; event calls also take the write key by Basic or in the body."},
	{boon.ReasonForbidden, http.StatusForbidden, "Not allowed", "The key or token is valid and does not open this. Use a key with the scope that the path needs."},
	{boon.ReasonTooLarge, http.StatusRequestEntityTooLarge, "Too large", "The body passes its limit, counted after decompression: 32 KB an event, 500 KB and 2,500 events a batch. Send it in parts."},
	{boon.ReasonUnavailable, http.StatusServiceUnavailable, "Try again", "It cannot be stored or answered at this moment and nothing happened. Send the same request again after Retry-After."},
	{boon.ReasonInternal, http.StatusInternalServerError, "Internal error", "Something went wrong on our side. Repeat the call with the same Idempotency-Key; the request id names the error in the server's log."},
}

var kindByReason = func() map[boon.Reason]ProblemKind {
	kinds := make(map[boon.Reason]ProblemKind, len(problemKinds))
	for _, k := range problemKinds {
		kinds[k.Reason] = k
	}
	return kinds
}()

// kindOf finds a reason's documentation. A decision's inner reason that leaves through the API says that the offer does not apply.
func kindOf(reason boon.Reason) ProblemKind {
	if k, ok := kindByReason[reason]; ok {
		return k
	}
	return ProblemKind{reason, unprocessable, "Does not apply", "The offer was refused for the reason that the type names."}
}

func (s *server) problems(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, problemsAnswer{problemKinds})
}

func (s *server) problem(w http.ResponseWriter, r *http.Request, _ caller) error {
	k, ok := kindByReason[boon.Reason(r.PathValue("reason"))]
	if !ok {
		return boon.Refuse(boon.ReasonNotFound, "There is no problem type %q.", r.PathValue("reason"))
	}
	return writeJSON(w, http.StatusOK, k)
}

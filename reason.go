package boon

import "fmt"

// Reason is why something was refused, fell, or was not offered. On the wire it is the last path segment of a problem's type; the words
// are stable, published and never reused.
type Reason string

// Reasons of the money path and of the API (problem types).
const (
	ReasonCapTotal            Reason = "cap_total"
	ReasonCapProfile          Reason = "cap_profile"
	ReasonCapIdentifier       Reason = "cap_identifier"
	ReasonFrequency           Reason = "frequency"
	ReasonCapPeriod           Reason = "cap_period"
	ReasonBudgetExhausted     Reason = "budget_exhausted"
	ReasonAlreadyRedeemed     Reason = "already_redeemed"
	ReasonExpired             Reason = "expired"
	ReasonRevoked             Reason = "revoked"
	ReasonNotEligible         Reason = "not_eligible"
	ReasonNotApplicable       Reason = "not_applicable"
	ReasonWrongProfile        Reason = "wrong_profile"
	ReasonUnknownCode         Reason = "unknown_code"
	ReasonReservationGone     Reason = "reservation_gone"
	ReasonStacking            Reason = "stacking"
	ReasonIdempotencyMismatch Reason = "idempotency_mismatch"
	ReasonIdempotencyInFlight Reason = "idempotency_in_flight"
	ReasonPeriodClosed        Reason = "period_closed"
	ReasonApprovalRequired    Reason = "approval_required"
	ReasonFourEyes            Reason = "four_eyes"
	ReasonStaleProposal       Reason = "stale_proposal"
	ReasonDecided             Reason = "already_decided"
	ReasonConsentMissing      Reason = "consent_missing"
	ReasonPaused              Reason = "paused"
	ReasonBanned              Reason = "banned" // by a human, for somebody or for everybody
	ReasonThrottled           Reason = "throttled"
	ReasonInvalidRequest      Reason = "invalid_request"
	ReasonUnauthorized        Reason = "unauthorized"
	ReasonForbidden           Reason = "forbidden"
	ReasonNotFound            Reason = "not_found"
	ReasonTooLarge            Reason = "too_large"
	ReasonUnavailable         Reason = "unavailable" // cannot be stored or answered now; nothing happened; try again
	ReasonInternal            Reason = "internal"
)

// Reasons a candidate falls in a decision, besides those of the money path.
const (
	ReasonWon               Reason = "won"
	ReasonPinned            Reason = "pinned"
	ReasonLiveGrant         Reason = "live_grant"   // already in the wallet: shown again, not issued again
	ReasonOutscored         Reason = "outscored"    // another choice earns more
	ReasonUnprofitable      Reason = "unprofitable" // nothing earns more
	ReasonNoCandidate       Reason = "no_candidate" // no offer is configured for this placement and trigger
	ReasonAllRefused        Reason = "all_refused"  // offers exist, each was refused
	ReasonHoldout           Reason = "holdout"      // kept without offers for measurement
	ReasonControl           Reason = "control"      // the experiment's arm gets nothing
	ReasonTriggerMismatch   Reason = "trigger_mismatch"
	ReasonPlacementMismatch Reason = "placement_mismatch"
	ReasonNotStarted        Reason = "not_started"
	ReasonEnded             Reason = "ended"
	ReasonMaxDepth          Reason = "max_depth"
	ReasonMarginFloor       Reason = "margin_floor"
	ReasonScarce            Reason = "scarce"
	ReasonSuppressed        Reason = "suppressed" // a guardrail bars this reward type here
	ReasonReturnOpen        Reason = "return_open"
	ReasonFraudFlag         Reason = "fraud_flag"
	ReasonCurrency          Reason = "currency"
	ReasonCostUnknown       Reason = "cost_unknown"
	ReasonCapacity          Reason = "capacity"   // the placement is full
	ReasonArm               Reason = "arm"        // not in the shopper's experiment arm
	ReasonArmValues         Reason = "arm_values" // the shopper's experiment arm gets other values
	ReasonEvaluation        Reason = "evaluation_error"
	ReasonSensitive         Reason = "sensitive_category" // the shop keeps offers away from such goods
	ReasonHeld              Reason = "held"               // it waits for a human, or one declined it
	ReasonFairness          Reason = "fairness"           // a bound on fairness was passed and paused it
	ReasonQuietHours        Reason = "quiet_hours"        // no message goes out at this hour of the recipient's day
	ReasonDismissed         Reason = "dismissed"          // waved away often enough to stay away for a while
	ReasonChannelTaken      Reason = "channel_taken"      // this decision reaches the shopper by another channel
	ReasonLeftOut           Reason = "left_out"           // beyond the shop's bound on candidates
)

// Reasons lists every word above.
func Reasons() []Reason {
	return []Reason{
		ReasonCapTotal, ReasonCapProfile, ReasonCapIdentifier, ReasonFrequency, ReasonCapPeriod, ReasonBudgetExhausted, ReasonAlreadyRedeemed,
		ReasonExpired, ReasonRevoked, ReasonNotEligible, ReasonNotApplicable, ReasonWrongProfile, ReasonUnknownCode, ReasonReservationGone, ReasonStacking,
		ReasonIdempotencyMismatch, ReasonIdempotencyInFlight, ReasonPeriodClosed, ReasonApprovalRequired, ReasonFourEyes, ReasonStaleProposal,
		ReasonDecided, ReasonConsentMissing, ReasonPaused, ReasonBanned, ReasonThrottled, ReasonInvalidRequest, ReasonUnauthorized, ReasonForbidden,
		ReasonNotFound, ReasonTooLarge, ReasonUnavailable, ReasonInternal, ReasonWon, ReasonPinned, ReasonLiveGrant, ReasonOutscored, ReasonUnprofitable,
		ReasonNoCandidate, ReasonAllRefused, ReasonHoldout, ReasonControl, ReasonTriggerMismatch, ReasonPlacementMismatch, ReasonNotStarted, ReasonEnded,
		ReasonMaxDepth, ReasonMarginFloor, ReasonScarce, ReasonSuppressed, ReasonReturnOpen, ReasonFraudFlag, ReasonCurrency, ReasonCostUnknown,
		ReasonCapacity, ReasonArm, ReasonArmValues, ReasonEvaluation, ReasonSensitive, ReasonHeld, ReasonFairness, ReasonQuietHours, ReasonDismissed,
		ReasonChannelTaken, ReasonLeftOut,
	}
}

// Error is a refusal that a caller can act on. Everything else that goes wrong is a plain wrapped error and becomes ReasonInternal at the edge.
type Error struct {
	Reason Reason
	Detail string // a plain sentence, with the next step where there is one
	Field  string // JSON path or column, when input was at fault
	Line   int    // line of the file, 1-based, when there is one
	Column int
}

func (e *Error) Error() string {
	at := ""
	if e.Line > 0 {
		at = fmt.Sprintf("line %d", e.Line)
		if e.Column > 0 {
			at += fmt.Sprintf(", column %d", e.Column)
		}
		at += ": "
	}
	if e.Field != "" {
		at += e.Field + ": "
	}
	return at + e.Detail
}

// Is makes errors.Is(err, Refusal(reason)) compare reasons.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Reason == e.Reason && t.Detail == ""
}

// Refuse makes an Error with a formatted detail.
func Refuse(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Invalid makes an invalid_request that names the field.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Reason: ReasonInvalidRequest, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// Refusal is the bare reason, for errors.Is.
func Refusal(reason Reason) error { return &Error{Reason: reason} }

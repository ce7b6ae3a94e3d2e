package consent

import (
	"slices"

	"boon"
)

// Allowed is the answer for one purpose and why.
type Allowed struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason"` // one of the Because constants
}

// Why a purpose is allowed or not.
const (
	BecauseGranted   = "granted"
	BecauseDenied    = "denied"
	BecauseObjection = "objection" // to marketing
	BecauseGPC       = "gpc"
	BecauseOptIn     = "default_opt_in"  // nothing chosen, and silence is no
	BecauseOptOut    = "default_opt_out" // nothing chosen, and silence is yes
)

// The regimes of Shop.Regime.
const (
	OptIn  = "opt-in"
	OptOut = "opt-out"
)

// Gate says whether the shop may use the person's data for purpose, for a shopper in country (ISO 3166-1; "" when unknown).
func Gate(s State, shop boon.Shop, country string, purpose boon.Purpose) Allowed {
	if purpose == 0 || int(purpose) >= purposes {
		return Allowed{false, BecauseOptIn}
	}
	if objected(s) && isMarketing(purpose) {
		return Allowed{false, BecauseObjection}
	}
	c := s.Choices[purpose]
	if refusedByGPC(s, shop, c, purpose) {
		return Allowed{false, BecauseGPC}
	}
	switch {
	case c.Purpose == 0:
		return byDefault(Regime(shop, country), purpose)
	case c.Granted:
		return Allowed{true, BecauseGranted}
	}
	return Allowed{false, BecauseDenied}
}

// Regime is what silence means in country: OptIn or OptOut. The country's own entry comes first, then "default", then OptIn. A country that was told and is
// no code is OptIn, for it may be any.
func Regime(shop boon.Shop, country string) string {
	regime, ok := shop.Regime[country]
	if !ok && (country == boon.CountryUnknown || country != "" && len(country) != 2) {
		return OptIn
	}
	if !ok || country == "" {
		regime = shop.Regime["default"]
	}
	if regime == OptOut {
		return OptOut
	}
	return OptIn
}

func objected(s State) bool {
	c := s.Choices[boon.PurposeMarketing]
	return c.Purpose != 0 && !c.Granted
}

// isMarketing lists what an objection closes: direct marketing and the profiling that serves it (GDPR, Article 21(2) and (3)).
func isMarketing(p boon.Purpose) bool {
	switch p {
	case boon.PurposeMarketing, boon.PurposeEmail, boon.PurposeSMS, boon.PurposePush, boon.PurposePersonalization, boon.PurposeSale:
		return true
	}
	return false
}

// refusedByGPC holds until a yes that is later than the last signal (CCPA Regulations, section 7025(c)).
func refusedByGPC(s State, shop boon.Shop, c boon.Choice, p boon.Purpose) bool {
	if s.GPC.IsZero() || (p != boon.PurposeSale && !slices.Contains(shop.GPC, p)) {
		return false
	}
	return c.Purpose == 0 || !c.Granted || !c.At.After(s.GPC)
}

func byDefault(regime string, p boon.Purpose) Allowed {
	if regime == OptOut && p != boon.PurposeSMS {
		return Allowed{true, BecauseOptOut}
	}
	return Allowed{false, BecauseOptIn}
}

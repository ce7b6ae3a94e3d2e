package api

import (
	"errors"
	"net/http"
	"time"

	"boon"
)

type walletAnswer struct {
	ProfileID string        `json:"profileId"`
	Grants    []grantAnswer `json:"grants" doc:"newest first"`
}

// grantAnswer is a grant as its shopper sees it.
type grantAnswer struct {
	ID         string          `json:"id"`
	Offer      string          `json:"offer"`
	DecisionID string          `json:"decisionId,omitempty"`
	State      boon.GrantState `json:"state"`
	Reward     rewardAnswer    `json:"reward"`
	Code       string          `json:"code,omitempty"`
	Uses       int64           `json:"uses" doc:"redemptions left"`
	IssuedAt   time.Time       `json:"issuedAt"`
	ExpiresAt  time.Time       `json:"expiresAt"`
	Redeemed   *boon.Money     `json:"redeemed,omitempty" doc:"discount so far"`
	Reversed   *boon.Money     `json:"reversed,omitempty" doc:"of it, taken back"`
	OrderID    string          `json:"orderId,omitempty"`
}

func answerGrant(g boon.Grant) grantAnswer {
	return grantAnswer{
		ID: g.ID, Offer: g.Offer, DecisionID: g.Decision, State: g.State, Reward: rewardAnswer{g.Type, g.Level}, Code: g.Code,
		Uses: g.Uses, IssuedAt: g.IssuedAt, ExpiresAt: g.ExpiresAt, OrderID: g.OrderID,
		Redeemed: some(g.Discount, g.Currency), Reversed: some(g.Reversed, g.Currency),
	}
}

func some(minor int64, c boon.Currency) *boon.Money {
	if minor == 0 {
		return nil
	}
	return &boon.Money{Minor: minor, Currency: c}
}

var personQuery = []string{"anonymousId", "userId", "email", "phone", "deviceId"}

// wallet shows the grants of everyone who is verifiably this shopper. It links nobody: looking changes nothing.
func (s *server) wallet(w http.ResponseWriter, r *http.Request, c caller) error {
	owners, err := s.unlinked(c, profileFromQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	if err := someone(owners); err != nil {
		return err
	}
	profile, grants, err := s.ports.Wallets.Wallet(r.Context(), owners)
	if err != nil {
		return err
	}
	out := walletAnswer{profile, make([]grantAnswer, len(grants))}
	for i, g := range grants {
		out.Grants[i] = answerGrant(g)
	}
	return writeJSON(w, http.StatusOK, out)
}

// profileHolder is a body that may say who calls.
type profileHolder struct {
	Profile profileRequest `json:"profile,omitzero"`
}

// save keeps a grant. With a token, or with a profile in the body, it must be that shopper's.
func (s *server) save(w http.ResponseWriter, r *http.Request, c caller) error {
	var in profileHolder
	body, err := readBody(r, limitRequest)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		if err := decode(body, &in); err != nil {
			return err
		}
	}
	owners, err := s.unlinked(c, in.Profile)
	if err != nil {
		return err
	}
	once, err := onceOf(r, c, body)
	if err != nil {
		return err
	}
	saved, err := s.ports.Wallets.Save(r.Context(), once, r.PathValue("id"), owners)
	var refusal *boon.Error
	if c.isToken() && errors.As(err, &refusal) && refusal.Reason == boon.ReasonWrongProfile { // a browser is not told that it exists
		return boon.Refuse(boon.ReasonNotFound, "there is no grant %s", r.PathValue("id"))
	}
	if err != nil {
		return err
	}
	markReplayed(w, saved.Replayed)
	return writeJSON(w, http.StatusOK, answerGrant(saved.Value))
}

// revoke withdraws an open grant.
func (s *server) revoke(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, limitRequest)
	if err != nil {
		return err
	}
	once, err := onceOf(r, c, body)
	if err != nil {
		return err
	}
	revoked, err := s.ports.Wallets.Revoke(r.Context(), once, r.PathValue("id"))
	if err != nil {
		return err
	}
	markReplayed(w, revoked.Replayed)
	return writeJSON(w, http.StatusOK, answerGrant(revoked.Value))
}

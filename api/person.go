package api

import (
	"context"
	"net/url"
	"slices"

	"boon"
)

// profileRequest names a shopper by raw identifiers. At least one is needed where a shopper is.
type profileRequest struct {
	AnonymousID string `json:"anonymousId,omitempty"`
	UserID      string `json:"userId,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	DeviceID    string `json:"deviceId,omitempty"`
}

type rawIdentifier struct {
	namespace boon.Namespace
	field     string
	value     string
}

// raw lists the identifiers given, the owner first: the account, else the browser.
func (p profileRequest) raw() []rawIdentifier {
	all := [...]rawIdentifier{
		{boon.NamespaceUser, "userId", p.UserID},
		{boon.NamespaceAnonymous, "anonymousId", p.AnonymousID},
		{boon.NamespaceEmail, "email", p.Email},
		{boon.NamespacePhone, "phone", p.Phone},
		{boon.NamespaceDevice, "deviceId", p.DeviceID},
	}
	given := make([]rawIdentifier, 0, 2)
	for _, raw := range all {
		if raw.value != "" {
			given = append(given, raw)
		}
	}
	return given
}

func profileFromQuery(q url.Values) profileRequest {
	return profileRequest{
		AnonymousID: q.Get("anonymousId"), UserID: q.Get("userId"), Email: q.Get("email"),
		Phone: q.Get("phone"), DeviceID: q.Get("deviceId"),
	}
}

// identifiers hashes what the request names, in raw's order.
func (s *server) identifiers(p profileRequest) ([]boon.Identifier, error) {
	var ids []boon.Identifier
	for _, raw := range p.raw() {
		id, err := s.ports.Hasher.Identifier(raw.namespace, raw.value)
		if err != nil {
			return nil, inField("profile."+raw.field, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// owners are whom the caller speaks of. A server key that names several identifiers asserts that they are one person.
func (s *server) owners(ctx context.Context, c caller, p profileRequest) ([]boon.Identifier, error) {
	ids, err := s.unlinked(c, p)
	if err != nil || c.isToken() || len(ids) < 2 {
		return ids, err
	}
	return ids, s.ports.Links.Assert(ctx, ids)
}

// unlinked is owners without the assertion, for calls that change nothing. A token speaks for its holder only, and may leave the
// profile out.
func (s *server) unlinked(c caller, p profileRequest) ([]boon.Identifier, error) {
	ids, err := s.identifiers(p)
	if err != nil || !c.isToken() {
		return ids, err
	}
	for _, id := range ids {
		if !slices.Contains(c.holder, id) {
			return nil, boon.Refuse(boon.ReasonForbidden, "The token is for another shopper than the profile names.")
		}
	}
	return c.holder, nil
}

// someone refuses a request that names nobody.
func someone(owners []boon.Identifier) error {
	if len(owners) == 0 {
		return boon.Invalid("profile", "Name the shopper: userId, anonymousId, email, phone or deviceId.")
	}
	return nil
}

// inField names the field that an invalid_request of an inner room is about.
func inField(field string, err error) error {
	if refusal, ok := err.(*boon.Error); ok && refusal.Field == "" {
		named := *refusal
		named.Field = field
		return &named
	}
	return err
}

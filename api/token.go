package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"boon"
)

const (
	tokenPrefix  = "bnt_"
	tokenLife    = time.Hour
	tokenMaxLife = 24 * time.Hour
)

// tokens signs and opens shoppers' tokens: the claims in JSON and their HMAC-SHA-256 (RFC 2104) under the instance's token key,
// both in base64url.
type tokens struct{ key []byte }

type claims struct {
	Holder  []boon.Identifier `json:"h"`
	Expires int64             `json:"e"` // Unix seconds
}

var tokenText = base64.RawURLEncoding

func isToken(secret string) bool { return strings.HasPrefix(secret, tokenPrefix) }

func (t tokens) sign(text string) []byte {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func (t tokens) mint(holder []boon.Identifier, expires time.Time) (string, error) {
	body, err := json.Marshal(claims{holder, expires.Unix()})
	if err != nil {
		return "", err
	}
	text := tokenPrefix + tokenText.EncodeToString(body)
	return text + "." + tokenText.EncodeToString(t.sign(text)), nil
}

func (t tokens) open(token string, now time.Time) ([]boon.Identifier, error) {
	bad := boon.Refuse(boon.ReasonUnauthorized, "The token is not valid. Ask the shop's server for a new one.")
	text, signature, _ := strings.Cut(token, ".")
	mac, err := tokenText.DecodeString(signature)
	if err != nil || !hmac.Equal(mac, t.sign(text)) {
		return nil, bad
	}
	body, err := tokenText.DecodeString(strings.TrimPrefix(text, tokenPrefix))
	if err != nil {
		return nil, bad
	}
	var c claims
	if json.Unmarshal(body, &c) != nil || len(c.Holder) == 0 {
		return nil, bad
	}
	if now.Unix() >= c.Expires {
		return nil, boon.Refuse(boon.ReasonUnauthorized, "The token has expired. Ask the shop's server for a new one.")
	}
	return c.Holder, nil
}

type tokenRequest struct {
	Profile profileRequest `json:"profile"`
	TTL     string         `json:"ttl,omitempty" doc:"such as 90s, 45m or 2h; 1h when absent, 24h at most"`
}

type tokenAnswer struct {
	Token     string    `json:"token" doc:"send it as Authorization: Bearer"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// mintToken gives the shop's server a token for one shopper's browser.
func (s *server) mintToken(w http.ResponseWriter, r *http.Request, c caller) error {
	var in tokenRequest
	if err := readJSON(r, &in); err != nil {
		return err
	}
	life, err := tokenLifetime(in.TTL)
	if err != nil {
		return err
	}
	holder, err := s.owners(r.Context(), c, in.Profile)
	if err != nil {
		return err
	}
	if err := someone(holder); err != nil {
		return err
	}
	expires := s.now().Add(life).UTC().Truncate(time.Second)
	token, err := s.tokens.mint(holder, expires)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, tokenAnswer{token, expires})
}

func tokenLifetime(text string) (time.Duration, error) {
	if text == "" {
		return tokenLife, nil
	}
	life, err := time.ParseDuration(text)
	if err != nil || life < time.Second || life > tokenMaxLife {
		return 0, boon.Invalid("ttl", "%q is not a duration between 1s and 24h.", text)
	}
	return life, nil
}

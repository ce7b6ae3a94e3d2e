package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"boon"
)

// Scope is what a key may do.
type Scope string

// The scopes. A key with scope ingest alone is public: it is meant for a browser's source text.
const (
	ScopeIngest  Scope = "ingest"
	ScopeDecide  Scope = "decide"
	ScopeRedeem  Scope = "redeem"
	ScopeRead    Scope = "read"
	ScopeWrite   Scope = "write"
	ScopeApprove Scope = "approve"
	ScopePrivacy Scope = "privacy"
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeIngest, ScopeDecide, ScopeRedeem, ScopeRead, ScopeWrite, ScopeApprove, ScopePrivacy}
}

// Access is what a key opens.
type Access struct {
	Name   string // for the audit; not the secret
	Scopes []Scope
	Public bool // anyone can read it in a web page: what it sends is unverified
}

// Has reports whether the key carries the scope.
func (a Access) Has(scope Scope) bool { return slices.Contains(a.Scopes, scope) }

// caller is who sends a request: a key, or a shopper with a token.
type caller struct {
	Access
	space  string            // apart for each key and token: idempotency keys and throttles of callers do not meet
	holder []boon.Identifier // of a token; nil for a key
}

func (c caller) isToken() bool { return c.holder != nil }

const (
	keyCacheSize = 10_000
	keyCacheLife = 10 * time.Second // so long a revoked key may still be taken
)

// keyring caches key look-ups. Secrets are compared by their SHA-256 only, so the time of a look-up tells nothing about a secret.
type keyring struct {
	keys  Keys
	now   func() time.Time
	mu    sync.RWMutex
	known map[[sha256.Size]byte]cachedCaller
}

type cachedCaller struct {
	caller
	until time.Time
}

func newKeyring(keys Keys, now func() time.Time) *keyring {
	return &keyring{keys: keys, now: now, known: map[[sha256.Size]byte]cachedCaller{}}
}

func (k *keyring) find(ctx context.Context, secret string) (caller, error) {
	if secret == "" {
		return caller{}, boon.Refuse(boon.ReasonUnauthorized, "No key came with the request.")
	}
	digest := sha256.Sum256([]byte(secret))
	k.mu.RLock()
	hit, ok := k.known[digest]
	k.mu.RUnlock()
	if ok && k.now().Before(hit.until) {
		return hit.caller, nil
	}
	return k.load(ctx, secret, digest)
}

func (k *keyring) load(ctx context.Context, secret string, digest [sha256.Size]byte) (caller, error) {
	access, ok, err := k.keys.Key(ctx, secret)
	if err != nil {
		return caller{}, fmt.Errorf("look up key: %w", err)
	}
	if !ok {
		return caller{}, boon.Refuse(boon.ReasonUnauthorized, "The key is unknown or revoked.")
	}
	access.Public = access.Public || (len(access.Scopes) == 1 && access.Has(ScopeIngest))
	c := caller{Access: access, space: hex.EncodeToString(digest[:8])}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= keyCacheSize {
		clear(k.known)
	}
	k.known[digest] = cachedCaller{c, k.now().Add(keyCacheLife)}
	return c, nil
}

// authorise finds the caller and checks that it may use the route.
func (s *server) authorise(ctx context.Context, r *http.Request, route *route) (caller, error) {
	if route.opens == anyone || route.opens == writeKey {
		return caller{}, nil
	}
	secret := bearer(r)
	if route.opens == evaluator && secret == "" {
		secret = r.Header.Get("X-Api-Key")
	}
	if secret == "" && r.Header.Get("Authorization") != "" {
		return caller{}, boon.Refuse(boon.ReasonUnauthorized, "This path wants the key as Authorization: Bearer; only the event calls take Basic.")
	}
	if isToken(secret) {
		return s.tokenCaller(secret, route)
	}
	c, err := s.keyring.find(ctx, secret)
	if err != nil {
		return c, err
	}
	return c, permit(c, route.scope)
}

func permit(c caller, scope Scope) error {
	if !c.Has(scope) || (c.Public && scope != ScopeIngest) {
		return boon.Refuse(boon.ReasonForbidden, "This takes a key with the scope %q.", scope)
	}
	return nil
}

func (s *server) tokenCaller(secret string, route *route) (caller, error) {
	holder, err := s.tokens.open(secret, s.now())
	if err != nil {
		return caller{}, err
	}
	if route.opens != shopper && route.opens != evaluator {
		return caller{}, boon.Refuse(boon.ReasonForbidden, "A shopper's token does not open this; it takes a server key.")
	}
	digest := sha256.Sum256([]byte(holder[0].String()))
	return caller{Access: Access{Name: "token"}, space: "token:" + hex.EncodeToString(digest[:8]), holder: holder}, nil
}

// bearer is the secret of Authorization: Bearer. Basic opens nothing but the event calls: a browser would send it by itself.
func bearer(r *http.Request) string {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

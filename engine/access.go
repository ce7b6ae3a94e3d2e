package engine

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"boon"
	"boon/api"
)

// FreshKey is a key that was made just now; its secret is shown once and kept nowhere.
type FreshKey struct{ Name, Secret string }

// FreshKeys are the keys that a first start made because none was given.
func (e *Engine) FreshKeys() []FreshKey { return e.fresh }

// localKey is the name of the key that the command line uses on a folder of its own.
const localKey = "local"

// openAccess creates the keys that the environment names, or on a first start generates them.
func (e *Engine) openAccess(ctx context.Context) error {
	given := []struct {
		name, secret string
		scopes       []api.Scope
	}{{"BOON_API_KEY", e.config.APIKey, api.Scopes()}, {"BOON_WRITE_KEY", e.config.WriteKey, []api.Scope{api.ScopeIngest}}}
	known, err := e.book.ListAccessKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range given {
		if k.secret == "" && (len(known) > 0 || !e.config.Keys) {
			continue
		}
		if k.secret == "" {
			k.secret = strings.ToLower(rand.Text())
			e.fresh = append(e.fresh, FreshKey{k.name, k.secret})
		}
		if err := e.putKey(ctx, k.name, k.secret, k.scopes); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) putKey(ctx context.Context, name, secret string, scopes []api.Scope) error {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	hash := sha256.Sum256([]byte(secret))
	return e.book.PutAccessKey(ctx, hash[:], texts, name, e.config.Now())
}

// LocalKey is a key of all scopes for the process that holds the folder; it dies with the process.
func (e *Engine) LocalKey() string { return e.local }

// keys serves look-ups of API keys.
type keys struct{ e *Engine }

// knownKey is a key as it was last read.
type knownKey struct {
	access api.Access
	at     time.Time
}

// keyLife is how long a key that was read is good without asking again; while the system of record is away, it stays good.
const keyLife = 5 * time.Second

// Key implements api.Keys. An unknown key is asked for each time, since another process may have made it just now.
func (k keys) Key(ctx context.Context, secret string) (api.Access, bool, error) {
	if hmac.Equal([]byte(secret), []byte(k.e.local)) {
		return api.Access{Name: localKey, Scopes: api.Scopes()}, true, nil
	}
	hash := sha256.Sum256([]byte(secret))
	value, cached := k.e.known.Load(hash)
	known, _ := value.(knownKey)
	now := time.Now()
	if cached && now.Sub(known.at) < keyLife {
		return known.access, true, nil
	}
	bounded, cancel := context.WithTimeout(ctx, acceptPatience)
	defer cancel()
	a, found, err := k.read(bounded, hash)
	switch {
	case cached && away(err):
		k.e.known.Store(hash, knownKey{known.access, now}) // the next calls do not wait to learn the same
		return known.access, true, nil
	case err != nil || !found:
		k.e.known.Delete(hash)
		return api.Access{}, false, err
	}
	k.e.known.Store(hash, knownKey{a, now})
	return a, true, nil
}

func (k keys) read(ctx context.Context, hash [32]byte) (a api.Access, found bool, err error) {
	texts, name, found, err := k.e.book.AccessKey(ctx, hash[:])
	a.Name = name
	for _, t := range texts {
		a.Scopes = append(a.Scopes, api.Scope(t))
	}
	a.Public = len(a.Scopes) == 1 && a.Scopes[0] == api.ScopeIngest
	return a, found, err
}

// identifiers hashes what a caller names somebody by.
type identifiers struct{ e *Engine }

// Identifier implements api.Hasher.
func (h identifiers) Identifier(ns boon.Namespace, raw string) (boon.Identifier, error) {
	value, ok := h.e.clean(ns, raw)
	if !ok {
		return boon.Identifier{}, boon.Invalid(ns.String(), "this value identifies nobody")
	}
	return h.e.hasher.Hash(ns, value), nil
}

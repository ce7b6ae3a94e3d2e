package seal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"boon"
)

// KeyStore keeps wrapped data keys. DataKeys returns those of the identifiers, by identifier. Where there is none it stores what fresh gives, durably
// before it returns, or leaves it out when fresh is nil or gives nil. Of two callers that make the same key at once both get the one that was stored.
type KeyStore interface {
	DataKeys(ctx context.Context, ids []boon.Identifier, fresh func(boon.Identifier) []byte) (map[boon.Identifier][]byte, error)
}

// Ring seals and opens under one key per identifier. It is safe for concurrent use.
type Ring struct {
	master sealer
	keys   KeyStore
	source Source
	ready  ready

	ciphers ciphers
}

// NewRing wraps data keys under master (32 bytes), keeps them in keys, makes them by source, and holds up to cacheSize of them ready (115 to 190
// bytes each, as full as Go's map is). Beside them it keeps up to 3 MB of ciphers.
func NewRing(master []byte, keys KeyStore, source Source, cacheSize int) (*Ring, error) {
	m, err := newSealer(master)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if cacheSize < 1 {
		return nil, fmt.Errorf("cache of %d keys: want at least 1", cacheSize)
	}
	return &Ring{master: m, keys: keys, source: source, ready: ready{max: cacheSize}}, nil
}

// Prepare makes the keys of identifiers that have none, in one call of the key store, so that the Seals that follow need no call each.
func (r *Ring) Prepare(ctx context.Context, ids []boon.Identifier) error {
	var missing []boon.Identifier
	for _, id := range ids {
		if _, ok := r.ready.get(id); !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err := r.fetch(ctx, once(missing), true)
	return err
}

// once keeps the first of each: what one shopper did comes several events at a time.
func once(ids []boon.Identifier) []boon.Identifier {
	seen := make(map[boon.Identifier]bool, len(ids))
	return slices.DeleteFunc(ids, func(id boon.Identifier) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// Seal encrypts plain so that only the owner's key opens it. It makes the owner's key when there is none.
func (r *Ring) Seal(ctx context.Context, owner boon.Identifier, plain []byte) ([]byte, error) {
	s, err := r.sealer(ctx, owner, true)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := make([]byte, 0, 1+checkSize+nonceSize+len(plain)+tagSize)
	out = append(append(out, version), s.check[:]...)
	return s.seal(r.ciphers.of(&s.encryption), out, owner, plain), nil
}

// Open decrypts what Seal made. ErrErased: the key is gone; ErrCorrupt: the bytes are not what Seal made for this owner.
func (r *Ring) Open(ctx context.Context, owner boon.Identifier, sealed []byte) ([]byte, error) {
	check, rest, err := keyCheck(sealed)
	if err != nil {
		return nil, fmt.Errorf("open sealed: %w", err)
	}
	s, err := r.sealer(ctx, owner, false)
	if err != nil {
		return nil, fmt.Errorf("open sealed: %w", err)
	}
	if s.check != check {
		return nil, fmt.Errorf("open sealed: %w", ErrErased)
	}
	plain, err := open(r.ciphers.of(&s.encryption), owner, rest)
	if err != nil {
		return nil, fmt.Errorf("open sealed: %w", err)
	}
	return plain, nil
}

// Forget drops the ready keys of identifiers. Call it when the key store has dropped them for good.
func (r *Ring) Forget(ids ...boon.Identifier) {
	r.ready.drop(ids)
	r.ciphers.drop()
}

func (r *Ring) sealer(ctx context.Context, id boon.Identifier, create bool) (sealer, error) {
	if s, ok := r.ready.get(id); ok {
		return s, nil
	}
	found, err := r.fetch(ctx, []boon.Identifier{id}, create)
	if err != nil {
		return sealer{}, err
	}
	s, ok := found[id]
	if !ok {
		return sealer{}, ErrErased
	}
	return s, nil
}

// fetch takes keys from the store and makes them ready.
func (r *Ring) fetch(ctx context.Context, ids []boon.Identifier, create bool) (map[boon.Identifier]sealer, error) {
	drops := r.ready.dropped()
	wrapped, err := r.dataKeys(ctx, ids, create)
	if err != nil {
		return nil, err
	}
	found := make(map[boon.Identifier]sealer, len(wrapped))
	for id, w := range wrapped {
		if found[id], err = r.unwrap(id, w); err != nil {
			return nil, err
		}
	}
	r.ready.add(found, drops)
	return found, nil
}

func (r *Ring) dataKeys(ctx context.Context, ids []boon.Identifier, create bool) (map[boon.Identifier][]byte, error) {
	if !create {
		wrapped, err := r.keys.DataKeys(ctx, ids, nil)
		return wrapped, wrapKeys(err)
	}
	var failed error
	wrapped, err := r.keys.DataKeys(ctx, ids, func(id boon.Identifier) []byte {
		key, err := r.source(id)
		if err != nil {
			failed = err
			return nil
		}
		return r.wrap(id, key)
	})
	if err == nil {
		err = failed
	}
	if err == nil && missing(ids, wrapped) {
		err = errors.New("the key store left out a key")
	}
	return wrapped, wrapKeys(err)
}

func missing(ids []boon.Identifier, wrapped map[boon.Identifier][]byte) bool {
	for _, id := range ids {
		if wrapped[id] == nil {
			return true
		}
	}
	return false
}

func wrapKeys(err error) error {
	if err != nil {
		return fmt.Errorf("data keys: %w", err)
	}
	return nil
}

func (r *Ring) wrap(id boon.Identifier, key []byte) []byte {
	return r.master.seal(r.ciphers.of(&r.master.encryption), []byte{version}, id, key)
}

func (r *Ring) unwrap(id boon.Identifier, wrapped []byte) (s sealer, err error) {
	if len(wrapped) == 0 || wrapped[0] != version {
		return s, fmt.Errorf("unwrap data key: %w", ErrCorrupt)
	}
	key, err := open(r.ciphers.of(&r.master.encryption), id, wrapped[1:])
	if err != nil {
		return s, fmt.Errorf("unwrap data key: %w; is this the master key it was wrapped under?", err)
	}
	if s, err = newSealer(key); err != nil {
		return s, fmt.Errorf("unwrap data key: %w", err)
	}
	return s, nil
}

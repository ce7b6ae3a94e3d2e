package memory

import (
	"context"
	"slices"

	"boon/redeem"
)

// poolCode is one imported code's place.
type poolCode struct {
	offer string
	n     int64
}

// ImportCodes implements redeem.CodeStore.
func (b *Book) ImportCodes(_ context.Context, f redeem.CodeFile, progress func(int)) (redeem.Import, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	done := redeem.Import{Offer: f.Offer, Codes: int64(len(f.Codes)), Total: int64(len(b.tables.pools[f.Offer]))}
	if b.tables.codeFiles[f.Digest] {
		done.Repeated = true
		return done, nil
	}
	var taken redeem.Taken
	for i, code := range f.Codes {
		if at, stored := b.tables.poolCodes[code]; stored {
			taken.Places, taken.Offers = append(taken.Places, i), append(taken.Offers, at.offer)
		}
	}
	if len(taken.Places) > 0 {
		return done, &taken
	}
	for i, code := range f.Codes {
		b.tables.poolCodes[code] = poolCode{f.Offer, done.Total + int64(i)}
	}
	b.tables.pools[f.Offer] = append(b.tables.pools[f.Offer], f.Codes...)
	b.tables.codeFiles[f.Digest] = true
	if progress != nil {
		progress(len(f.Codes))
	}
	done.Total += done.Codes
	return done, nil
}

// CodesOf implements redeem.CodeStore.
func (b *Book) CodesOf(_ context.Context, offer string, from int64, max int) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	pool := b.tables.pools[offer]
	size := int64(len(pool))
	return slices.Clone(pool[min(from, size):min(from+int64(max), size)]), nil
}

// PoolOf implements redeem.Pools.
func (t *bookTx) PoolOf(code string) (string, int64, bool, error) {
	at, found := t.book.tables.poolCodes[code]
	return at.offer, at.n, found, nil
}

// NthCode implements redeem.Pools.
func (t *bookTx) NthCode(offer string, n int64) (string, bool, error) {
	pool := t.book.tables.pools[offer]
	if n < 0 || n >= int64(len(pool)) {
		return "", false, nil
	}
	return pool[n], true, nil
}

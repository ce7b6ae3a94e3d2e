package ingest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"boon"
	"boon/catalog"
	"boon/internal/wire"
)

// Each process counts the orders that reached it: an order settles once over all of them, so that their sales add up. A process tells the others what it
// sold of a SKU, whole, so that telling it again changes nothing, and keeps what each of them told.

const sharesVersion = 1

// share is what one process sold of a SKU; without a name, what this process told last.
type share struct {
	process string
	sales   []byte // encoded
}

type shares []share

// with is the list with the word of one process in place of its last one; told is false when it said the same.
func (l shares) with(s share) (_ shares, told bool) {
	at, found := slices.BinarySearchFunc(l, s.process, func(s share, name string) int { return cmp.Compare(s.process, name) })
	switch {
	case !found:
		return slices.Insert(slices.Clone(l), at, s), true
	case bytes.Equal(l[at].sales, s.sales):
		return l, false
	}
	l = slices.Clone(l)
	l[at] = s
	return l, true
}

func (l shares) encode() []byte {
	var w wire.Writer
	w.Byte(sharesVersion)
	w.Uint(uint64(len(l)))
	for _, s := range l {
		w.String(s.process)
		w.Bytes(s.sales)
	}
	return w.Buf
}

func decodeShares(data []byte) (l shares, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != sharesVersion {
		return nil, fmt.Errorf("decode shared sales: unknown version %d", v)
	}
	for range r.Count(2) {
		l = append(l, share{r.String(), bytes.Clone(r.Bytes())})
	}
	return l, r.Err()
}

func loadShares(ctx context.Context, store Store, sku string) (shares, error) {
	data, err := store.Get(ctx, sharedKey(sku, ""))
	if err != nil {
		return nil, fmt.Errorf("read shared sales: %w", err)
	}
	return decodeShares(data)
}

// sharedKey is where the shares of a SKU lie here, and with a process behind it what that process tells the others.
func sharedKey(sku, process string) []byte {
	k := append([]byte{keyShared}, sku...)
	if process != "" {
		k = append(append(k, 0), process...)
	}
	return k
}

// IsSales reports whether a key of the shared shelf holds what a process sold.
func IsSales(key []byte) bool { return len(key) > 0 && key[0] == keyShared }

// soldByAll adds what other processes told to what this one sold.
func soldByAll(ctx context.Context, store Store, sku string, here func(context.Context, Store, string) (catalog.Sales, error)) (catalog.Sales, error) {
	all, err := here(ctx, store, sku)
	if err != nil {
		return all, err
	}
	told, err := loadShares(ctx, store, sku)
	if err != nil {
		return all, err
	}
	for _, s := range told {
		if s.process == "" {
			continue
		}
		sales, err := catalog.DecodeSales(s.sales)
		if err != nil {
			return all, err
		}
		all = all.Plus(sales)
	}
	return all, nil
}

// SoldHere lists the SKUs of which this process has sold something.
func SoldHere(ctx context.Context, store Store) (skus []string, err error) {
	err = store.Scan(ctx, []byte{keySales}, nil, func(key, _ []byte) bool {
		skus = append(skus, string(key[1:]))
		return true
	})
	return skus, err
}

// TellSales is what the others have not been told yet of the sales of some SKUs, and what to keep here once they have been.
func TellSales(ctx context.Context, store Store, process string, skus []string) (tell, keep []boon.Write, err error) {
	for _, sku := range skus {
		sales, err := store.Get(ctx, salesKey(sku))
		if err != nil {
			return nil, nil, fmt.Errorf("read sales: %w", err)
		}
		told, err := loadShares(ctx, store, sku)
		if err != nil {
			return nil, nil, err
		}
		if told, changed := told.with(share{sales: sales}); changed {
			tell = append(tell, boon.Write{Key: sharedKey(sku, process), Value: sales})
			keep = append(keep, boon.Write{Key: sharedKey(sku, ""), Value: told.encode()})
		}
	}
	return tell, keep, nil
}

// HearSales is what to keep of what processes told, this one's own words apart.
func HearSales(ctx context.Context, store Store, process string, told []boon.Write) ([]boon.Write, error) {
	known := map[string]shares{}
	var skus []string
	for _, w := range told {
		sku, from, ok := bytes.Cut(w.Key[1:], []byte{0})
		if !ok || string(from) == process {
			continue
		}
		l, read := known[string(sku)]
		if !read {
			skus = append(skus, string(sku))
			var err error
			if l, err = loadShares(ctx, store, string(sku)); err != nil {
				return nil, err
			}
		}
		known[string(sku)], _ = l.with(share{string(from), w.Value})
	}
	keep := make([]boon.Write, len(skus))
	for i, sku := range skus {
		keep[i] = boon.Write{Key: sharedKey(sku, ""), Value: known[sku].encode()}
	}
	return keep, nil
}

package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"boon"
	"boon/internal/wire"
)

const (
	competitorsKept   = 16 // of one SKU; of more, the one that was seen longest ago is forgotten
	maxSource         = 100
	clockSkew         = 5 * time.Minute // by which a feed's clock may be ahead
	defaultAge        = 48 * time.Hour  // for which a competitor's price counts, unless the shop says another
	competitorVersion = 1
)

// competitor reads what a competitor asks; nil when the row does not say.
func (r *record) competitor(currency boon.Currency, now time.Time) (*boon.CompetitorPrice, error) {
	minor, found, err := r.exact(currency, "competitor_price")
	source, column := r.get("competitor", "source")
	switch {
	case err != nil:
		return nil, err
	case !found && column == "competitor" && source != "":
		return nil, refused(r.line, "competitor_price", "the row names the competitor %q and no competitor_price", source)
	case !found:
		return nil, nil
	case minor == 0:
		return nil, refused(r.line, "competitor_price", "0 is no price; leave the row out, and what was seen before passes")
	case len(source) > maxSource:
		return nil, refused(r.line, column, "the name is longer than %d bytes", maxSource)
	}
	seen, err := r.seenAt(now)
	return &boon.CompetitorPrice{Source: source, Currency: currency, Price: minor, Seen: seen}, err
}

func (r *record) seenAt(now time.Time) (time.Time, error) {
	text, _ := r.get("seen_at")
	if text == "" {
		return now, nil
	}
	seen, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return now, refused(r.line, "seen_at", "%q is no time such as 2026-01-05T10:00:00Z", text)
	case seen.After(now.Add(clockSkew)):
		return now, refused(r.line, "seen_at", "%s is still to come", text)
	}
	return seen.UTC(), nil
}

// WithCompetitor is known, which is sorted by source and stays as it is, with what was seen now in the place of what its source asked before. What was
// seen before that is not taken: feeds may be late.
func WithCompetitor(known []boon.CompetitorPrice, seen boon.CompetitorPrice) (list []boon.CompetitorPrice, taken bool) {
	at, found := slices.BinarySearchFunc(known, seen.Source, func(c boon.CompetitorPrice, source string) int { return strings.Compare(c.Source, source) })
	if found && seen.Seen.Before(known[at].Seen) {
		return known, false
	}
	list = slices.Clone(known)
	if found {
		list[at] = seen
		return list, true
	}
	list = slices.Insert(list, at, seen)
	if len(list) > competitorsKept {
		oldest := longestAgo(list)
		list = slices.Delete(list, oldest, oldest+1)
	}
	return list, true
}

func longestAgo(list []boon.CompetitorPrice) (oldest int) {
	for i := range list {
		if list[i].Seen.Before(list[oldest].Seen) {
			oldest = i
		}
	}
	return oldest
}

// LowestCompetitor is the lowest price of those in the product's currency (the shop's, where it has none) that were seen no longer before at than the
// shop lets them count; of equals, that of the first source by name. The zero value: there is none.
func LowestCompetitor(p *boon.Product, shop *boon.Shop, at time.Time) (lowest boon.CompetitorPrice) {
	currency, oldest := cmp.Or(p.Currency, shop.Currency), at.Add(-cmp.Or(shop.CompetitorAge, defaultAge))
	for _, c := range p.Competitors {
		if c.Currency == currency && !c.Seen.Before(oldest) && (lowest.Price == 0 || c.Price < lowest.Price) {
			lowest = c
		}
	}
	return lowest
}

// EncodeCompetitors is the stored form of a SKU's prices elsewhere.
func EncodeCompetitors(list []boon.CompetitorPrice) []byte {
	var w wire.Writer
	w.Byte(competitorVersion)
	w.Uint(uint64(len(list)))
	for _, c := range list {
		w.String(c.Source)
		w.String(string(c.Currency))
		w.Int(c.Price)
		w.Time(c.Seen)
	}
	return w.Buf
}

// DecodeCompetitors reads what EncodeCompetitors wrote.
func DecodeCompetitors(data []byte) (list []boon.CompetitorPrice, err error) {
	r := wire.NewReader(data)
	if v := r.Byte(); v != competitorVersion {
		return nil, fmt.Errorf("decode competitors: unknown version %d", v)
	}
	for range r.Count(4) {
		list = append(list, boon.CompetitorPrice{Source: r.String(), Currency: boon.Currency(r.String()), Price: r.Int(), Seen: r.Time()})
	}
	if err := finished(r); err != nil {
		return nil, fmt.Errorf("decode competitors: %w", err)
	}
	return list, nil
}

package catalog

import (
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/internal/wire"
)

const (
	week         = 7
	demandWeeks  = 4
	demandDays   = demandWeeks * week
	maxUnits     = 1_000_000_000 // of one order line
	maxSold      = 1 << 40       // of one day
	salesVersion = 1
)

// Sales are the units of one SKU that the shop's settled orders sold, by day (UTC). They come out the same in whatever order they are told, and take no
// more than 29 days of room.
type Sales struct {
	First int64 // the day of the first sale that is known
	Days  []Sold
}

// Sold are the units of one day.
type Sold struct{ Day, Units int64 }

// Sell adds what an order sold on a day, counted from 1970. Days of 28 before the last one are forgotten.
func (s *Sales) Sell(day, units int64) {
	if units = min(units, maxUnits); units <= 0 {
		return
	}
	if len(s.Days) == 0 || day < s.First {
		s.First = day
	}
	s.add(Sold{day, units})
	oldest := s.Days[len(s.Days)-1].Day - demandDays
	s.Days = slices.DeleteFunc(s.Days, func(d Sold) bool { return d.Day < oldest })
}

// Plus are the sales of two counters that counted different orders. It is commutative and associative, and no sales change nothing.
func (s Sales) Plus(t Sales) Sales {
	if len(s.Days) == 0 {
		return t
	}
	sum := Sales{First: s.First, Days: slices.Clone(s.Days)}
	for _, d := range t.Days {
		sum.add(d)
	}
	if len(t.Days) > 0 {
		sum.First = min(s.First, t.First)
	}
	return sum
}

// add counts units of a day.
func (s *Sales) add(sold Sold) {
	at, found := slices.BinarySearchFunc(s.Days, sold.Day, func(d Sold, day int64) int { return int(d.Day - day) })
	if !found {
		s.Days = slices.Insert(s.Days, at, Sold{Day: sold.Day})
	}
	s.Days[at].Units = min(s.Days[at].Units+sold.Units, maxSold)
}

// Daily is how many units a day sells, as of a day that is not over and so does not count: the mean of the last four whole weeks, or of as many as have
// passed since the day of the first sale; not known before one has. Whole weeks hold every weekday equally often. The day of the first sale is left
// out, for it was picked by its sale: of a Poisson demand the mean is the maximum likelihood estimate, without bias, with the variance rate / days.
// See Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2 (the mean method) and 3.3 (moving averages).
func (s Sales) Daily(today int64) (rate boon.Micros, known bool) {
	days := min((today-s.First-1)/week, demandWeeks) * week
	if len(s.Days) == 0 || days <= 0 {
		return 0, false
	}
	var units int64
	for _, d := range s.Days {
		if d.Day >= today-days && d.Day < today {
			units += d.Units
		}
	}
	return boon.Micros(boon.MulDiv(units, int64(boon.Unit), days)), true
}

// Day is the number of a day of UTC, counted from 1970.
func Day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// AsksDemand reports whether the shop's own orders may say a stock's demand: the feed gave none, or it gave it more than four weeks before at.
func AsksDemand(s *boon.Stock, at time.Time) bool {
	return s != nil && (s.DemandFrom == boon.DemandUnknown || at.Sub(s.At) > demandDays*24*time.Hour)
}

// WithDemand is the stock with the demand that its sales come to, where AsksDemand and that is known.
func WithDemand(s boon.Stock, sales Sales, at time.Time) boon.Stock {
	if rate, known := sales.Daily(Day(at)); known && AsksDemand(&s, at) {
		s.DailyDemand, s.DemandFrom = rate, boon.DemandOrders
	}
	return s
}

// Encode is the stored form.
func (s Sales) Encode() []byte {
	var w wire.Writer
	w.Byte(salesVersion)
	w.Int(s.First)
	w.Uint(uint64(len(s.Days)))
	for _, d := range s.Days {
		w.Int(d.Day)
		w.Int(d.Units)
	}
	return w.Buf
}

// DecodeSales reads what Encode wrote; no bytes are no sales.
func DecodeSales(data []byte) (s Sales, err error) {
	if len(data) == 0 {
		return s, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != salesVersion {
		return s, fmt.Errorf("decode sales: unknown version %d", v)
	}
	s.First = r.Int()
	for range r.Count(2) {
		s.Days = append(s.Days, Sold{r.Int(), r.Int()})
	}
	if err := finished(r); err != nil {
		return Sales{}, fmt.Errorf("decode sales: %w", err)
	}
	return s, nil
}

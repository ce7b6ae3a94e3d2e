package sketch

import (
	"fmt"
	"math/bits"
	"slices"

	"boon/internal/wire"
)

// Histogram counts integers in log-linear buckets. Values below zero count as zero. Make one with New.
type Histogram struct {
	bits    uint8
	total   int64
	buckets []bucket // ascending, no zero count
}

type bucket struct {
	index uint32
	count int64
}

// New makes a histogram that is exact below 2^precision (1 to 16) and has relative error below 2^-(precision-1) above.
func New(precision uint8) Histogram {
	if precision < 1 || precision > 16 {
		panic(fmt.Sprintf("sketch: precision %d is not in 1..16", precision))
	}
	return Histogram{bits: precision}
}

// indexOf numbers the bucket of v: v itself below 2^b, then 2^(b-1) buckets for each further power of two.
func indexOf(v int64, b uint8) uint32 {
	u := uint64(max(v, 0))
	shift := bits.Len64(u) - int(b)
	if shift <= 0 {
		return uint32(u)
	}
	return uint32(shift)<<(b-1) + uint32(u>>shift)
}

// lowerBound is the least value of a bucket.
func lowerBound(index uint32, b uint8) int64 {
	if index < 1<<b {
		return int64(index)
	}
	half := uint32(1) << (b - 1)
	shift := index/half - 1
	return int64(index-shift*half) << shift
}

// Add counts n more occurrences of v; a negative n takes them away.
func (h *Histogram) Add(v, n int64) {
	if n == 0 {
		return
	}
	h.total += n
	h.add(indexOf(v, h.bits), n)
}

func (h *Histogram) search(index uint32) (int, bool) {
	return slices.BinarySearchFunc(h.buckets, index, func(b bucket, i uint32) int { return int(b.index) - int(i) })
}

func (h *Histogram) add(index uint32, n int64) {
	at, found := h.search(index)
	if !found {
		h.buckets = slices.Insert(h.buckets, at, bucket{index, n})
		return
	}
	h.buckets[at].count += n
	if h.buckets[at].count == 0 {
		h.buckets = slices.Delete(h.buckets, at, at+1)
	}
}

// Remove takes back one earlier Add(v, 1).
func (h *Histogram) Remove(v int64) { h.Add(v, -1) }

// Merge adds what o holds. Both must have been made with the same precision.
func (h *Histogram) Merge(o Histogram) {
	if h.bits != o.bits {
		panic("sketch: merge of different precisions")
	}
	h.total += o.total
	for _, b := range o.buckets {
		h.add(b.index, b.count)
	}
}

// Clone is a copy that shares nothing.
func (h *Histogram) Clone() Histogram {
	return Histogram{bits: h.bits, total: h.total, buckets: slices.Clone(h.buckets)}
}

// Precision is what New was given.
func (h *Histogram) Precision() uint8 { return h.bits }

// Total is the number of values held.
func (h *Histogram) Total() int64 { return h.total }

// Count is how many of the values fall into the bucket of v.
func (h *Histogram) Count(v int64) int64 {
	at, found := h.search(indexOf(v, h.bits))
	if !found {
		return 0
	}
	return h.buckets[at].count
}

// Rank is the least value x whose bucket brings the cumulative count to at least rank (1-based); 0 when the histogram is empty.
// The quantile k/n is Rank(ceil(Total*k/n)): the inverse of the empirical distribution function.
func (h *Histogram) Rank(rank int64) int64 {
	var cumulated, last int64
	for _, b := range h.buckets {
		cumulated += b.count
		last = lowerBound(b.index, h.bits)
		if cumulated >= rank {
			return last
		}
	}
	return last
}

// Quantile is the least value that at least k of every n values do not exceed.
func (h *Histogram) Quantile(k, n int64) int64 {
	return h.Rank((h.total*k + n - 1) / n)
}

// Floor is what the histogram remembers of v: the lower bound of its bucket.
func (h *Histogram) Floor(v int64) int64 { return lowerBound(indexOf(v, h.bits), h.bits) }

// Append writes the histogram.
func (h *Histogram) Append(w *wire.Writer) {
	w.Byte(h.bits)
	w.Uint(uint64(len(h.buckets)))
	var before uint32
	for _, b := range h.buckets {
		w.Uint(uint64(b.index - before))
		w.Int(b.count)
		before = b.index
	}
}

// Read reads what Append wrote.
func Read(r *wire.Reader) (Histogram, error) {
	h := Histogram{bits: r.Byte()}
	n := r.Count(2)
	if r.Err() != nil || h.bits < 1 || h.bits > 16 {
		return Histogram{}, fmt.Errorf("read histogram: %w", wire.ErrMalformed)
	}
	h.buckets = make([]bucket, 0, n)
	limit := uint64(indexOf(1<<63-1, h.bits))
	var index uint64
	for i := range n {
		step, count := r.Uint(), r.Int()
		index += min(step, limit+1)
		if r.Err() != nil || count == 0 || index > limit || (i > 0 && step == 0) {
			return Histogram{}, fmt.Errorf("read histogram: %w", wire.ErrMalformed)
		}
		h.total += count
		h.buckets = append(h.buckets, bucket{uint32(index), count})
	}
	return h, nil
}

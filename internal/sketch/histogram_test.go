package sketch

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"boon/internal/wire"

	"pgregory.net/rapid"
)

func filled(precision uint8, values []int64) Histogram {
	h := New(precision)
	for _, v := range values {
		h.Add(v, 1)
	}
	return h
}

func encode(h Histogram) []byte {
	var w wire.Writer
	h.Append(&w)
	return w.Buf
}

var anyValues = rapid.SliceOf(rapid.OneOf(rapid.Int64Range(0, 300), rapid.Int64Min(0)))

// Every value lies in its bucket: not below the lower bound, and within the documented relative error of it.
func TestFloorErrorIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		precision := uint8(rapid.IntRange(1, 16).Draw(t, "precision"))
		v := rapid.Int64Min(0).Draw(t, "v")
		h := New(precision)
		floor := h.Floor(v)
		if floor > v {
			t.Fatalf("floor %d is above %d", floor, v)
		}
		if v < 1<<precision && floor != v {
			t.Fatalf("floor of %d is %d, want it exact below %d", v, floor, 1<<precision)
		}
		if bound := math.Ldexp(1, 1-int(precision)); float64(v-floor) > bound*float64(floor) {
			t.Fatalf("floor %d of %d errs by more than %g", floor, v, bound)
		}
	})
}

// Buckets are contiguous: the lower bound of each index maps to that index, and the value just below to the one before.
func TestBucketsAreContiguous(t *testing.T) {
	for _, precision := range []uint8{1, 2, 5, 10} {
		for index := uint32(1); index <= indexOf(math.MaxInt64, precision); index++ {
			bound := lowerBound(index, precision)
			if got := indexOf(bound, precision); got != index {
				t.Fatalf("precision %d: index of bound %d is %d, want %d", precision, bound, got, index)
			}
			if got := indexOf(bound-1, precision); got != index-1 {
				t.Fatalf("precision %d: index of %d is %d, want %d", precision, bound-1, got, index-1)
			}
		}
	}
}

func TestRemoveUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stay, leave := anyValues.Draw(t, "stay"), anyValues.Draw(t, "leave")
		h := filled(8, append(slices.Clone(stay), leave...))
		for _, v := range leave {
			h.Remove(v)
		}
		if !bytes.Equal(encode(h), encode(filled(8, stay))) {
			t.Fatal("removing what was added leaves a trace")
		}
	})
}

func TestMergeCommutesAndAssociates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyValues.Draw(t, "a"), anyValues.Draw(t, "b"), anyValues.Draw(t, "c")
		left := filled(8, a)
		left.Merge(filled(8, b))
		left.Merge(filled(8, c))
		right := filled(8, c)
		tail := filled(8, b)
		tail.Merge(filled(8, a))
		right.Merge(tail)
		all := filled(8, slices.Concat(a, b, c))
		if !bytes.Equal(encode(left), encode(right)) || !bytes.Equal(encode(left), encode(all)) {
			t.Fatal("merge depends on order")
		}
	})
}

// On small values a quantile is the inverse empirical distribution function of the values themselves.
func TestQuantileIsExactBelowPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 255), 1, 60).Draw(t, "values")
		h := filled(8, values)
		slices.Sort(values)
		for k := int64(1); k <= 5; k++ {
			want := values[(int64(len(values))*k+4)/5-1]
			if got := h.Quantile(k, 5); got != want {
				t.Fatalf("quantile %d/5 of %v is %d, want %d", k, values, got, want)
			}
		}
	})
}

func TestReadRefusesWhatAppendDoesNotWrite(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":            {},
		"precision zero":     {0, 0},
		"bucket of zero":     {8, 1, 5, 0},
		"repeated bucket":    {8, 2, 5, 2, 0, 2},
		"bucket past int64":  {1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 2},
		"fewer than claimed": {8, 3, 5, 2},
	} {
		if _, err := Read(wire.NewReader(data)); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(encode(filled(8, []int64{0, 1, 255, 256, 1 << 40, math.MaxInt64})))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		h, err := Read(r)
		if err != nil {
			return
		}
		again, err := Read(wire.NewReader(encode(h)))
		if err != nil || !bytes.Equal(encode(again), encode(h)) {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
	})
}

func TestCountIsOfABucket(t *testing.T) {
	h := filled(4, []int64{0, 0, 3, 100, 101})
	for v, want := range map[int64]int64{0: 2, 1: 0, 3: 1, 100: 2, 200: 0} {
		if got := h.Count(v); got != want {
			t.Errorf("%d values like %d, want %d", got, v, want)
		}
	}
}

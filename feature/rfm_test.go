package feature

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRFMScores(t *testing.T) {
	for _, c := range []struct {
		story  string
		values []int64
		want   []int
	}{
		{"ten different values make five pairs", []int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100}, []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}},
		{"the input's order is kept", []int64{5, 1, 4, 2, 3}, []int{5, 1, 4, 2, 3}},
		{"equal values share a bin", []int64{1, 1, 1, 1, 1, 1, 2, 2, 3, 9}, []int{1, 1, 1, 1, 1, 1, 4, 4, 5, 5}},
		{"all equal, all in the first", []int64{7, 7, 7}, []int{1, 1, 1}},
		{"nobody", nil, []int{}},
	} {
		t.Run(c.story, func(t *testing.T) {
			if got := RFMScores(c.values); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestScoresKeepRankAndFillBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64(), 1, 50).Draw(t, "values")
		scores := RFMScores(values)
		for i := range values {
			if scores[i] < 1 || scores[i] > 5 {
				t.Fatalf("score %d", scores[i])
			}
			for j := range values {
				if (values[i] == values[j] && scores[i] != scores[j]) || (values[i] < values[j] && scores[i] > scores[j]) {
					t.Fatalf("%d scores %d, %d scores %d", values[i], scores[i], values[j], scores[j])
				}
			}
		}
	})
}

var anySummary = rapid.Custom(func(t *rapid.T) Summary {
	s := Summary{
		LastOrderDay: rapid.Int64Range(18000, 20500).Draw(t, "day"), Orders: rapid.Int64Range(0, 40).Draw(t, "orders"),
		Revenue: rapid.Int64Range(0, 1000).Draw(t, "revenue"), CycleDays: rapid.Int64Range(0, 90).Draw(t, "cycle"),
	}
	for i := range rapid.IntRange(0, keepReceipts).Draw(t, "receipts") {
		s.Receipts[i] = Receipt{int64(i + 1), rapid.Int64Range(0, 1000).Draw(t, "value"), rapid.Int64Range(0, 9).Draw(t, "shipping")}
	}
	return s
})

func populate(summaries []Summary) Population {
	p := NewPopulation()
	for _, s := range summaries {
		p.Replace(Summary{}, s)
	}
	return p
}

// On values that the histograms hold exactly, the score online is the score of the batch.
func TestOnlineScoresEqualBatchScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var bought []Summary
		for _, s := range rapid.SliceOfN(anySummary, 1, 60).Draw(t, "profiles") {
			if s.Orders > 0 {
				bought = append(bought, s)
			}
		}
		population := populate(bought)
		cuts := population.Cuts()
		compare := func(name string, cut Quintiles, of func(Summary) int64) {
			values := make([]int64, len(bought))
			for i, s := range bought {
				values[i] = of(s)
			}
			for i, want := range RFMScores(values) {
				if got := cut.Score(values[i]); got != int64(want) {
					t.Fatalf("%s %d of %v scores %d online, %d in the batch", name, values[i], values, got, want)
				}
			}
		}
		compare("recency", cuts.Recency, func(s Summary) int64 { return s.LastOrderDay })
		compare("frequency", cuts.Frequency, func(s Summary) int64 { return s.Orders })
		compare("monetary", cuts.Monetary, func(s Summary) int64 { return s.Revenue })
	})
}

func TestReplaceForgetsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stay, change := rapid.SliceOf(anySummary).Draw(t, "stay"), rapid.SliceOf(anySummary).Draw(t, "change")
		p := populate(slices.Concat(change, stay))
		for _, s := range change {
			later := s
			later.Orders++
			later.Revenue += 5
			later.Receipts[0] = Receipt{7, 5, 1}
			p.Replace(s, later)
			p.Replace(later, Summary{})
		}
		if want := populate(stay); !bytes.Equal(p.Encode(), want.Encode()) {
			t.Fatal("a profile that left is still counted")
		}
	})
}

func TestPopulationsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOf(anySummary).Draw(t, "a"), rapid.SliceOf(anySummary).Draw(t, "b")
		p := populate(a)
		p.Merge(populate(b))
		want := populate(slices.Concat(b, a))
		if !bytes.Equal(p.Encode(), want.Encode()) || p.Cuts() != want.Cuts() {
			t.Fatal("merged populations are not the population of all")
		}
		again, err := DecodePopulation(p.Encode())
		if err != nil || !bytes.Equal(again.Encode(), p.Encode()) {
			t.Fatalf("a population does not survive its codec: %v", err)
		}
	})
}

func FuzzDecodePopulation(f *testing.F) {
	p := populate([]Summary{{LastOrderDay: 20000, Orders: 3, Revenue: 12345678, CycleDays: 20, Receipts: [keepReceipts]Receipt{{1, 4500, 490}}}, {LastOrderDay: 20001, Orders: 1, Revenue: 5}})
	f.Add(p.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodePopulation(data)
		if err != nil {
			return
		}
		if again, err := DecodePopulation(p.Encode()); err != nil || !bytes.Equal(again.Encode(), p.Encode()) {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
		p.Cuts()
	})
}

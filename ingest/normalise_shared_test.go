package ingest

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"boon"
)

// tally is what a file holds; money in minor units.
type tally struct{ events, lines, traits, units, total, revenue, saved, merchandise int64 }

// TestSharedData reads every real event there is: none is refused, and the sums are those that an independent reading in decimal arithmetic
// (Python's json and decimal) gives.
func TestSharedData(t *testing.T) {
	for file, want := range map[string]tally{
		"complete-journey/events.jsonl.gz": {96863, 150000, 5237, 15569388, 46787048, 23393524, 8307524, 46782442},
		"clickstream/rees46.jsonl.gz":      {1000, 1000, 0, 1000, 238784, 238784, 0, 29361599},
		"clickstream/otto.jsonl.gz":        {857, 862, 0, 862, 0, 0, 0, 0},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			var got tally
			for raw := range sharedLines(t, file) {
				m, err := Decode(raw, 0, receipt)
				if err != nil {
					t.Fatalf("%s: %v", raw, err)
				}
				event, contacts, err := Normalise(m, testOptions(true))
				if err != nil || len(contacts) > 0 {
					t.Fatalf("%s: contacts %v, error %v", raw, contacts, err)
				}
				got.add(event)
			}
			if got != want {
				t.Errorf("sums\n%+v, want\n%+v", got, want)
			}
		})
	}
}

func (c *tally) add(e boon.Event) {
	c.events++
	c.traits += int64(len(e.Traits))
	if e.Order == nil {
		return
	}
	c.total += e.Order.Total
	c.revenue += e.Order.Revenue
	c.merchandise += e.Order.Merchandise()
	for _, l := range e.Order.Lines {
		c.lines++
		c.units += l.Quantity
		c.saved += l.Saved
	}
}

func sharedLines(t testing.TB, file string) func(func([]byte) bool) {
	root := os.Getenv("BOON_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, file))
	if err != nil {
		t.Skipf("shared data is absent (set BOON_SHARED_DATA): %v", err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func([]byte) bool) {
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if !yield(lines.Bytes()) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			t.Error(err)
		}
	}
}

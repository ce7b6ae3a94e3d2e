package ingest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// TestSharedData reads every real event there is: none is refused, and an independent reading with encoding/json counts the same.
func TestSharedData(t *testing.T) {
	for file, want := range map[string]int{
		"complete-journey/events.jsonl.gz": 96863, "clickstream/rees46.jsonl.gz": 1000, "clickstream/otto.jsonl.gz": 857,
	} {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			got, reference := tally{names: map[string]int{}}, tally{names: map[string]int{}}
			for raw := range sharedLines(t, file) {
				reference.addReference(t, raw)
				m, err := Decode(raw, 0, time.Unix(0, 0))
				if err != nil {
					t.Fatalf("%s: %v", raw, err)
				}
				event, contacts, err := Normalise(m, testOptions(true))
				if err != nil || len(contacts) > 0 {
					t.Fatalf("%s: contacts %v, error %v", raw, contacts, err)
				}
				got.add(event)
			}
			if got.events != want {
				t.Errorf("%d events, want %d", got.events, want)
			}
			if diff := cmp.Diff(reference, got, cmp.AllowUnexported(tally{})); diff != "" {
				t.Errorf("counts differ from encoding/json's (-its +ours):\n%s", diff)
			}
		})
	}
}

// tally sums what both readings must agree on; amounts in minor units of two digits.
type tally struct {
	events, lines, traits    int
	units                    int64
	total, revenue, discount int64
	names                    map[string]int
}

func (c *tally) add(e boon.Event) {
	c.events++
	c.names[e.Name]++
	c.traits += len(e.Traits)
	if e.Order == nil {
		return
	}
	c.lines += len(e.Order.Lines)
	c.total += e.Order.Total
	c.revenue += e.Order.Revenue
	for _, l := range e.Order.Lines {
		c.units += l.Quantity
		c.discount += l.Saved
	}
}

func (c *tally) addReference(t *testing.T, raw []byte) {
	type line struct {
		Quantity                *int64
		Discount, Coupon, Price json.Number
		CouponDiscount          json.Number `json:"coupon_discount"`
		SKU                     string
	}
	var event struct {
		Event      string
		Traits     map[string]string
		Properties struct {
			line
			Total, Value, Revenue json.Number
			Products              []line
		}
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	p := event.Properties
	if p.SKU != "" {
		p.Products = append(p.Products, p.line)
	}
	c.events++
	c.names[event.Event]++
	c.traits += len(maps.Clone(event.Traits))
	c.total += cents(t, p.Total) + cents(t, p.Value)
	c.revenue += cents(t, p.Revenue)
	for _, l := range p.Products {
		c.lines++
		c.discount += cents(t, l.Discount) + cents(t, l.CouponDiscount)
		if l.Quantity == nil {
			c.units++
		} else {
			c.units += *l.Quantity
		}
	}
}

func cents(t *testing.T, n json.Number) int64 {
	if n == "" {
		return 0
	}
	minor, err := boon.ParseDecimal(n.String(), 2)
	if err != nil {
		t.Fatal(err)
	}
	return minor
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

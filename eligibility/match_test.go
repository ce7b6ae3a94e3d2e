package eligibility

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"

	"pgregory.net/rapid"
)

var manyFields = []rule.Field{
	{Name: "profile.orders", Type: rule.TypeInt}, {Name: "profile.flag", Type: rule.TypeBool}, {Name: "cart.total", Type: rule.TypeDouble},
	{Name: "context.country", Type: rule.TypeString}, {Name: "profile.tags", Type: rule.TypeList}, {Name: "profile.last_order_at", Type: rule.TypeTime},
	{Name: "profile.traits", Type: rule.TypeMap},
}

// freeRow has any value of each field, or none.
type freeRow struct {
	values     []rule.Value
	categories []string
	now        time.Time
}

func (r *freeRow) Value(i int) rule.Value { return r.values[i] }
func (r *freeRow) Now() time.Time         { return r.now }
func (r *freeRow) Categories() []string   { return r.categories }

var (
	words = rapid.SampledFrom([]string{"DE", "FR", "US", "gold", "A", "A/B", "A/B/C", "A/BC", ""})
	stamp = func(t *rapid.T) string {
		return noon.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "day")).Format(time.RFC3339)
	}
)

// genPart is one conjunct; most are of a form that the index knows, some of each kind are not.
func genPart(t *rapid.T) string {
	word := func() string { return fmt.Sprintf("%q", words.Draw(t, "word")) }
	sign := func() string { return rapid.SampledFrom([]string{"==", "<", "<=", ">", ">="}).Draw(t, "sign") }
	n := rapid.IntRange(-3, 3).Draw(t, "n")
	switch rapid.IntRange(0, 13).Draw(t, "part") {
	case 0:
		return fmt.Sprintf("profile.orders %s %d", sign(), n)
	case 1:
		return fmt.Sprintf("%d %s profile.orders", n, sign())
	case 2:
		return fmt.Sprintf("cart.total %s %d.5", sign(), n)
	case 3:
		return "profile.flag"
	case 4:
		return "!profile.flag"
	case 5:
		return fmt.Sprintf("context.country == %s", word())
	case 6:
		return fmt.Sprintf("context.country in [%s, %s]", word(), word())
	case 7:
		return fmt.Sprintf("(%s in profile.tags || %s in profile.tags)", word(), word())
	case 8:
		return fmt.Sprintf("(cart.category(%s) || cart.category(%s))", word(), word())
	case 9:
		return fmt.Sprintf("now %s timestamp(%q)", sign(), stamp(t))
	case 10:
		return fmt.Sprintf("profile.last_order_at %s timestamp(%q)", sign(), stamp(t))
	case 11:
		return fmt.Sprintf("profile.traits[%s] == %s", word(), word())
	case 12:
		return fmt.Sprintf("(context.country == %s || cart.total %s %d.0)", word(), sign(), n)
	}
	return fmt.Sprintf("profile.orders / %d > 0", n)
}

func genOffer(t *rapid.T, i int) boon.Offer {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2, func(s string) string { return s })
	o := boon.Offer{ID: fmt.Sprint(i), Placements: names.Draw(t, "placements"), Triggers: names.Draw(t, "triggers"),
		Paused: rapid.IntRange(0, 9).Draw(t, "paused") == 0}
	if rapid.Bool().Draw(t, "scheduled") {
		o.Starts = noon.AddDate(0, 0, rapid.IntRange(-2, 1).Draw(t, "starts"))
		o.Ends = o.Starts.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "days"))
	}
	var parts []string
	for range rapid.IntRange(0, 4).Draw(t, "parts") {
		parts = append(parts, genPart(t))
	}
	o.Eligibility = strings.Join(parts, " && ")
	return o
}

func genFreeRow(t *rapid.T) *freeRow {
	r := &freeRow{now: noon.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "now")), categories: rapid.SliceOfN(words, 0, 3).Draw(t, "categories")}
	double := rapid.SampledFrom([]float64{-3, -0.5, math.Copysign(0, -1), 0, 0.5, 1.5, 3, math.NaN(), math.Inf(1), math.Inf(-1)})
	r.values = []rule.Value{
		rule.Int(rapid.SampledFrom([]int64{math.MinInt64, -3, -1, 0, 1, 3, math.MaxInt64}).Draw(t, "orders")),
		rule.Bool(rapid.Bool().Draw(t, "flag")), rule.Double(double.Draw(t, "total")), rule.String(words.Draw(t, "country")),
		rule.List(rapid.SliceOfN(words, 0, 3).Draw(t, "tags")), rule.Time(noon.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "last"))),
		rule.Map(map[string]string{"DE": "gold", "A": "A"}),
	}
	for i := range r.values {
		if rapid.IntRange(0, 19).Draw(t, "missing") == 0 {
			r.values[i] = rule.Value{}
		}
	}
	return r
}

func manyEnv(t testing.TB) *rule.Env {
	env, err := rule.NewEnv(manyFields, nil)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// The index answers as the scan does, whatever offers ask and rows hold, and as Fits has it for placement and trigger.
func TestIndexAgreesWithScan(t *testing.T) {
	env := manyEnv(t)
	matched, doubted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		offers := make([]boon.Offer, rapid.IntRange(0, 150).Draw(t, "offers"))
		for i := range offers {
			offers[i] = genOffer(t, i)
		}
		campaigns := make([]boon.Campaign, len(offers))
		for i := range campaigns {
			if i%7 == 0 {
				campaigns[i] = boon.Campaign{ID: "c", Starts: noon.AddDate(0, 0, -1), Ends: noon.AddDate(0, 0, 1), Paused: i%49 == 0}
			}
		}
		x, err := Compile(env, offers, campaigns)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			r := genFreeRow(t)
			placement := rapid.SampledFrom([]string{"a", "b", "c", "elsewhere"}).Draw(t, "placement")
			trigger := rapid.SampledFrom([]string{"", "a", "b", "c", "other"}).Draw(t, "trigger")
			got, want := x.Match(placement, trigger, r, r.now, nil), x.Scan(placement, trigger, r, r.now, nil)
			if !slices.Equal(got, want) {
				t.Fatalf("%s/%s: the index finds %v, the scan %v", placement, trigger, got, want)
			}
			configured := slices.ContainsFunc(offers, func(o boon.Offer) bool {
				return (len(o.Placements) == 0 || slices.Contains(o.Placements, placement)) && (len(o.Triggers) == 0 || slices.Contains(o.Triggers, trigger))
			})
			if x.Any(placement, trigger) != configured {
				t.Fatalf("%s/%s: any is %v", placement, trigger, !configured)
			}
			for _, hit := range got {
				if hit.Doubtful {
					doubted++
				} else {
					matched++
				}
			}
		}
	})
	if matched == 0 || doubted == 0 {
		t.Errorf("%d matched, %d doubted: the story tells nothing", matched, doubted)
	}
}

// Many different ends make a bound mark some of them and add the rest one by one.
func TestBoundsBetweenMarks(t *testing.T) {
	offers := make([]boon.Offer, 1000)
	for i := range offers {
		offers[i] = boon.Offer{ID: fmt.Sprint(i), Eligibility: fmt.Sprintf("profile.orders >= %d && profile.orders < %d", i, i+500)}
	}
	x, err := Compile(manyEnv(t), offers, make([]boon.Campaign, len(offers)))
	if err != nil {
		t.Fatal(err)
	}
	r := &freeRow{values: make([]rule.Value, len(manyFields)), now: noon}
	for n := int64(-1); n < 1501; n++ {
		r.values[0] = rule.Int(n)
		got, want := x.Match("", "", r, noon, nil), x.Scan("", "", r, noon, nil)
		if !slices.Equal(got, want) {
			t.Fatalf("%d: %d offers, want %d", n, len(got), len(want))
		}
	}
}

// shop makes so many offers, of which twenty match shopper; the others differ from them in one part of their condition, a different one each.
func shop(n int) []boon.Offer {
	offers := make([]boon.Offer, n)
	for i := range offers {
		country, least, category, tag := "DE", 20, "A", "gold"
		if i >= 20 {
			switch i % 4 {
			case 0:
				country = fmt.Sprintf("X%d", i%50)
			case 1:
				least = 60 + i
			case 2:
				category = fmt.Sprintf("B%d", i%200)
			case 3:
				tag = fmt.Sprintf("t%d", i%30)
			}
		}
		offers[i] = boon.Offer{ID: fmt.Sprint(i), Eligibility: fmt.Sprintf("context.country in [%q, %q] && cart.total >= %d.0 && cart.category(%q) && %q in profile.tags && profile.orders + 1 > 0",
			country, country+"2", least, category, tag)}
	}
	return offers
}

func shopper() *freeRow {
	return &freeRow{now: noon, categories: []string{"A/B"}, values: []rule.Value{rule.Int(2), rule.Bool(false), rule.Double(50), rule.String("DE"),
		rule.List([]string{"gold", "x"}), rule.Time(noon), rule.Map(nil)}}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		offers := shop(n)
		x, err := Compile(manyEnv(b), offers, make([]boon.Campaign, n))
		if err != nil {
			b.Fatal(err)
		}
		for name, ask := range map[string]func(string, string, rule.Row, time.Time, []Hit) []Hit{"index": x.Match, "scan": x.Scan} {
			if name == "scan" && n > 10_000 {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				r := shopper()
				var hits []Hit
				for b.Loop() {
					hits = ask("checkout", "", r, noon, hits[:0])
				}
				if len(hits) != 20 {
					b.Fatalf("%d offers match", len(hits))
				}
			})
		}
	}
}

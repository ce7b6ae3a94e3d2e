package feature

import (
	"reflect"
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

// Whatever is asked, and in whatever order: the answer is that of the whole vector, and nobody is read for what is not of the person.
func TestAskedIsTheVector(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := folded(manyEvents.Draw(t, "events")...)
		in := shopAndInput()
		in.Now = noon.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "now")))
		in.Context.Store, in.Cart = string(rapid.SliceOf(rapid.Byte()).Draw(t, "store")), *anyOrder.Draw(t, "cart")
		in.Competitor = boon.CompetitorPrice{Source: "rival", Price: rapid.Int64Range(0, 2).Draw(t, "asked")}
		if rapid.Bool().Draw(t, "no product") {
			in.Product, in.Category = nil, "GROCERY/TEA"
		}
		cuts := Cuts{Profiles: 3, CycleDays: 9, Orders: OrderCuts{Count: 30, Shipped: 20, Shipping: 500}}
		v := Compute(&s, cuts, in)
		whole, reads := NewRow(&v, in.Now, []string{"TEA"}), 0
		var asked Asked
		asked.Ask(func() *State { reads++; return &s }, cuts, *in, []string{"TEA"})
		personal := false
		for _, field := range rapid.SliceOfN(rapid.IntRange(0, len(declared())-1), 1, 40).Draw(t, "fields") {
			d := declared()[field]
			if got, want := asked.Value(field), whole.Value(field); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s is %+v, in the vector %+v", d.Name, got, want)
			}
			if personal = personal || d.personal; (reads == 1) != personal || reads > 1 {
				t.Fatalf("after %s the person is read %d times", d.Name, reads)
			}
		}
		if asked.Now() != whole.Now() || !reflect.DeepEqual(asked.Categories(), whole.Categories()) {
			t.Fatal("another instant, or other categories")
		}
	})
}

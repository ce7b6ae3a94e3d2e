package workload_test

import (
	"reflect"
	"testing"

	"boon/bench/peers/workload"
)

func TestOneSeedOneWorkload(t *testing.T) {
	small, large := workload.Make(7, 100), workload.Make(7, 1000)
	if !reflect.DeepEqual(small, workload.Make(7, 100)) {
		t.Error("the same seed gave another workload")
	}
	if !reflect.DeepEqual(small.Promotions, large.Promotions[:100]) || !reflect.DeepEqual(small.Requests, large.Requests) {
		t.Error("the smaller set is not the beginning of the larger one")
	}
	if reflect.DeepEqual(small, workload.Make(8, 100)) {
		t.Error("another seed gave the same workload")
	}
}

// The shape is that of the published figures: 3 to 6 conditions of different kinds, five lines, and about one promotion in 25 applies.
func TestShape(t *testing.T) {
	s := workload.Make(1, 10_000)
	for _, p := range s.Promotions {
		kinds := map[workload.Kind]bool{}
		for _, c := range p.Conditions {
			kinds[c.Kind] = true
		}
		if n := len(p.Conditions); n < 3 || n > 6 || len(kinds) != n {
			t.Fatalf("%s has the conditions %v", p.ID, p.Conditions)
		}
	}
	matches := 0
	for q, a := range s.Reference() {
		if matches += len(a.Matches); len(s.Requests[q].Cart.Lines) != 5 {
			t.Errorf("request %d has %d lines", q, len(s.Requests[q].Cart.Lines))
		}
	}
	if share := float64(matches) / float64(len(s.Requests)*len(s.Promotions)); share < 0.03 || share > 0.055 {
		t.Errorf("%.1f%% of the promotions apply, want about 4%%", share*100)
	}
}

// Each kind of condition at its edges.
func TestReference(t *testing.T) {
	r := workload.Request{
		Cart:     workload.Cart{Lines: []workload.Line{{Category: "cat1"}, {Category: "cat2"}}, Total: 999},
		Customer: workload.Customer{Segments: []string{"seg1", "seg2"}, Country: "DE", Channel: "web"}, Now: 100,
	}
	for _, c := range []struct {
		condition workload.Condition
		want      bool
	}{
		{workload.Condition{Kind: workload.Category, Any: []string{"cat9", "cat2"}}, true},
		{workload.Condition{Kind: workload.Category, Any: []string{"cat9"}}, false},
		{workload.Condition{Kind: workload.Segment, Any: []string{"seg2"}}, true},
		{workload.Condition{Kind: workload.Segment, Any: []string{"seg3"}}, false},
		{workload.Condition{Kind: workload.Country, Any: []string{"FR", "DE"}}, true},
		{workload.Condition{Kind: workload.Country, Any: []string{"FR"}}, false},
		{workload.Condition{Kind: workload.Channel, Any: []string{"web"}}, true},
		{workload.Condition{Kind: workload.Channel, Any: []string{"app"}}, false},
		{workload.Condition{Kind: workload.Total, Min: 999}, true},
		{workload.Condition{Kind: workload.Total, Min: 1000}, false},
		{workload.Condition{Kind: workload.Time, From: 100, To: 101}, true},
		{workload.Condition{Kind: workload.Time, From: 99, To: 100}, false},
	} {
		p := workload.Promotion{Conditions: []workload.Condition{c.condition}, Discount: workload.Discount{Percent: 10}}
		a := workload.Set{Promotions: []workload.Promotion{p}, Requests: []workload.Request{r}}.Reference()[0]
		if got := len(a.Matches) == 1; got != c.want {
			t.Errorf("%+v: applies %v, want %v", c.condition, got, c.want)
		} else if got && a.Best != 99 {
			t.Errorf("a tenth of 999 is %d, want 99", a.Best)
		}
	}
}

// Each promotion takes from what those before it left, rounded down, and none takes more than that.
func TestStacked(t *testing.T) {
	s := workload.Set{
		Promotions: []workload.Promotion{
			{Discount: workload.Discount{Percent: 10}}, {Discount: workload.Discount{Amount: 400}}, {Discount: workload.Discount{Amount: 900}},
		},
		Requests: []workload.Request{{Cart: workload.Cart{Total: 999}}},
	}
	for _, c := range []struct {
		matches []int32
		want    int64
	}{
		{nil, 0},
		{[]int32{0}, 99},
		{[]int32{0, 1}, 499},
		{[]int32{1, 0}, 459},
		{[]int32{0, 1, 2}, 999},
		{[]int32{2, 0}, 909},
	} {
		if got := s.Stacked(0, c.matches); got != c.want {
			t.Errorf("%v take off %d, want %d", c.matches, got, c.want)
		}
	}
}

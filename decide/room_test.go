package decide_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"boon/decide"
)

// Computations work in each other's room: a record that was made before is not touched, and who works beside changes nothing.
func TestRoomHoldsNothingOfARecord(t *testing.T) {
	shop := parse(t, base(t)+menu)
	policy := compile(t, shop)
	asked := make([]decide.Inputs, 40)
	for i := range asked {
		places := [][]string{{"checkout"}, {"email", "checkout"}, {"checkout", "email"}, {"nowhere"}}[i%4]
		asked[i] = inputs(shop, places...)
		asked[i].Seed = uint64(i)
		asked[i].Request.Cart.Lines = asked[i].Request.Cart.Lines[:i%3]
		for j := range asked[i].Request.Cart.Lines {
			asked[i].Request.Cart.Lines[j].ID = fmt.Sprintf("line-%d-%d", i, j)
		}
	}
	records, alone := make([]decide.Record, len(asked)), make([][]byte, len(asked))
	for i := range asked {
		records[i] = decide.Compute(policy, rates(), asked[i])
		alone[i] = encoded(t, records[i])
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range asked {
				if !bytes.Equal(encoded(t, decide.Compute(policy, rates(), asked[i])), alone[i]) {
					t.Errorf("decision %d came out otherwise beside others", i)
				}
			}
		})
	}
	all.Wait()
	for i := range records {
		if !bytes.Equal(encoded(t, records[i]), alone[i]) {
			t.Errorf("record %d changed after it was made", i)
		}
	}
}

func encoded(t *testing.T, r decide.Record) []byte {
	t.Helper()
	body, err := r.Encode()
	if err != nil {
		t.Error(err)
	}
	return body
}

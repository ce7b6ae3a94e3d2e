package decide

import (
	"fmt"
	"math"

	"boon"
	"boon/internal/pack"
)

// appendCandidates writes the candidates as short text. They are most of a record, and each has few and simple fields, most of them those of the one
// before: written here they take a fraction of what reflection takes.
func appendCandidates(b []byte, list []boon.Candidate) ([]byte, error) {
	t := pack.NewTable(b, len(list))
	for i := range list {
		if err := appendCandidate(&t, &list[i]); err != nil {
			return nil, fmt.Errorf("candidate %d: %w", i, err)
		}
	}
	return t.Bytes(), nil
}

var figures = [...]string{"p0", "p", "q", "delta", "score"}

func appendCandidate(t *pack.Table, k *boon.Candidate) error {
	t.Text(pack.Placement, k.Placement)
	t.Text(pack.Offer, k.Offer)
	if k.Level != 0 {
		t.Decimal(pack.Level, int64(k.Level), k.Level.Append)
	}
	t.Text(pack.Verdict, string(k.Verdict))
	t.Text(pack.Reason, string(k.Reason))
	if k.By != "" {
		t.Text(pack.By, k.By)
	}
	if k.Detail != "" {
		t.Text(pack.Detail, k.Detail)
	}
	for i, f := range [...]float64{k.P0, k.P, k.Q, k.Delta, k.Score} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s is %v", figures[i], f)
		}
		if f != 0 {
			t.Double(pack.P0+i, f)
		}
	}
	if k.Cost != 0 {
		t.Int(pack.Cost, k.Cost)
	}
	t.End()
	return nil
}

package ingest

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

// TestWholeGolden pins the stored form.
func TestWholeGolden(t *testing.T) {
	var out strings.Builder
	for _, w := range []*Whole{newRig(t, true).Whole(), lived(t).Whole()} {
		fmt.Fprintf(&out, "%+v, epoch of %s with %d profiles\n%s\n", w.Outcomes, w.Epoch.Start, w.Epoch.Cuts.Profiles, hex.Dump(w.Encode()))
	}
	golden(t, filepath.Join("testdata", "whole.v1.golden"), out.String())
}

func TestWholeKeepsAnyState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := applied(t, drawStream(rt), 10).Whole()
		for _, n := range []*int64{&w.Outcomes.Total, &w.Outcomes.Holdout, &w.Epoch.Cuts.CycleDays, &w.Epoch.Cuts.Monetary[0], &w.Epoch.Cuts.Recency[3]} {
			*n = rapid.Int64().Draw(rt, "n")
		}
		w.Epoch.Start, w.Epoch.Rates = drawTime(rt), rapid.String().Draw(rt, "rates")
		back := sameAgain(rt, w.Encode(), DecodeWhole)
		if back.Outcomes != w.Outcomes || back.Epoch != w.Epoch {
			rt.Fatalf("%+v %+v came back as %+v %+v", w.Outcomes, w.Epoch, back.Outcomes, back.Epoch)
		}
	})
}

func TestDecodeWholeRefuses(t *testing.T) {
	whole := lived(t).Whole().Encode()
	for n := 1; n < len(whole); n++ {
		if _, err := DecodeWhole(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken for a whole", n, len(whole))
		}
	}
	if w, err := DecodeWhole(nil); err != nil || w.Outcomes != (Outcomes{}) {
		t.Errorf("no bytes are an empty whole, not %+v %v", w, err)
	}
	if _, err := DecodeWhole([]byte{wholeVersion + 1}); err == nil {
		t.Error("an unknown version was let pass")
	}
}

func TestOutcomesAddUp(t *testing.T) {
	var o Outcomes
	for _, outcome := range []boon.Outcome{boon.OutcomeOffer, boon.OutcomeNudge, boon.OutcomeNone, boon.OutcomeHoldout, boon.OutcomeOffer} {
		o.add(outcome)
	}
	if o != (Outcomes{Total: 5, Offer: 2, Nudge: 1, None: 1, Holdout: 1}) {
		t.Errorf("%+v", o)
	}
}

// FuzzDecodeWhole: no bytes make it panic, and what it takes has one form from then on.
func FuzzDecodeWhole(f *testing.F) {
	f.Add([]byte{})
	f.Add(lived(f).Whole().Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, err := DecodeWhole(data); err == nil {
			sameAgain(t, w.Encode(), DecodeWhole)
		}
	})
}

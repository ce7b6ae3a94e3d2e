package ingest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"boon"
	"boon/feature"
	"boon/model"

	"pgregory.net/rapid"
)

// TestWholeGolden pins the stored form.
func TestWholeGolden(t *testing.T) {
	var out strings.Builder
	for _, w := range []*Whole{newRig(t, true).Whole(), lived(t).Whole()} {
		fmt.Fprintf(&out, "%+v, epoch of %s with %d profiles\n%s\n", w.Outcomes, w.Epoch.Start, w.Epoch.Cuts.Profiles, hex.Dump(w.Encode()))
	}
	golden(t, filepath.Join("testdata", "whole.v3.golden"), out.String())
}

// TestWholeOfOlderVersionsDecodes reads what was stored before there was anything usual for an order, and before there were parts.
func TestWholeOfOlderVersionsDecodes(t *testing.T) {
	w := storedWhole(t, "whole.v1.golden")
	if w.Outcomes.Total != 4 || w.Epoch.Cuts.Profiles != 1 || w.Epoch.Cuts.Orders != (feature.OrderCuts{}) {
		t.Errorf("version 1: %+v", w)
	}
	w = storedWhole(t, "whole.v2.golden")
	if w.Outcomes.Total != 3 || w.Epoch.Cuts.Orders == (feature.OrderCuts{}) || w.Population.Profiles() == 0 {
		t.Errorf("version 2: %+v", w)
	}
}

// storedWhole decodes the last dump of a golden file.
func storedWhole(t *testing.T, name string) *Whole {
	t.Helper()
	dumps, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	for line := range strings.Lines(string(dumps)) {
		if strings.HasPrefix(line, "0000") {
			bytes, err := hex.DecodeString(strings.ReplaceAll(line[10:58], " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(line, "00000000") {
				stored = nil
			}
			stored = append(stored, bytes...)
		}
	}
	w, err := DecodeWhole(stored)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return w
}

// TestWholeMovesToParts: a whole of version 2 comes apart with the next batch, and what a batch does not change is not written again.
func TestWholeMovesToParts(t *testing.T) {
	old := storedWhole(t, "whole.v2.golden")
	d := &disk{now: map[string][]byte{}}
	store := func(w *Whole) (parts int) {
		writes := w.writes(nil, 7)
		if err := d.Commit(t.Context(), writes, false); err != nil {
			t.Fatal(err)
		}
		w.stored()
		return len(writes)
	}
	offers := 0
	for range old.Tally.Offers() {
		offers++
	}
	if parts := store(old); offers == 0 || parts != 2+offers {
		t.Errorf("%d parts, want one of the population, %d of offers, and the rest", parts, offers)
	}
	if parts := store(old); parts != 1 {
		t.Errorf("%d parts although nothing changed", parts)
	}
	arm := model.Arm{Offer: "ten", Level: 10}
	old.tally(arm).Given(arm)
	if parts := store(old); parts != 2 {
		t.Errorf("%d parts, want that of one offer and the rest", parts)
	}
	back, err := readWhole(t.Context(), d, 7)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Population.Encode(), old.Population.Encode()) || !bytes.Equal(back.Tally.Encode(), old.Tally.Encode()) || back.Outcomes != old.Outcomes || back.Epoch != old.Epoch {
		t.Errorf("%+v came back as %+v", old, back)
	}
	if other, err := readWhole(t.Context(), d, 8); err != nil || other.Outcomes.Total != 0 {
		t.Errorf("another partition has %+v (%v)", other, err)
	}
}

func TestWholeKeepsAnyState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := applied(t, drawStream(rt), 10).Whole()
		for _, n := range []*int64{&w.Outcomes.Total, &w.Outcomes.Holdout, &w.Epoch.Cuts.CycleDays, &w.Epoch.Cuts.Monetary[0], &w.Epoch.Cuts.Recency[3], &w.Epoch.Cuts.Orders.Shipping, &w.Epoch.Cuts.Orders.Values[98]} {
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

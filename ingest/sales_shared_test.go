package ingest

import (
	"context"
	"testing"

	"boon"
	"boon/catalog"
)

// What processes tell of a SKU adds up, whatever is told twice, and a process does not hear itself.
func TestSalesOfSeveralProcessesAddUp(t *testing.T) {
	r := newRig(t, true)
	var rest []boon.Event
	for day := range 9 {
		rest = append(rest, order((day-9)*dayMinutes, ann, string(rune('a'+day))))
	}
	r.send(t, rest...)
	r.mustDrain(t, 9)
	tell, keep, err := TellSales(t.Context(), r.disk, "me", []string{"tea"})
	if err != nil || len(tell) != 1 || len(keep) != 1 {
		t.Fatalf("told %v, kept %v, %v", tell, keep, err)
	}
	told := func(process string, units int64) boon.Write {
		s := catalog.Sales{First: catalog.Day(receipt) - 9, Days: []catalog.Sold{{Day: catalog.Day(receipt) - 1, Units: units}}}
		return boon.Write{Key: sharedKey("tea", process), Value: s.Encode()}
	}
	for _, step := range []struct {
		what string
		told []boon.Write
		want boon.Micros // a day, of seven
	}{
		{"nobody else", tell, boon.Unit},
		{"two others", []boon.Write{told("you", 7), told("they", 14)}, 4 * boon.Unit},
		{"both again, and this one's own", append([]boon.Write{told("they", 14), told("you", 7)}, tell...), 4 * boon.Unit},
		{"one sold more", []boon.Write{told("you", 14)}, 5 * boon.Unit},
	} {
		keep, err := HearSales(t.Context(), r.disk, "me", step.told)
		if err == nil {
			err = r.disk.Commit(t.Context(), keep, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		for where, read := range map[string]func(context.Context, string) (catalog.Sales, error){"inside": r.View().sales, "beside": Committed(r.disk, nil, nil).sales} {
			sales, err := read(t.Context(), "tea")
			if rate, _ := sales.Daily(catalog.Day(receipt)); err != nil || rate != step.want {
				t.Errorf("%s, %s: %v of %+v, %v", step.what, where, rate, sales, err)
			}
		}
	}
	if err := r.disk.Commit(t.Context(), keep, true); err != nil {
		t.Fatal(err)
	}
	if tell, _, err := TellSales(t.Context(), r.disk, "me", []string{"tea"}); err != nil || len(tell) > 0 {
		t.Errorf("told again: %v, %v", tell, err)
	}
}

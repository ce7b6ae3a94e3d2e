package engine

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/ingest"
)

// Records past their time go whole, exposures past theirs go alone, and rates go when no record and no running epoch names them.
func TestRecordsAreTrimmedByRule(t *testing.T) {
	e, err := Open(t.Context(), Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	const days = 2 * walkStep // one decision a day, so that the walk takes several steps
	var writes []boon.Write
	for n := range days {
		id, at := fmt.Sprintf("dec_%04d", n), now.AddDate(0, 0, -n)
		record := fmt.Sprintf(`{"engine":1,"inputs":{"ratesId":"rates%d"},"decision":{"id":%q,"at":%q}}`, n/100, id, at.Format(time.RFC3339))
		writes = append(writes, ingest.RecordWrite(id, []byte(record)), boon.Write{Key: onceKey(id), Value: []byte("x")}, boon.Write{Key: ingest.ExposureKey(id), Value: []byte("x")})
	}
	running := e.frozen.Load().Rates
	for _, id := range []string{"rates0", "rates3", "rates4", "rates9", running} {
		writes = append(writes, boon.Write{Key: ingest.BlobKey(id), Value: []byte("x")})
	}
	if err := e.store.Commit(t.Context(), writes, true); err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	if err := e.trimRecords(t.Context(), boon.Retention{Decisions: 400 * day, Exposures: 90 * day}, now); err != nil {
		t.Fatal(err)
	}
	there := func(key []byte) bool {
		value, err := e.store.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return value != nil
	}
	for n := range days {
		id := fmt.Sprintf("dec_%04d", n)
		if there(ingest.RecordKey(id)) != (n <= 400) || there(onceKey(id)) != (n <= 400) || there(ingest.ExposureKey(id)) != (n <= 90) {
			t.Fatalf("after %d days: record %v, key %v, exposure %v", n, there(ingest.RecordKey(id)), there(onceKey(id)), there(ingest.ExposureKey(id)))
		}
	}
	for id, want := range map[string]bool{"rates0": true, "rates3": true, "rates4": true, "rates9": false, running: true} {
		if there(ingest.BlobKey(id)) != want {
			t.Errorf("rates %q are there: %v, want %v", id, !want, want)
		}
	}
	got := operations{e}.Trimmed()
	if got["decisions"] != days-401 || got["exposures"] != days-91 || got["rates"] != 1 {
		t.Errorf("trimmed %v", got)
	}
}

package feature

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"
)

// cdnow reads the purchases of CDNOW's customers (Fader and Hardie), by customer.
func cdnow(t *testing.T) map[string][]boon.Event {
	dir := os.Getenv("BOON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "cdnow", "CDNOW_master.txt.gz"))
	if err != nil {
		t.Skipf("CDNOW purchases are absent; set BOON_SHARED_DATA to the folder that has cdnow/: %v", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	purchases := map[string][]boon.Event{}
	for lines := bufio.NewScanner(unzipped); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) != 4 || fields[0] == "customer_id" {
			continue
		}
		at, err := time.Parse("20060102", fields[1])
		if err != nil {
			t.Fatal(err)
		}
		paid, err := boon.ParseMoney(fields[3], "USD")
		if err != nil {
			t.Fatal(err)
		}
		e := track(boon.OrderCompleted, at)
		e.Order = &boon.Order{ID: fmt.Sprint(len(purchases[fields[0]])), Currency: "USD", Revenue: paid.Minor}
		purchases[fields[0]] = append(purchases[fields[0]], e)
	}
	return purchases
}

// On 23,570 real customers, scores online are those of the batch: exactly where the histogram is exact, within its precision for money.
func TestScoresOfCDNOW(t *testing.T) {
	var summaries []Summary
	population := NewPopulation()
	orders, revenue := int64(0), int64(0)
	for _, events := range cdnow(t) {
		var s State
		for _, e := range events {
			before := s.Summary()
			Fold(&s, e, "USD")
			population.Replace(before, s.Summary())
		}
		orders, revenue = orders+s.Counts[Orders], revenue+s.Revenue
		summaries = append(summaries, s.Summary())
	}
	if len(summaries) != 23570 || orders != 69659 || revenue != 250031563 {
		t.Errorf("%d customers, %d purchases, %d cents: want 23,570, 69,659 and 250,031,563", len(summaries), orders, revenue)
	}
	cuts := population.Cuts()
	for name, c := range map[string]struct {
		cut   Quintiles
		of    func(Summary) int64
		wrong int // customers whose score may differ: those in a cut's own bucket
	}{
		"recency":   {cuts.Recency, func(s Summary) int64 { return s.LastOrderDay }, 0},
		"frequency": {cuts.Frequency, func(s Summary) int64 { return s.Orders }, 0},
		"monetary":  {cuts.Monetary, func(s Summary) int64 { return s.Revenue }, len(summaries) / 200},
	} {
		values := make([]int64, len(summaries))
		for i := range summaries {
			values[i] = c.of(summaries[i])
		}
		differ := 0
		for i, score := range RFMScores(values) {
			if c.cut.Score(values[i]) != int64(score) {
				differ++
			}
		}
		t.Logf("%s: %d of %d differ", name, differ, len(values))
		if differ > c.wrong {
			t.Errorf("%s: %d of %d customers score otherwise online, want at most %d", name, differ, len(values), c.wrong)
		}
	}
}

package catalog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Every feed in testdata is read; what was loaded and what was refused, with line and reason, stands beside it.
func TestProductFeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/feeds/*.*")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		read++
		got := story(t, file)
		golden := file + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", file, diff)
		}
	}
	if read < 5 {
		t.Errorf("only %d feeds", read)
	}
}

func story(t *testing.T, file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	report, err := Read(bytes.NewReader(data), Sniff(file, data), "USD", func(line int, p boon.Product) error {
		text, err := json.Marshal(p)
		fmt.Fprintf(&out, "%d: %s\n", line, text)
		return err
	})
	for _, r := range report.Refusals {
		fmt.Fprintf(&out, "refused %s: %v\n", r.Field, r)
	}
	fmt.Fprintf(&out, "read %d, loaded %d, refused %d, error %v\n", report.Read, report.Loaded, report.Refused, err)
	return out.String()
}

func TestInventoryAndPrices(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	var stocks []boon.Stock
	report, err := ReadInventory(strings.NewReader("sku,quantity,daily_demand,target_days\nA,10,2.5,14\nB,,1,\nC,1.5,1,\nD,-1,,\nE,0,,\n"), CSV, at,
		func(_ int, _ string, s boon.Stock) error { stocks = append(stocks, s); return nil })
	if err != nil || report.Loaded != 2 || report.Refused != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	if diff := cmp.Diff([]boon.Stock{{OnHand: 10, DailyDemand: 2_500_000, TargetDays: 14_000_000, At: at}, {At: at, DemandFrom: boon.DemandUnknown}}, stocks); diff != "" {
		t.Error(diff)
	}
	var prices []Price
	report, err = ReadPrices(strings.NewReader(`{"id":"A","price":"1.00","competitor_price":"0.90 USD"}`+"\n"+`{"id":"B"}`+"\n"), JSONL, "USD", at,
		func(_ int, p Price) error { prices = append(prices, p); return nil })
	price := int64(100)
	want := []Price{{SKU: "A", Price: &price, Competitor: &boon.CompetitorPrice{Currency: "USD", Price: 90, Seen: at}}}
	if diff := cmp.Diff(want, prices); err != nil || report.Refused != 1 || diff != "" {
		t.Errorf("%+v %v %s", report, err, diff)
	}
}

// What no shop can ask is refused with its line and column, and the rows beside it are loaded.
func TestPricesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		row, field string
		currency   boon.Currency
	}{
		{"A,10.00,12.00,", "sale_price", "EUR"}, {"A,10.00,10.00,", "", "EUR"}, {"A,,12.00,", "", "EUR"}, {"A,99.999,,", "price", "EUR"},
		{"A,99.990 EUR,,", "", "EUR"}, {"A,9.00,8.995 EUR,", "sale_price", "EUR"}, {"A,,,9.001", "competitor_price", "EUR"}, {"A,99.5,,", "price", "JPY"},
		{"A,99.0,,", "", "JPY"}, {"A,1.2345,,", "price", "KWD"}, {"A,1.234,,", "", "KWD"},
	} {
		feed := "sku,price,sale_price,competitor_price\n" + c.row + "\nB,1,,\n"
		prices, err := ReadPrices(strings.NewReader(feed), CSV, c.currency, time.Time{}, func(int, Price) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		refuses(t, prices, c.field, c.row)
		if c.field == "competitor_price" { // an attribute of a product
			continue
		}
		for _, format := range []Format{CSV, TSV} {
			products, err := Read(strings.NewReader(strings.ReplaceAll(feed, ",", map[Format]string{CSV: ",", TSV: "\t"}[format])), format, c.currency, func(int, boon.Product) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			refuses(t, products, c.field, c.row)
			if diff := cmp.Diff(prices, products); diff != "" {
				t.Errorf("%s: as prices and as products\n%s", c.row, diff)
			}
		}
	}
}

func refuses(t *testing.T, r Report, field, row string) {
	t.Helper()
	if field == "" && r.Refused != 0 || field != "" && (r.Loaded != 1 || r.Refusals[0].Field != field || r.Refusals[0].Line != 2) {
		t.Errorf("%s: %+v %v", row, r, r.Refusals)
	}
}

func TestALoadErrorEndsTheFeed(t *testing.T) {
	broken := errors.New("disk full")
	_, err := Read(strings.NewReader("id\nA\nB\n"), CSV, "USD", func(int, boon.Product) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	report, err := Read(strings.NewReader("id\nA\nB\n"), CSV, "USD", func(int, boon.Product) error { return boon.Invalid("id", "no") })
	if err != nil || report.Refused != 2 || report.Refusals[1].Line != 3 {
		t.Errorf("%+v %v", report, err)
	}
}

// A feed whose first line is a row would lose it in silence.
func TestAFeedNamesItsColumns(t *testing.T) {
	for feed, good := range map[string]bool{
		"sku,on_hand\nA,1\n": true, "G:ID,quantity\nA,1\n": true, "A,1\n": false, "A,1\nB,2\n": false, "sku;on_hand\nA;1\n": false, "\n\ntitle\nx\n": false,
	} {
		report, err := ReadInventory(strings.NewReader(feed), CSV, time.Time{}, func(int, string, boon.Stock) error { return nil })
		var told *boon.Error
		if good && (err != nil || report.Loaded != 1) || !good && (!errors.As(err, &told) || told.Field != "header" || told.Line == 0 || report.Read != 0) {
			t.Errorf("%q: %+v %v", feed, report, err)
		}
	}
}

func TestALongRowIsRefusedAlone(t *testing.T) {
	feed := "id,title\nA," + strings.Repeat("x", maxRow+10) + "\nB,short\nC," + strings.Repeat("y", maxField+1) + "\n"
	report, err := Read(strings.NewReader(feed), CSV, "USD", func(int, boon.Product) error { return nil })
	if err != nil || report.Loaded != 1 || report.Refused != 2 {
		t.Errorf("%+v %v", report, err)
	}
}

// Our reader agrees with encoding/csv on everything that encoding/csv writes.
func TestTableReadsWhatCSVWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[ab," \n\t]{0,6}`)
		rows := [][]string{{"id", "title", "size"}}
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			rows = append(rows, []string{"x" + cell.Draw(t, "id"), cell.Draw(t, "title"), cell.Draw(t, "size")})
		}
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		var got []string
		report, err := Read(&buf, CSV, "USD", func(_ int, p boon.Product) error {
			got = append(got, p.SKU+"|"+p.Title+"|"+p.Attributes["size"])
			return nil
		})
		if err != nil || report.Loaded != len(rows)-1 {
			t.Fatalf("%+v %v", report, err)
		}
		for i, r := range rows[1:] {
			want := strings.TrimSpace(r[0]) + "|" + strings.TrimSpace(r[1]) + "|" + strings.TrimSpace(r[2])
			if got[i] != want {
				t.Fatalf("row %d: got %q, want %q", i, got[i], want)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/feeds/*.*")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".golden") {
			f.Add(string(Sniff(file, data)), data)
		}
	}
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		loaded := 0
		report, _ := Read(bytes.NewReader(data), Format(format), "USD", func(_ int, p boon.Product) error {
			loaded++
			if p.SKU == "" || p.Price < 0 || p.SalePrice < 0 || (p.Cost != nil && *p.Cost < 0) {
				t.Fatalf("loaded %+v", p)
			}
			return nil
		})
		if report.Loaded != loaded || report.Loaded+report.Refused != report.Read {
			t.Fatalf("%+v, loaded %d", report, loaded)
		}
	})
}

// Whatever a price feed holds, what is loaded can be compared: prices above 0 of somebody, seen no later than now.
func FuzzReadPrices(f *testing.F) {
	f.Add("csv", "sku,competitor_price,competitor,seen_at\nA,9.00,Rival,2026-01-05T10:00:00Z\n")
	f.Add("jsonl", `{"sku":"A","price":1,"competitor_price":"8.50 USD","source":"b","seen_at":"2026-01-05T10:00:00+02:00"}`)
	f.Fuzz(func(t *testing.T, format, text string) {
		loaded := 0
		report, _ := ReadPrices(strings.NewReader(text), Format(format), "USD", monday, func(_ int, p Price) error {
			loaded++
			c := p.Competitor
			if p.SKU == "" || p.Price == nil && p.SalePrice == nil && c == nil || c != nil && (c.Price <= 0 || len(c.Source) > maxSource || c.Seen.After(monday.Add(clockSkew))) {
				t.Fatalf("loaded %+v %+v", p, c)
			}
			if c != nil {
				list := []boon.CompetitorPrice{*c}
				if again, err := DecodeCompetitors(EncodeCompetitors(list)); err != nil || !cmp.Equal(list, again) {
					t.Fatalf("%+v came back as %+v, %v", list, again, err)
				}
			}
			return nil
		})
		if report.Loaded != loaded || report.Loaded+report.Refused != report.Read {
			t.Fatalf("%+v, loaded %d", report, loaded)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	feed := "id,title,brand,product_type,price,cost_of_goods_sold,color\n" + strings.Repeat("A1,\"Tea, green\",Leaf,Food > Drinks > Tea,4.99 USD,2.10 USD,green\n", 1000)
	b.SetBytes(int64(len(feed)))
	for b.Loop() {
		if report, err := Read(strings.NewReader(feed), CSV, "USD", func(int, boon.Product) error { return nil }); err != nil || report.Loaded != 1000 {
			b.Fatal(report, err)
		}
	}
}

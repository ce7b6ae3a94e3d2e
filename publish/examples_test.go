package publish

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"boon"
	"boon/catalog"
)

func loadExample(t testing.TB, name string) Source {
	t.Helper()
	src, err := Load(os.DirFS("../examples/"+name), ".")
	if err != nil {
		t.Fatalf("examples/%s:\n%v", name, err)
	}
	return src
}

// Clients are written against one offer of each example: nothing in the bundle may stand in its way.
func TestExamplesHoldTheirWelcome(t *testing.T) {
	for name, want := range map[string]struct{ offer, code string }{"grocer": {"welcome-5", "WELCOME5"}, "boutique": {"welcome-10", "WELCOME10"}} {
		b := loadExample(t, name).Bundle
		o, ok := b.Offer(want.offer)
		if !ok || o.Codes.Code != want.code || !o.Pinned || o.Eligibility != "" || o.Triggers != nil || !o.Starts.IsZero() || !o.Ends.IsZero() || o.Caps.PerProfile != 1 {
			t.Errorf("examples/%s: %+v", name, o)
		}
		if c, ok := b.Campaign(o.Campaign); !ok || c.Holdout != 0 || !c.Starts.IsZero() || !c.Ends.IsZero() {
			t.Errorf("examples/%s: the campaign %+v can keep somebody out", name, c)
		}
		for _, e := range b.Experiments {
			if e.Campaign == o.Campaign {
				t.Errorf("examples/%s: the experiment %s can keep somebody out", name, e.ID)
			}
		}
		if p, _ := b.Placement("checkout"); p.Capacity != 1 || p.Channel != "web" || len(o.Placements) != 1 || o.Placements[0] != "checkout" {
			t.Errorf("examples/%s: placement %+v, offer at %v", name, p, o.Placements)
		}
		if h, _ := b.Holdout("universal"); h.Share != 50_000 {
			t.Errorf("examples/%s: holdout %v", name, h.Share)
		}
	}
}

func TestBoutiqueWelcomeIsFundedToTheLastGrant(t *testing.T) {
	b := loadExample(t, "boutique").Bundle
	o, _ := b.Offer("welcome-10")
	budget, ok := b.Budget(o.Budget)
	if !ok || budget.Amount != 100_000 || budget.Commitment != "worst_case" || o.Caps.Total*o.Reward.MaxDiscount != budget.Amount {
		t.Errorf("budget %+v, caps %+v, at most %d each", budget, o.Caps, o.Reward.MaxDiscount)
	}
}

// The grocer shows every type of reward and every scope.
func TestGrocerShowsEverything(t *testing.T) {
	b := loadExample(t, "grocer").Bundle
	types, scopes := map[boon.RewardType]bool{}, map[string]bool{}
	for _, o := range b.Offers {
		types[o.Reward.Type], scopes[o.Scope.Kind] = true, true
	}
	if len(types) != 6 || len(scopes) != 4 {
		t.Errorf("reward types %v, scopes %v", types, scopes)
	}
}

func TestBoutiqueFeedsLoad(t *testing.T) {
	costs := 0
	products := feed(t, "products.csv", func(r io.Reader) (catalog.Report, error) {
		return catalog.Read(r, catalog.CSV, "USD", func(_ int, p boon.Product) error {
			if p.Cost != nil {
				costs++
			}
			return nil
		})
	})
	stocks := feed(t, "inventory.csv", func(r io.Reader) (catalog.Report, error) {
		return catalog.ReadInventory(r, catalog.CSV, time.Unix(0, 0), func(int, string, boon.Stock) error { return nil })
	})
	if products.Loaded != 40 || stocks.Loaded != 40 || costs != 37 || len(products.Refusals)+len(stocks.Refusals) > 0 {
		t.Errorf("products %+v with %d costs, stocks %+v", products, costs, stocks)
	}
}

func feed(t *testing.T, name string, read func(io.Reader) (catalog.Report, error)) catalog.Report {
	t.Helper()
	f, err := os.Open("../examples/boutique/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	report, err := read(f)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The SKUs that the grocer names are products of the data that it is made for.
func TestGrocerNamesRealProducts(t *testing.T) {
	known := map[string]bool{}
	for _, row := range sharedRows(t, "complete-journey/products.csv.gz") {
		known[row[0]] = true
	}
	for _, o := range loadExample(t, "grocer").Bundle.Offers {
		for _, sku := range append(o.Scope.SKUs, o.Reward.SKU) {
			if sku != "" && !known[sku] {
				t.Errorf("offer %s names %q, which is no product", o.ID, sku)
			}
		}
	}
}

func sharedRows(t *testing.T, name string) [][]string {
	t.Helper()
	root := os.Getenv("BOON_SHARED_DATA")
	if root == "" {
		root = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(root, name))
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: set BOON_SHARED_DATA", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

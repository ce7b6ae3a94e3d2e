package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"boon/engine"
)

// sharing starts n servers of one shop on one database, with the same bundle in force.
func sharing(t *testing.T, n int, ledger, bundle string) []*shop {
	t.Helper()
	shops := fleet(t, n, ledger)
	shops[0].apply(written(t, bundle))
	for _, s := range shops {
		soon(t, "the release is live everywhere", func() bool { return s.live() == shops[0].live() })
	}
	return shops
}

// seen is a feature of the coat as a decision of this server sees it now.
func (s *shop) seen(feature string) any {
	s.t.Helper()
	a := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"anonymousId":"somebody"},"placements":["product-page"],"sku":"coat"}`)
	return s.want(200, serverKey, "GET", "/v1/decisions/"+a.text("decisionId"), "").body["vector"].(map[string]any)[feature]
}

// A feed at one server rules decisions at the others before anybody polls.
func TestAFeedAtOneServerRulesDecisionsAtTheOthers(t *testing.T) {
	shops := sharing(t, 3, newLedger(t), stocked)
	for i, step := range []struct {
		kind, row, feature string
		want               any
	}{
		{"products", `{"sku":"coat","price":"100.00","category":"COATS"}`, "product.price", 100.0},
		{"inventory", `{"sku":"coat","on_hand":5,"daily_demand":1}`, "product.pressure", -0.75},
		{"prices", `{"sku":"coat","competitor_price":"90.00","competitor":"Rival"}`, "product.price_gap", 0.1},
		{"prices", `{"sku":"coat","sale_price":"80.00"}`, "product.price", 80.0},
		{"inventory", `{"sku":"coat","on_hand":60,"daily_demand":1}`, "product.pressure", 1.0},
		{"products", `{"sku":"coat","price":"99.00","category":"COATS"}`, "product.price_gap", 9.0 / 99},
	} {
		fed := shops[i%3]
		fed.loads(step.kind, step.row)
		if got := fed.seen(step.feature); got != step.want {
			t.Errorf("%s at the server that was fed: %s is %v, want %v at once", step.row, step.feature, got, step.want)
		}
		begin := time.Now()
		for _, s := range shops {
			soon(t, fmt.Sprint(step.row, " is known everywhere"), func() bool { return s.seen(step.feature) == step.want })
		}
		if late := time.Since(begin); late > 2*time.Second {
			t.Errorf("%s took %v to the other servers", step.row, late)
		}
	}
}

// Servers that are fed at the same time change different things of one product, and none of it is lost.
func TestFeedsAtSeveralServersLoseNothing(t *testing.T) {
	shops := sharing(t, 3, newLedger(t), stocked)
	shops[0].loads("products", `{"sku":"coat","price":"100.00"}`)
	const rounds = 15
	var all sync.WaitGroup
	for i, s := range shops {
		all.Go(func() {
			for n := range rounds {
				s.loads("prices", fmt.Sprintf(`{"sku":"coat","competitor_price":"%d.00","competitor":"seen-by-%d"}`, 90-10*i-n%2, i))
				switch i {
				case 0:
					s.loads("prices", fmt.Sprintf(`{"sku":"coat","price":"%d.00"}`, 100+n))
				case 1:
					s.loads("inventory", fmt.Sprintf(`{"sku":"coat","on_hand":%d,"daily_demand":1}`, n))
				}
			}
		})
	}
	all.Wait()
	for _, s := range shops {
		for feature, want := range map[string]any{"product.price": 100.0 + rounds - 1, "product.on_hand": float64(rounds - 1), "product.competitor": "seen-by-2", "product.competitor_price": 70.0} {
			soon(t, fmt.Sprint(feature, " is ", want), func() bool { return s.seen(feature) == want })
		}
	}
	shops[1].loads("prices", `{"sku":"coat","competitor_price":"69.50","competitor":"seen-by-1"}`)
	soon(t, "another competitor is cheaper", func() bool { return shops[0].seen("product.competitor") == "seen-by-1" })
}

// A server that joins, or was down, knows the catalogue when it starts.
func TestAServerThatStartsKnowsTheCatalogue(t *testing.T) {
	ledger, folder := newLedger(t), t.TempDir()
	shops := sharing(t, 1, ledger, stocked)
	asks := func(data string) any {
		ctx, stop := context.WithCancel(t.Context())
		e, err := engine.Open(ctx, engine.Config{Data: data, Ledger: ledger, APIKey: serverKey, WriteKey: writeKey})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			stop()
			if err := e.Close(); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}()
		return served(t, e).seen("product.price")
	}
	shops[0].loads("products", `{"sku":"coat","price":"100.00"}`)
	if got := asks(folder); got != 100.0 {
		t.Errorf("a new server: %v", got)
	}
	shops[0].loads("prices", `{"sku":"coat","price":"110.00"}`)
	if got := asks(folder); got != 110.0 {
		t.Errorf("a server that was down: %v", got)
	}
}

// Who looked at another server is told, once, of what a feed brought back here.
func TestWhoLookedAtAnotherServerIsTold(t *testing.T) {
	shops := sharing(t, 2, newLedger(t), watching+"---\nkind: Placement\nid: product-page\nchannel: web\n")
	here, there := shops[0], shops[1]
	here.loads("products", `{"sku":"coat","price":"100.00"}`)
	here.loads("inventory", `{"sku":"coat","on_hand":0}`)
	soon(t, "it is known there that there is none", func() bool { return there.seen("product.pressure") == -1.0 })
	there.viewed("waits", "Product Viewed", "")
	if n := here.told("inventory", `{"sku":"coat","on_hand":5}`); n != 0 {
		t.Errorf("here: told %v", n)
	}
	soon(t, "who looked there is told there", func() bool { return there.grants("waits") == 1 })
}

// While the database is away a feed is refused whole; sent again when it is back, it is taken.
func TestAFeedIsRefusedWhileTheDatabaseIsAway(t *testing.T) {
	ledger := newLedger(t)
	s := sharing(t, 1, ledger, stocked)[0]
	u, err := url.Parse(ledger)
	if err != nil {
		t.Fatal(err)
	}
	name := u.Path[1:]
	u.Path = "/postgres"
	admin(t, u.String(), "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	admin(t, u.String(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	row := `[{"sku":"coat","price":"100.00"}]`
	if a := s.want(503, serverKey, "PUT", "/v1/products:batch", row); !strings.HasSuffix(a.text("type"), "/unavailable") {
		t.Errorf("%s", a.raw)
	}
	admin(t, u.String(), "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true")
	soon(t, "the database is back", func() bool { return s.call(serverKey, "PUT", "/v1/products:batch", row).status == 200 })
	soon(t, "decisions are taken", func() bool { return s.call(serverKey, "GET", "/readyz", "").status == 200 })
	if got := s.seen("product.price"); got != 100.0 {
		t.Errorf("the price is %v", got)
	}
}

// A feed that was answered is in the very next decision of every server that hears, whichever took it.
func TestAFeedThatWasAnsweredIsInTheNextDecisionEverywhere(t *testing.T) {
	shops := sharing(t, 3, newLedger(t), stocked)
	shops[0].loads("inventory", `{"sku":"coat","on_hand":1000}`)
	for _, s := range shops {
		soon(t, "each hears", func() bool { return s.seen("product.on_hand") == 1000.0 })
	}
	for n := range 40 {
		shops[n%3].loads("inventory", fmt.Sprintf(`{"sku":"coat","on_hand":%d,"daily_demand":1}`, n))
		for i, s := range shops {
			if got := s.seen("product.on_hand"); got != float64(n) {
				t.Fatalf("feed %d at server %d: server %d has %v on hand", n, n%3, i, got)
			}
		}
	}
}

package engine_test

import (
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// lockOut ends every connection of a database and lets no new one in; the returned function lets them in again.
func lockOut(t *testing.T, ledger string) (letIn func()) {
	t.Helper()
	u, err := url.Parse(ledger)
	if err != nil {
		t.Fatal(err)
	}
	name := u.Path[1:]
	u.Path = "/postgres"
	admin(t, u.String(), "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	admin(t, u.String(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	return func() { admin(t, u.String(), "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true") }
}

// The database goes away under load and comes back: money waits and says so, events do not, and nothing is lost.
func TestAnOutageOfTheDatabaseIsOutlived(t *testing.T) {
	ledger := newLedger(t)
	s := fleet(t, 1, ledger)[0]
	s.apply(boutique)
	known, _ := s.outsideHoldouts("known")
	track := func(who, message string) answer {
		return s.call(writeKey, "POST", "/v1/identify", fmt.Sprintf(`{"messageId":%q,"anonymousId":%q,"userId":"u-%s","traits":{"email":"%s@example.org"}}`, message, who, who, who))
	}
	if a := track(known, "before"); a.status != 200 {
		t.Fatalf("before: %s", a.raw)
	}

	letIn := lockOut(t, ledger)
	if a := s.call(serverKey, "GET", "/readyz", ""); a.status != 503 || a.text("detail") == "" {
		t.Errorf("readyz in the outage: %d %s", a.status, a.raw)
	}
	for path, body := range map[string]string{
		"/v1/redemptions": `{"code":"WELCOME10","profile":{"userId":"u9"},"order":{"id":"o9",` + cart[len(`"cart":{`):] + `}`,
		"/v1/decisions":   decision(`{"anonymousId":"` + known + `"}`),
	} {
		if a := s.call(serverKey, "POST", path, body); a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("%s in the outage: %d %s", path, a.status, a.raw)
		}
	}
	for i := range 20 {
		who := fmt.Sprint("new-", i)
		if a := track(who, "outage-"+who); a.status != 200 {
			t.Fatalf("an event in the outage: %d %s", a.status, a.raw)
		}
	}

	letIn()
	soon(t, "it is ready again", func() bool { return s.call(serverKey, "GET", "/readyz", "").status == 200 })
	for i := range 20 {
		who := fmt.Sprint("new-", i)
		soon(t, "what came in the outage is applied", func() bool {
			a := s.call(serverKey, "GET", "/v1/profiles/user:u-"+who, "")
			return a.status == 200 && len(a.at("identifiers").([]any)) == 3
		})
	}
	s.want(201, serverKey, "POST", "/v1/redemptions", `{"code":"WELCOME10","profile":{"userId":"u9"},"order":{"id":"o9",`+cart[len(`"cart":{`):]+`}`)
	s.ledgerHolds()
}

// stalled is the URL of a database behind a line: while the line is locked nothing goes over it, and nobody is told.
func stalled(t *testing.T, ledger string) (through string, line *sync.RWMutex) {
	t.Helper()
	u, err := url.Parse(ledger)
	if err != nil {
		t.Fatal(err)
	}
	here, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = here.Close() })
	there, line := u.Host, &sync.RWMutex{}
	go func() {
		for {
			near, err := here.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", there)
			if err != nil {
				_ = near.Close()
				continue
			}
			go pump(near, far, line)
			go pump(far, near, line)
		}
	}()
	u.Host = here.Addr().String()
	return u.String(), line
}

func pump(from, to net.Conn, line *sync.RWMutex) {
	defer to.Close()
	for room := make([]byte, 1<<16); ; {
		n, err := from.Read(room)
		line.RLock()
		_, failed := to.Write(room[:n])
		line.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

// A database that says nothing is away too: events do not wait for it, and count once when it goes on.
func TestEventsAreAcceptedWhileTheDatabaseHangs(t *testing.T) {
	through, line := stalled(t, newLedger(t))
	s := fleet(t, 1, through)[0]
	s.apply(boutique)
	s.want(200, writeKey, "POST", "/v1/track", `{"messageId":"before","event":"Product Viewed","userId":"bob","properties":{"sku":"A1","price":30}}`)
	line.Lock()
	for i := range 5 {
		a := s.call(writeKey, "POST", "/v1/track", fmt.Sprintf(`{"messageId":"m%d","event":"Product Viewed","userId":"ann","properties":{"sku":"A1","price":30}}`, i))
		if a.status != 200 {
			t.Errorf("an event while the database hangs: %d %s", a.status, a.raw)
		}
	}
	line.Unlock()
	soon(t, "what came meanwhile is applied", func() bool {
		a := s.call(serverKey, "GET", "/v1/profiles/user:ann", "")
		return a.status == 200 && a.at("features").(map[string]any)["profile.product_views"] == 5.0
	})
	s.ledgerHolds()
}

// Connections that are cut under load cost a call its answer at most: with the same key it gets one, and one redemption.
func TestConnectionsCutUnderLoadLoseNothing(t *testing.T) {
	ledger := newLedger(t)
	shops := fleet(t, 2, ledger)
	shops[0].apply(boutique)
	soon(t, "the release is live", func() bool { return shops[1].live() == shops[0].live() })
	const shoppers = 40
	var redeemed atomic.Int64
	done := make(chan struct{})
	for worker := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := worker; i < shoppers; i += 4 {
				body := fmt.Sprintf(`{"code":"WELCOME10","profile":{"userId":"u%d"},"order":{"id":"o%d",%s}`, i, i, cart[len(`"cart":{`):])
				for try := range 200 {
					a := shops[(i+try)%2].call(serverKey, "POST", "/v1/redemptions", body, "Idempotency-Key", fmt.Sprint("k", i))
					if a.status == 201 {
						redeemed.Add(1)
						break
					}
					if a.status != 503 && a.status != 409 {
						t.Errorf("shopper %d: %d %s", i, a.status, a.raw)
						break
					}
				}
			}
		}()
	}
	for left := 4; left > 0; {
		select {
		case <-done:
			left--
		default:
			admin(t, ledger, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3")
		}
	}
	if redeemed.Load() != shoppers {
		t.Errorf("%d shoppers redeemed, want %d", redeemed.Load(), shoppers)
	}
	soon(t, "it is ready again", func() bool { return shops[0].call(serverKey, "GET", "/readyz", "").status == 200 })
	entries := shops[0].want(200, serverKey, "GET", "/v1/ledger/balances", "")
	spent := ""
	for _, b := range entries.at("balances").([]any) {
		x := answer{body: b.(map[string]any)}
		if x.text("budget") == "welcome" && x.text("account") == "promo_expense" {
			spent = x.text("balance.amount")
		}
	}
	if want := "300.00"; spent != want {
		t.Errorf("spent %s, want %s for %d orders", spent, want, shoppers)
	}
	shops[1].ledgerHolds()
}

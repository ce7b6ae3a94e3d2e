package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"boon/engine"
)

// databases counts those that this process made.
var databases atomic.Int64

// newLedger makes an empty database, dropped when the test ends, and returns its URL.
func newLedger(t testing.TB) string {
	t.Helper()
	address := os.Getenv("BOON_TEST_POSTGRES")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Skipf("no PostgreSQL to test with: set BOON_TEST_POSTGRES to the URL of one (%v)", err)
	}
	_ = c.Close(t.Context())
	name := fmt.Sprintf("boon_engine_%d_%d", os.Getpid(), databases.Add(1))
	admin(t, address, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, address, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, address, statement string) {
	t.Helper()
	ctx := context.Background() // the test's own has ended when it cleans up
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// said collects a log.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.b.String(), text)
}

// tryRun opens an engine and serves it.
func tryRun(t testing.TB, c engine.Config) (*shop, error) {
	c.APIKey, c.WriteKey = serverKey, writeKey
	ctx, stop := context.WithCancel(context.Background())
	e, err := engine.Open(ctx, c)
	if err != nil {
		stop()
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	server := httptest.NewServer(e.Handler())
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &shop{t, server.URL, e}, nil
}

// fleet starts n engines at one moment, each in a fresh folder, on one database.
func fleet(t testing.TB, n int, ledger string) []*shop {
	t.Helper()
	shops, errs := make([]*shop, n), make([]error, n)
	var all sync.WaitGroup
	for i := range shops {
		c := engine.Config{Data: t.TempDir(), Ledger: ledger, Patience: time.Minute}
		all.Go(func() { shops[i], errs[i] = tryRun(t, c) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return shops
}

// soon waits until something holds.
func soon(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (s *shop) apply(path string) {
	s.t.Helper()
	b, err := engine.LoadBundle([]string{path})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Apply(s.t.Context(), b, "test"); err != nil {
		s.t.Fatal(err)
	}
}

// live is the release that a server decides by.
func (s *shop) live() (id string) {
	for _, r := range s.want(200, serverKey, "GET", "/v1/releases", "").at("releases").([]any) {
		if release := r.(map[string]any); release["live"] == true {
			id = release["id"].(string)
		}
	}
	return id
}

const boutique = "../examples/boutique"

// One shopper meets three servers: a grant by one, a sign-in at another, the wallet at the third.
func TestThreeServersAreOneShop(t *testing.T) {
	shops := fleet(t, 3, newLedger(t))
	a, b, c := shops[0], shops[1], shops[2]
	a.apply(boutique)
	for _, s := range shops {
		soon(t, "the release is live everywhere", func() bool { return s.live() != "" && s.live() == a.live() })
	}
	phone, made := a.outsideHoldouts("phone")
	grant := made.text("placements.0.grant.id")
	b.want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"`+phone+`","userId":"u1"}`)
	wallet := func(s *shop, who string) string {
		return s.want(200, serverKey, "GET", "/v1/wallet?"+who, "").text("grants.0.id")
	}
	soon(t, "the third server opens the wallet of the user", func() bool { return wallet(c, "userId=u1") == grant })
	soon(t, "the first server too", func() bool { return wallet(a, "userId=u1") == grant })

	use := `{"code":"WELCOME10","profile":{"userId":"u1"},` + cart + `}`
	held := c.want(201, serverKey, "POST", "/v1/reservations", use, "Idempotency-Key", "k1")
	if again := b.want(201, serverKey, "POST", "/v1/reservations", use, "Idempotency-Key", "k1"); again.text("id") != held.text("id") {
		t.Fatalf("another server answered the same key with %s after %s", again.raw, held.raw)
	}
	order := fmt.Sprintf(`{"reservationId":%q,"profile":{"userId":"u1"},"order":{"id":"o1",%s}}`, held.text("id"), cart[len(`"cart":{`):len(cart)-1])
	done := b.want(201, serverKey, "POST", "/v1/redemptions", order)
	a.want(409, serverKey, "POST", "/v1/redemptions", `{"code":"WELCOME10","profile":{"userId":"u1"},"order":{"id":"o2",`+cart[len(`"cart":{`):]+`}`)
	c.want(201, serverKey, "POST", "/v1/redemptions/"+done.text("id")+"/reversals", `{"lines":[{"id":"l1","quantity":1}],"reason":"return"}`)

	a.want(200, serverKey, "POST", "/v1/profiles/unlink", `{"a":"user:u1","b":"anonymous:`+phone+`"}`)
	soon(t, "the cut is known everywhere", func() bool {
		return wallet(b, "userId=u1") == "" && wallet(c, "userId=u1") == ""
	})
	for _, s := range shops {
		s.ledgerHolds()
	}
}

// What a browser asserts is followed too, and opens no wallet anywhere.
func TestAnUnverifiedLinkStaysUnverifiedElsewhere(t *testing.T) {
	shops := fleet(t, 2, newLedger(t))
	shops[0].apply(boutique)
	soon(t, "the release is live", func() bool { return shops[1].live() == shops[0].live() })
	victim, _ := shops[0].outsideHoldouts("victim")
	shops[0].want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"`+victim+`","userId":"victim"}`)
	shops[0].want(200, writeKey, "POST", "/v1/identify", `{"anonymousId":"thief","userId":"victim"}`)
	soon(t, "the link is known", func() bool {
		a := shops[1].call(serverKey, "GET", "/v1/profiles/anonymous:thief", "")
		return a.status == 200 && len(a.at("identifiers").([]any)) == 3
	})
	if w := shops[1].want(200, serverKey, "GET", "/v1/wallet?anonymousId=thief", ""); len(w.at("grants").([]any)) != 0 {
		t.Fatalf("a claim made with a public key opened a wallet elsewhere: %s", w.raw)
	}
}

func TestOneBundlePublishedByThreeServersIsOneRelease(t *testing.T) {
	shops := fleet(t, 3, newLedger(t))
	var all sync.WaitGroup
	for _, s := range shops {
		all.Go(func() { s.apply(boutique) })
	}
	all.Wait()
	releases := shops[0].want(200, serverKey, "GET", "/v1/releases", "").at("releases").([]any)
	if len(releases) != 1 {
		t.Fatalf("%d releases: %v", len(releases), releases)
	}
	shops[1].apply("../examples/grocer")
	for _, s := range shops {
		soon(t, "the second release is live everywhere", func() bool { return s.live() == shops[1].live() })
	}
}

// A connection that hears announcements may be lost; what is announced meanwhile is found by the poll.
func TestAServerThatHearsNothingPolls(t *testing.T) {
	ledger := newLedger(t)
	shops := fleet(t, 2, ledger)
	for _, bundle := range []string{boutique, "../examples/grocer", boutique} {
		admin(t, ledger, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query = 'LISTEN boon'")
		shops[0].apply(bundle)
		soon(t, "the release is live", func() bool { return shops[1].live() == shops[0].live() })
	}
}

func TestAFolderOfAnotherEngineIsRefusedAndUnchanged(t *testing.T) {
	ledger := newLedger(t)
	fleet(t, 1, ledger)
	alone, other := t.TempDir(), t.TempDir()
	open := func(c engine.Config) string {
		e, err := engine.Open(t.Context(), c)
		if err == nil {
			_ = e.Close()
			return ""
		}
		return err.Error()
	}
	for _, c := range []engine.Config{{Data: alone}, {Data: other, Ledger: newLedger(t)}} {
		if refused := open(c); refused != "" {
			t.Fatal(refused)
		}
	}
	key := t.TempDir()
	if err := os.WriteFile(filepath.Join(key, "instance.key"), []byte(strings.Repeat("5", 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(other, "instance.name"))
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]engine.Config{
		"keeps its ledger in a file of its own": {Data: alone, Ledger: ledger},
		"belongs to a ledger on PostgreSQL":     {Data: other},
		"has another instance key":              {Data: other, Ledger: ledger},
		"belongs to another engine":             {Data: key, Ledger: ledger},
		"holds no engine":                       {Data: other, Ledger: newLedger(t)},
		"does not come of this --seed":          {Data: t.TempDir(), Ledger: ledger, Seed: "x"},
		"names no ledger":                       {Data: t.TempDir(), Ledger: "mysql://u:secret@h/d"},
		"cannot be opened":                      {Data: t.TempDir(), Ledger: "postgres://u:secret@127.0.0.1:1/d"},
	} {
		if refused := open(c); !strings.Contains(refused, want) || strings.Contains(refused, "secret") {
			t.Errorf("want a refusal that says %q and no password, got %q", want, refused)
		}
	}
	after, err := os.ReadFile(filepath.Join(other, "instance.name"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the refused folder changed: %q after %q (%v)", after, before, err)
	}
	if refused := open(engine.Config{Data: alone}); refused != "" {
		t.Errorf("the folder does not open with its own ledger any more: %s", refused)
	}
}

func TestTheSharedKeyIsWrapped(t *testing.T) {
	write := func(digit string) string {
		path := filepath.Join(t.TempDir(), "wrapping.key")
		if err := os.WriteFile(path, []byte(strings.Repeat(digit, 64)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	right, wrong := write("a"), write("b")
	ledger := newLedger(t)
	data := t.TempDir()
	open := func(c engine.Config) error {
		e, err := engine.Open(t.Context(), c)
		if err == nil {
			err = e.Close()
		}
		return err
	}
	var quiet, loud said
	if err := open(engine.Config{Data: data, Ledger: ledger, WrappingKey: right, Log: slog.New(slog.NewTextHandler(&quiet, nil))}); err != nil || quiet.has("in the clear") {
		t.Fatalf("wrapped: %v, log %q", err, quiet.b.String())
	}
	for want, c := range map[string]engine.Config{
		"give the key that it was wrapped under": {Data: t.TempDir(), Ledger: ledger},
		"wrapped under another key":              {Data: t.TempDir(), Ledger: ledger, WrappingKey: wrong},
		"does not hold 64 hex digits":            {Data: t.TempDir(), Ledger: ledger, WrappingKey: filepath.Join(data, "instance.name")},
	} {
		if err := open(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a refusal that says %q, got %v", want, err)
		}
	}
	if err := open(engine.Config{Data: t.TempDir(), Ledger: ledger, WrappingKey: right}); err != nil {
		t.Errorf("another folder with the same wrapping key: %v", err)
	}
	if _, err := os.Stat(filepath.Join(data, "instance.key")); err == nil {
		t.Error("the key lies in the folder, too")
	}
	if err := open(engine.Config{Data: t.TempDir(), Ledger: newLedger(t), Log: slog.New(slog.NewTextHandler(&loud, nil))}); err != nil || !loud.has("in the clear") {
		t.Errorf("without a wrapping key: %v, log %q; want a warning", err, loud.b.String())
	}
}

package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"boon/postgres"
)

// server makes a database for this run; each test has a schema of its own in it.
var server = sync.OnceValues(func() (string, error) {
	address := os.Getenv("BOON_TEST_POSTGRES")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = fmt.Sprintf("/boon_test_%d", os.Getpid())
	drop = func() { _ = run(address, "DROP DATABASE "+u.Path[1:]+" WITH (FORCE)") }
	return u.String(), run(address, "CREATE DATABASE "+u.Path[1:])
})

var drop = func() {}

func run(address, statement string) error {
	ctx := context.Background() // the test's own has ended when it cleans up
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.PgConn().Exec(ctx, statement).ReadAll()
	return err
}

func TestMain(m *testing.M) {
	if flag.Parse(); flag.Lookup("test.bench").Value.String() == "" {
		postgres.Relaxed() // what is durable, the benchmarks and the crash tests of cmd/boon ask
	}
	code := m.Run()
	drop()
	os.Exit(code)
}

var schemas atomic.Int64

// newDatabase makes an empty schema and returns its URL.
func newDatabase(t testing.TB) string {
	t.Helper()
	address, err := server()
	if err != nil {
		t.Skipf("no PostgreSQL to test with: set BOON_TEST_POSTGRES to the URL of one (%v)", err)
	}
	name := fmt.Sprintf("shop%d", schemas.Add(1))
	admin(t, address, "CREATE SCHEMA "+name)
	t.Cleanup(func() { admin(t, address, "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", name)
	query.Set("synchronous_commit", "off") // Relaxed's, for all that is not money
	u.RawQuery = query.Encode()
	return u.String()
}

func admin(t testing.TB, address, statement string) {
	t.Helper()
	if err := run(address, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func open(t testing.TB, address, instance string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), address, instance)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	address := newDatabase(t)
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			db, err := postgres.Open(t.Context(), address, fmt.Sprint(n))
			if err != nil {
				t.Error(err)
				return
			}
			_ = db.Close()
		})
	}
	all.Wait()
}

func TestANewerSchemaIsRefused(t *testing.T) {
	address := newDatabase(t)
	open(t, address, "one")
	admin(t, address, "INSERT INTO versions (n, file) VALUES (1000, 'later')")
	if _, err := postgres.Open(t.Context(), address, "two"); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("opened a database of version 1000: %v", err)
	}
}

func TestSchemasOfOneDatabaseAreApart(t *testing.T) {
	for _, address := range []string{newDatabase(t), newDatabase(t)} {
		open(t, address, "a")
		admin(t, address, "INSERT INTO counters (key, n) VALUES ('x', 1)")
	}
}

// Connections that the server ended while nobody used them are no reason to refuse a call.
func TestEndedConnectionsAreReplaced(t *testing.T) {
	address := newDatabase(t)
	db := open(t, address, "cut")
	for range 5 {
		admin(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'boon cut'")
		if _, err := db.Setting(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		admin(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'boon cut'")
		if err := db.PutSetting(t.Context(), "x", []byte("y")); err != nil {
			t.Fatal(err)
		}
	}
}

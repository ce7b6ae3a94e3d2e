package postgres_test

import (
	"context"
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

// server is where tests make a database each, and drop it afterwards.
var server = sync.OnceValues(func() (string, error) {
	address := os.Getenv("BOON_TEST_POSTGRES")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	c, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return "", err
	}
	return address, c.Close(context.Background())
})

var databases atomic.Int64

// newDatabase makes an empty database and returns its URL.
func newDatabase(t testing.TB) string {
	t.Helper()
	address, err := server()
	if err != nil {
		t.Skipf("no PostgreSQL to test with: set BOON_TEST_POSTGRES to the URL of one (%v)", err)
	}
	name := fmt.Sprintf("boon_test_%d_%d", os.Getpid(), databases.Add(1))
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
	address := newDatabase(t)
	for _, schema := range []string{"one", "two"} {
		admin(t, address, "CREATE SCHEMA "+schema)
		open(t, address+"&search_path="+schema, "a")
		admin(t, address, "INSERT INTO "+schema+".counters (key, n) VALUES ('x', 1)")
	}
}

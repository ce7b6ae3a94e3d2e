package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

var databases atomic.Int64

// newDatabase makes a PostgreSQL database that several servers can share, and drops it when the test ends.
func newDatabase(t *testing.T) string {
	t.Helper()
	address := os.Getenv("BOON_TEST_POSTGRES")
	if address == "" {
		address = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("BOON_TEST_POSTGRES: %v", err)
	}
	name := fmt.Sprintf("boon_fleet_%d_%d", os.Getpid(), databases.Add(1))
	if err := administer(t, address, "CREATE DATABASE "+name); err != nil {
		t.Skipf("no PostgreSQL to test with: set BOON_TEST_POSTGRES to the URL of one (%v)", err)
	}
	t.Cleanup(func() {
		if err := administer(t, address, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

func administer(t *testing.T, address, statement string) error {
	ctx := context.WithoutCancel(t.Context()) // it has ended when the test cleans up
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

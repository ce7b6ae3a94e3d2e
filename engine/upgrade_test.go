package engine_test

import (
	"archive/tar"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon/engine"

	"github.com/klauspost/compress/zstd"
)

// What testdata/spine.tar.zst holds: the folder that the program of schema 1 (commit c8e5d2f) left after a replay of cmd/boon/testdata/events.jsonl, three
// redemptions of 5.00, one of 3.37 that was taken back, a reservation, a grant from a decision, and an event.
const (
	spineReservation = "rsv_06h0b77q55wdan8d0ypkyh8far"
	spineDecision    = "dec_6vvc1vf1bg7hqrjw003bra2je4"
	spineRedemption  = `{"code":"HUNDRED","profile":{"userId":"u1"},"order":{"id":"o1","currency":"USD","lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"50.00"}]}}`
)

func unpackSpine(t *testing.T) string {
	t.Helper()
	f, err := os.Open("testdata/spine.tar.zst")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer zip.Close()
	dir := t.TempDir()
	for in := tar.NewReader(zip); ; {
		h, err := in.Next()
		if err == io.EOF {
			return filepath.Join(dir, "d")
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A folder of the first schema is migrated, its books hold, and what was begun before goes on: a reservation is redeemed, an answer repeated, a redemption
// known, a decision explained. A second start finds the same.
func TestUpgradeFromTheFirstSchema(t *testing.T) {
	data := unpackSpine(t)
	now := time.Date(2026, 11, 22, 23, 40, 0, 0, time.UTC)
	for start := range 2 {
		e, err := engine.Open(t.Context(), engine.Config{Data: data, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- e.Run(ctx) }()
		server := httptest.NewServer(e.Handler())
		goOn(&shop{t, server.URL, e}, start)
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func goOn(s *shop, start int) {
	s.t.Helper()
	holds := func(when string) {
		if a := s.want(200, serverKey, "GET", "/v1/ledger/verify", ""); a.at("balanced") != true {
			s.t.Errorf("%s the ledger does not hold: %s", when, a.raw)
		}
	}
	holds("after the migration")
	a := s.want(201, serverKey, "POST", "/v1/redemptions", spineRedemption, "Idempotency-Key", "r1")
	if a.header.Get("Idempotent-Replayed") != "true" {
		s.t.Errorf("an answer from before the upgrade was not kept: %s", a.raw)
	}
	order := `{"reservationId":"` + spineReservation + `","order":{"id":"o5","currency":"USD","lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"50.00"}]}}`
	a = s.want(201, serverKey, "POST", "/v1/redemptions", order, "Idempotency-Key", "after")
	if a.text("discount.amount") != "3.37" || (a.header.Get("Idempotent-Replayed") == "true") != (start > 0) {
		s.t.Errorf("the reservation from before the upgrade gives %s", a.raw)
	}
	if start == 0 {
		s.want(201, serverKey, "POST", "/v1/redemptions", strings.NewReplacer("u1", "u9", "o1", "o9").Replace(spineRedemption))
	}
	s.want(200, serverKey, "GET", "/v1/decisions/"+spineDecision+"/explain", "")
	if a = s.want(200, serverKey, "GET", "/v1/wallet?userId=u6", ""); a.at("grants.0.offer") == nil && a.at("grants.0.id") == nil {
		s.t.Errorf("the grant from before the upgrade is lost: %s", a.raw)
	}
	holds("after going on")
	var spent string
	balances, _ := s.want(200, serverKey, "GET", "/v1/ledger/balances", "").at("balances").([]any)
	for _, b := range balances {
		entry := answer{body: b.(map[string]any)}
		if entry.text("budget") == "wide" && entry.text("account") == "promo_expense" {
			spent = entry.text("balance.amount")
		}
	}
	if spent != "20.00" {
		s.t.Errorf("four redemptions of 5.00 come to %s", spent)
	}
}

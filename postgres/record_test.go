package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"boon"
	"boon/conformance"
	"boon/ingest"
	"boon/postgres"
)

func TestRecord(t *testing.T) {
	conformance.RunRecord(t, func(t testing.TB) conformance.Record { return open(t, newDatabase(t), "one") })
}

func TestTheFirstSettingStands(t *testing.T) {
	db := open(t, newDatabase(t), "one")
	for _, value := range []string{"mine", "theirs"} {
		if stored, err := db.FirstSetting(t.Context(), "key", []byte(value)); string(stored) != "mine" || err != nil {
			t.Errorf("stored %q, %v; want the first", stored, err)
		}
	}
}

// Three processes tell edges at once; each edge has a place of its own and is stored once, however often it is told.
func TestEdgesAreToldOnceAndInOrder(t *testing.T) {
	address := newDatabase(t)
	dbs := []*postgres.DB{open(t, address, "one"), open(t, address, "two"), open(t, address, "three")}
	done := make(chan error, 2*len(dbs))
	for n, db := range dbs {
		edges := make([]ingest.Edge, 40)
		for i := range edges {
			edges[i] = ingest.Edge{ID: [16]byte{byte(n), byte(i)}, A: conformance.Shopper(n), B: conformance.Shopper(i), Verified: i%2 == 0, At: conformance.Monday, Cut: i%3 == 0}
		}
		for range 2 {
			go func() { done <- db.PutEdges(context.Background(), edges) }()
		}
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	list, err := dbs[0].Edges(t.Context(), 0, 1000)
	if err != nil || len(list) != 120 {
		t.Fatalf("%d edges, %v; want 120", len(list), err)
	}
	for i, e := range list {
		if e.Seq != int64(i+1) {
			t.Fatalf("edge %d has place %d", i, e.Seq)
		}
	}
	last := list[119]
	want := ingest.Edge{Seq: 120, ID: last.ID, A: last.A, B: conformance.Shopper(39), At: conformance.Monday, Cut: true, Instance: last.Instance}
	if diff := cmp.Diff(want, last); diff != "" || last.A == (boon.Identifier{}) {
		t.Errorf("the last edge: %s", diff)
	}
	if rest, err := dbs[1].Edges(t.Context(), 118, 1); len(rest) != 1 || rest[0].Seq != 119 || err != nil {
		t.Errorf("after 118: %+v %v", rest, err)
	}
}

func TestAListenerHearsOtherProcesses(t *testing.T) {
	address := newDatabase(t)
	here, there := open(t, address, "here"), open(t, address, "there")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	heard, ended := make(chan struct{}, 10), make(chan error, 1)
	go func() { ended <- here.Listen(ctx, func() { heard <- struct{}{} }) }()
	wait := func(what string) {
		t.Helper()
		select {
		case <-heard:
		case err := <-ended:
			t.Fatalf("%s: %v", what, err)
		}
	}
	wait("it listens")
	if err := there.PutEdges(ctx, []ingest.Edge{{ID: [16]byte{1}, A: conformance.Shopper(1), B: conformance.Shopper(2)}}); err != nil {
		t.Fatal(err)
	}
	wait("an edge")
	admin(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN boon' AND datname = current_database()")
	if err := <-ended; err == nil || ctx.Err() != nil {
		t.Errorf("a lost connection ends with %v", err)
	}
}

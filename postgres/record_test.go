package postgres_test

import (
	"context"
	"fmt"
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

// Three processes store at once, each only what it worked out from the latest: nothing is lost, and a reader finds the latest of each key in order.
func TestTheShelfIsChangedByOneAtATime(t *testing.T) {
	address := newDatabase(t)
	dbs := []*postgres.DB{open(t, address, "one"), open(t, address, "two"), open(t, address, "three")}
	const rounds = 20
	done := make(chan error, len(dbs))
	for _, db := range dbs {
		go func() { done <- count(db, rounds) }()
	}
	for range dbs {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	list, last, err := dbs[0].Shelf(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].Value[0] != 3*rounds || last != 3*rounds {
		t.Fatalf("%v up to %d, %v; want a count of %d", list, last, err, 3*rounds)
	}
	writes := []boon.Write{{Key: []byte("a"), Value: []byte("1")}, {Key: []byte("b"), Value: []byte("2")}, {Key: []byte("a"), Value: []byte("3")}}
	place, stored, err := dbs[1].PutShelf(t.Context(), last, writes)
	if place != last+2 || !stored || err != nil {
		t.Errorf("place %d, stored %v, %v", place, stored, err)
	}
	if at, stored, err := dbs[2].PutShelf(t.Context(), last, writes); stored || at != place || err != nil {
		t.Errorf("by who did not read: place %d, stored %v, %v", at, stored, err)
	}
	list, at, err := dbs[2].Shelf(t.Context(), last, 1)
	if diff := cmp.Diff([]boon.Write{{Key: []byte("a"), Value: []byte("3")}}, list); diff != "" || at != last+1 || err != nil {
		t.Errorf("the first after %d is at %d, %v: %s", last, at, err, diff)
	}
	if list, at, err := dbs[2].Shelf(t.Context(), place, 5); len(list) != 0 || at != place || err != nil {
		t.Errorf("after the last: %v up to %d, %v", list, at, err)
	}
	if _, _, news, err := dbs[0].News(t.Context()); news != place || err != nil {
		t.Errorf("news of %d, %v; want %d", news, err, place)
	}
	if at, stored, err := dbs[0].PutShelf(t.Context(), place+100, writes[:1]); at != place+101 || !stored || err != nil {
		t.Errorf("by who has read more than there is, for the database is an older copy: place %d, stored %v, %v", at, stored, err)
	}
}

// count adds one to the only value, so many times.
func count(db *postgres.DB, times int) error {
	ctx, known := context.Background(), int64(0)
	var value byte
	for range times {
		for stored := false; !stored; {
			list, last, err := db.Shelf(ctx, known, 10)
			if err != nil {
				return err
			}
			if known = last; len(list) > 0 {
				value = list[0].Value[0]
			}
			if last, stored, err = db.PutShelf(ctx, known, []boon.Write{{Key: []byte("count"), Value: []byte{value + 1}}}); err != nil {
				return err
			}
			if stored {
				known, value = last, value+1
			}
		}
	}
	return nil
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

// Who listens is waited for until it has followed, and no longer than it listens.
func TestWhoListensIsWaitedFor(t *testing.T) {
	address := newDatabase(t)
	one, two := open(t, address, "one"), open(t, address, "two")
	behind := func(what string, want bool) {
		t.Helper()
		if got, err := one.Behind(t.Context(), 7); got != want || err != nil {
			t.Errorf("%s: behind %v, %v", what, got, err)
		}
	}
	behind("nobody listens", false)
	ctx, stop := context.WithCancel(t.Context())
	listens, ended := make(chan bool, 1), make(chan error, 1)
	go func() { ended <- two.Listen(ctx, func() { listens <- true }) }()
	<-listens
	behind("one listens", true)
	if got, err := two.Behind(t.Context(), 7); got || err != nil {
		t.Errorf("it waits for itself: %v, %v", got, err)
	}
	for place, want := range map[int64]bool{6: true, 7: false, 8: false} {
		if err := two.Followed(t.Context(), place); err != nil {
			t.Fatal(err)
		}
		behind(fmt.Sprint("it has followed up to ", place), want)
	}
	if err := two.Followed(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	stop()
	<-ended
	for deadline := time.Now().Add(20 * time.Second); ; {
		if got, _ := one.Behind(t.Context(), 7); !got {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it is waited for after it has ended")
		}
	}
}

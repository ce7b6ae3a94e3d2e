package postgres_test

import (
	"bytes"
	"errors"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// cable carries connections to the server, and can be cut at a chosen moment.
type cable struct {
	net.Listener
	server string
	answer atomic.Bool  // cut it when the answer to a COMMIT comes by, which then never arrives
	calls  atomic.Int32 // cut it at the last of so many calls, which then never arrives
}

func (c *cable) serve() {
	for {
		client, err := c.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.server)
		if err != nil {
			_ = client.Close()
			return
		}
		go carry(client, server, func([]byte) bool { return c.calls.Load() > 0 && c.calls.Add(-1) == 0 })
		go carry(server, client, func(b []byte) bool {
			return bytes.Contains(b, []byte("COMMIT\x00")) && c.answer.CompareAndSwap(true, false)
		})
	}
}

func carry(from, to net.Conn, cut func([]byte) bool) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 1<<20)
	for {
		n, err := from.Read(buf)
		if err != nil || cut(buf[:n]) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// The connection is lost in the middle of a commit: after it, and before it. The caller hears what really happened.
func TestALostCommitIsLookedUp(t *testing.T) {
	address, err := url.Parse(newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := &cable{Listener: listener, server: address.Host}
	go c.serve()
	address.Host = listener.Addr().String()
	db := open(t, address.String(), "one")
	take := func() error {
		return db.Update(t.Context(), func(tx redeem.Tx) error {
			_, err := tx.Take(boon.Limit{Key: "x", Max: 100}, 1)
			return err
		})
	}
	for want, lose := range []func(){func() {}, func() {}, func() { c.answer.Store(true) }, func() {}} {
		lose()
		if err := take(); err != nil || c.answer.Load() {
			t.Fatalf("update %d: %v, want it done", want, err)
		}
		counted(t, db, int64(want+1))
	}
	c.calls.Store(2) // the turn passes, the commit does not
	if err := take(); !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) {
		t.Errorf("a commit that never arrived: %v, want unavailable", err)
	}
	counted(t, db, 4)
	if err := take(); err != nil {
		t.Error(err)
	}
	counted(t, db, 5)
	conformance.MustVerify(t, db)
}

func counted(t *testing.T, db redeem.Book, want int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx redeem.Tx) error {
		n, err := tx.Count("x")
		if n != want {
			t.Errorf("%d are taken, want %d", n, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

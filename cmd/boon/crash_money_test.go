package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// tale is one shopper's way through the checkout: calls that follow from one another, each with an Idempotency-Key. It can be told again at any
// time, and what was answered once must be answered so again.
type tale struct {
	t    *testing.T
	who  string
	kind int
	home int               // the server that it began at
	told map[string]string // by key: the answer
	done bool
}

// kinds of tales, and what each leaves in the books in minor units.
var kinds = []struct {
	tell                     func(*tale, *shopServer) error
	expense, reversed, holds int64
	athome                   bool // a decision's record and an event's id are known to the server that took them; money is known to all
}{
	{(*tale).redeems, 5_00, 0, 0, false},
	{(*tale).redeemsWhatIsHeld, 5_00, 0, 0, false},
	{(*tale).lets, 0, 0, 5_00, false},
	{(*tale).returns, 5_00, 5_00, 0, false},
	{(*tale).isDecidedFor, 3_00, 0, 0, true},
	{(*tale).orders, 5_00, 0, 0, true},
}

var errWrong = errors.New("answered otherwise than it should")

// do makes one call of the tale, again if it was made before. It fails when the server is gone.
func (l *tale) do(s *shopServer, status int, method, path, body string) (any, error) {
	key := method + " " + path + " of " + l.who
	r, err := s.try(method, path, body, "Idempotency-Key", key)
	if err != nil {
		return nil, err
	}
	if r.status != status {
		l.t.Errorf("%s: %d, want %d: %s", key, r.status, status, r.raw)
		return nil, errWrong
	}
	if first, again := l.told[key]; again && first != essence(r) {
		l.t.Errorf("%s was answered %s and now %s", key, first, essence(r))
		return nil, errWrong
	}
	l.told[key] = essence(r)
	return r.body(), nil
}

// essence is the part of an answer that repeats: a decision's trace may be told from its record.
func essence(r reply) string {
	var fields map[string]any
	if json.Unmarshal(r.raw, &fields) != nil {
		return string(r.raw)
	}
	if at(fields, "decisionId") != nil {
		return fmt.Sprint(at(fields, "decisionId"), at(fields, "placements.0.grant.id"), at(fields, "placements.0.grant.code"))
	}
	return fmt.Sprint(fields)
}

const crashLines = `"currency":"USD","lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"50.00"}]`

func (l *tale) cart(field, code string) string {
	return fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"%s":{"id":"o-%s",%s}}`, code, l.who, field, l.who, crashLines)
}

func (l *tale) redeems(s *shopServer) error {
	_, err := l.do(s, 201, "POST", "/v1/redemptions", l.cart("order", "FIVE"))
	return err
}

func (l *tale) reserves(s *shopServer) (id string, err error) {
	held, err := l.do(s, 201, "POST", "/v1/reservations", l.cart("cart", "FIVE"))
	id, _ = at(held, "id").(string)
	return id, err
}

func (l *tale) redeemsWhatIsHeld(s *shopServer) error {
	id, err := l.reserves(s)
	if err == nil {
		_, err = l.do(s, 201, "POST", "/v1/redemptions", fmt.Sprintf(`{"reservationId":%q}`, id))
	}
	return err
}

func (l *tale) lets(s *shopServer) error {
	id, err := l.reserves(s)
	if err == nil {
		_, err = l.do(s, 200, "DELETE", "/v1/reservations/"+id, "")
	}
	return err
}

func (l *tale) returns(s *shopServer) error {
	made, err := l.do(s, 201, "POST", "/v1/redemptions", l.cart("order", "FIVE"))
	if err == nil {
		_, err = l.do(s, 201, "POST", "/v1/redemptions/"+at(made, "id").(string)+"/reversals", `{"reason":"return"}`)
	}
	return err
}

func (l *tale) isDecidedFor(s *shopServer) error {
	made, err := l.do(s, 200, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":%q},"placements":["checkout"],"cart":{%s}}`, l.who, crashLines))
	if err != nil {
		return err
	}
	code, _ := at(made, "placements.0.grant.code").(string)
	_, err = l.do(s, 201, "POST", "/v1/redemptions", l.cart("order", code))
	return err
}

// orders sends the order as an event; the server books it after it has answered.
func (l *tale) orders(s *shopServer) error {
	_, err := l.do(s, 200, "POST", "/v1/track", fmt.Sprintf(`{"messageId":"m-%s","userId":%q,"event":"Order Completed","properties":{"order_id":"o-%s","currency":"USD",`+
		`"coupon":"FIVE","total":45,"products":[{"product_id":"B-1001","sku":"B-1001","quantity":1,"price":50}]}}`, l.who, l.who, l.who))
	return err
}

// again is the server that hears a tale once more.
func (l *tale) again(i int) int {
	if kinds[l.kind].athome {
		return l.home
	}
	return i
}

// library holds all tales.
type library struct {
	t     *testing.T
	mu    sync.Mutex
	tales []*tale
}

func (b *library) begin(who string, kind, home int) *tale {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := &tale{t: b.t, who: who, kind: kind, home: home, told: map[string]string{}}
	b.tales = append(b.tales, l)
	return l
}

// press tells new tales to the servers until one of them is killed, and for a while beside it.
func (b *library) press(f fleet, name string, gone *atomic.Bool) {
	for n := 0; !gone.Load() && !b.t.Failed(); n++ {
		l := b.begin(fmt.Sprint(name, "-n", n), n%len(kinds), n/len(kinds))
		l.done = kinds[l.kind].tell(l, f.at(l.home)) == nil
	}
}

// tellAgain tells tales from the beginning, eight at a time: those that were cut off come to their end.
func (b *library) tellAgain(f fleet, tales []*tale) {
	b.t.Helper()
	var group sync.WaitGroup
	for part := range 8 {
		group.Go(func() {
			for i := part; i < len(tales); i += 8 {
				if err := kinds[tales[i].kind].tell(tales[i], f.at(tales[i].again(i))); err != nil {
					b.t.Errorf("%s: %v", tales[i].who, err)
					return
				}
				tales[i].done = true
			}
		})
	}
	group.Wait()
}

// stand compares the books with the tales: each has left what it leaves, once.
func (b *library) stand(s *shopServer) {
	b.t.Helper()
	var expense, reversed, holds int64
	for _, l := range b.tales {
		expense, reversed, holds = expense+kinds[l.kind].expense, reversed+kinds[l.kind].reversed, holds+kinds[l.kind].holds
	}
	for account, want := range map[string]int64{"promo_expense": expense, "reversal": -reversed, "committed": holds, "reserved": 0, "overrun": 0,
		"available": 1_000_000_00 - expense + reversed - holds} {
		if got := s.balance("wide", account); got != decimal(want) {
			b.t.Errorf("%s stands at %s after %d tales, want %s", account, got, len(b.tales), decimal(want))
		}
	}
	s.ledgerHolds()
}

func decimal(minor int64) string {
	if minor < 0 {
		return "-" + decimal(-minor)
	}
	return fmt.Sprintf("%d.%02d", minor/100, minor%100)
}

// applied waits until every event has had its effect.
func (s *shopServer) applied() {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.metric("boon_apply_lag_events") != "0"; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatal("events are not applied")
		}
	}
}

// kills is how often the money test kills: BOON_CRASHES, or so often.
func kills(t *testing.T, usually int) int {
	t.Helper()
	if n := crashes(t); os.Getenv("BOON_CRASHES") != "" {
		return n
	}
	return usually
}

// A server that is killed amid redemptions, reservations, releases, reversals, decisions and orders has each of them once: what it acknowledged
// is answered so again, what it did not is done by the same call, or turns out to be done.
func TestCrashOfTheMoneyPathDoesEverythingOnce(t *testing.T) {
	data := t.TempDir()
	crashMoney(t, kills(t, 10), 1, func(int) *shopServer { return startServer(t, data, "testdata/crash.yaml") })
}

// Three servers on one database, one of which is killed at a time: the others go on, and it comes back.
func TestCrashOfOneOfThreeDoesEverythingOnce(t *testing.T) {
	n := kills(t, 3)
	books := newDatabase(t)
	data := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	crashMoney(t, n, len(data), func(i int) *shopServer { return startServer(t, data[i], "testdata/crash.yaml", "--ledger", books) })
}

// crashMoney kills one server after the other, and starts it again.
func crashMoney(t *testing.T, n, servers int, start func(i int) *shopServer) {
	dice, b, f := seeded(t), &library{t: t}, make(fleet, servers)
	for i := range f {
		f[i] = start(i)
	}
	for round := range n {
		before, victim := len(b.tales), round%servers
		b.crash(f, victim, fmt.Sprint("r", round), dice)
		f[victim] = start(victim)
		f[victim].ledgerHolds()
		b.tellAgain(f, b.tales[before:])
	}
	t.Logf("%d tales over %d crashes", len(b.tales), n)
	if len(b.tales) < 10*n {
		t.Errorf("%d tales are too few to show anything", len(b.tales))
	}
	for range 2 {
		for _, s := range f {
			s.applied()
		}
		for _, s := range f {
			b.stand(s)
		}
		b.tellAgain(f, b.tales)
	}
}

// crash presses for a moment and kills a server.
func (b *library) crash(f fleet, victim int, name string, dice *rand.Rand) {
	var gone atomic.Bool
	var callers sync.WaitGroup
	for c := range 8 {
		callers.Go(func() { b.press(f, fmt.Sprint(name, "-c", c), &gone) })
	}
	<-time.After(50*time.Millisecond + time.Duration(dice.Int64N(int64(250*time.Millisecond))))
	f[victim].end(syscall.SIGKILL)
	gone.Store(true)
	callers.Wait()
}

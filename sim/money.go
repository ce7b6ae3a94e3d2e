package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"boon"
	"boon/ledger"
	"boon/redeem"
)

// Audited is a book whose soundness can be asked for.
type Audited interface {
	redeem.Book
	Verify(ctx context.Context, caps map[string]int64) ([]ledger.Finding, error)
}

// Options are everything that a run depends on, besides the Book, which must be empty.
type Options struct {
	Seed  uint64
	Ticks int
	Fault float64 // probability that an update fails, before or after its effect each
	Plant Plant
	Book  Audited
}

// Failure is a run that broke an invariant.
type Failure struct {
	Seed uint64
	Tick int
	What string
	Ops  []string // the last ones
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d, tick %d: %s\nlast operations:\n  %s\nrepeat: go test ./sim -run TestHistories -seed %d",
		f.Seed, f.Tick, f.What, strings.Join(f.Ops, "\n  "), f.Seed)
}

// world is one run.
type world struct {
	o      Options
	rng    *rand.Rand
	now    time.Time
	book   *book
	desk   *redeem.Desk
	teller *redeem.Teller
	ops    []string
	calls  int

	grants, held []string
	done         []redeem.Redeemed
	kept         []call       // calls whose answer was learnt
	log          []boon.Order // paid orders, as the event log has them; position n+1 is log[n]
}

// call is a keyed redemption and how it ended.
type call struct {
	once    redeem.Once
	request redeem.Request
	id      string
	reason  boon.Reason
}

// Money runs the money path for a number of ticks and returns a *Failure when an invariant broke, nil when none did.
func Money(ctx context.Context, o Options) error {
	rng := rand.New(rand.NewPCG(o.Seed, 0x6d6f6e6579))
	b := &book{Book: o.Book, rng: rng, fault: o.Fault, plant: o.Plant}
	desk := &redeem.Desk{Terms: redeem.NewReleases(release()), Key: []byte("sim"), Hold: 40 * time.Minute}
	w := &world{o: o, rng: rng, now: start, book: b, desk: desk, teller: &redeem.Teller{Book: b, Desk: desk}}
	for tick := range o.Ticks {
		w.now = w.now.Add(time.Duration(rng.IntN(3600)) * time.Second)
		err := w.tick(ctx)
		if err == nil {
			err = w.check(ctx)
		}
		if err != nil {
			return &Failure{o.Seed, tick, err.Error(), w.ops[max(0, len(w.ops)-12):]}
		}
	}
	return nil
}

func (w *world) note(format string, args ...any) {
	w.ops = append(w.ops, w.now.Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (w *world) tick(ctx context.Context) error {
	switch w.rng.IntN(9) {
	case 0:
		return w.issue(ctx)
	case 1, 2:
		return w.redeem(ctx)
	case 3:
		return w.reserve(ctx)
	case 4:
		return w.release(ctx)
	case 5:
		return w.reverse(ctx)
	case 6:
		w.order()
		return w.apply(ctx)
	case 7:
		return w.sweep(ctx)
	}
	return w.withdraw(ctx)
}

// until repeats a call as a client does that did not learn how it ended.
func (w *world) until(do func() error) error {
	for range 50 {
		err := do()
		if !errors.Is(err, errRefused) && !errors.Is(err, errSilent) {
			return err
		}
		w.note("  again: %v", err)
	}
	return errors.New("fifty faults in a row")
}

// allowed turns a refusal into a note; anything else is a failure of the run.
func (w *world) allowed(what string, err error) error {
	var refused *boon.Error
	if errors.As(err, &refused) {
		w.note("%s: %s", what, refused.Reason)
		return nil
	}
	if err == nil {
		w.note("%s: done", what)
	}
	return err
}

func choose[T any](w *world, from []T) (one T) {
	if len(from) > 0 {
		one = from[w.rng.IntN(len(from))]
	}
	return one
}

func (w *world) once() redeem.Once {
	w.calls++
	key := fmt.Sprint("key ", w.calls)
	return redeem.OnceFor(key, []byte(key))
}

func (w *world) issue(ctx context.Context) error {
	o, _ := w.desk.Terms.Offer("", "own")
	owner := shopper(w.rng.IntN(6))
	g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, w.now, "sim", fmt.Sprint(w.calls)), Owner: owner, Level: o.Reward.Levels[0], Release: "rel_sim"}
	w.calls++
	err := w.until(func() error {
		return w.book.Update(ctx, func(tx redeem.Tx) (err error) {
			g, err = w.desk.Issue(tx, g, o, []boon.Identifier{owner}, w.now)
			return err
		})
	})
	if err == nil {
		w.grants = append(w.grants, g.ID)
	}
	return w.allowed("issue "+g.ID, err)
}

// request uses a public code, or the code of a grant of one's own.
func (w *world) request(ctx context.Context) (r redeem.Request, err error) {
	owner := shopper(w.rng.IntN(9))
	r = redeem.Request{Code: []string{"CODE", "TWICE"}[w.rng.IntN(2)], Owners: []boon.Identifier{owner},
		Cart: basket(fmt.Sprint("o", w.rng.IntN(60)), 500+int64(w.rng.IntN(9_000)))}
	if w.rng.IntN(2) == 0 {
		return r, nil
	}
	id := choose(w, w.grants)
	err = w.book.View(ctx, func(tx redeem.Tx) error {
		g, found, err := tx.Grant(id)
		if found {
			r.Code, r.Owners = g.Code, []boon.Identifier{g.Owner}
		}
		return err
	})
	return r, err
}

func (w *world) redeem(ctx context.Context) error {
	r, err := w.request(ctx)
	if err != nil {
		return err
	}
	if w.rng.IntN(4) == 0 {
		r = redeem.Request{Reservation: choose(w, w.held)}
	}
	before, err := w.wallet(ctx, r.Owners)
	if err != nil {
		return err
	}
	once := w.once()
	var done redeem.Redeemed
	err = w.until(func() (err error) {
		done, err = w.teller.Redeem(ctx, once, r, w.now)
		return err
	})
	c := call{once: once, request: r, id: done.ID}
	var refused *boon.Error
	if errors.As(err, &refused) {
		c.reason = refused.Reason
		if after, err := w.wallet(ctx, r.Owners); err != nil || after != before {
			return fmt.Errorf("a call refused with %s left a grant behind: %d before, %d after (%v)", refused.Reason, before, after, err)
		}
	}
	if err == nil {
		w.done = append(w.done, done)
	}
	w.kept = append(w.kept, c)
	return w.allowed(fmt.Sprintf("redeem %s%s on %s", r.Code, r.Reservation, r.Cart.ID), err)
}

// wallet counts what a customer was ever granted.
func (w *world) wallet(ctx context.Context, owners []boon.Identifier) (int, error) {
	all, err := w.teller.Wallet(ctx, owners)
	return len(all), err
}

func (w *world) reserve(ctx context.Context) error {
	r, err := w.request(ctx)
	if err != nil {
		return err
	}
	once := w.once()
	var held redeem.Reserved
	err = w.until(func() (err error) {
		held, err = w.teller.Reserve(ctx, once, r, w.now)
		return err
	})
	if err == nil {
		w.held = append(w.held, held.ID)
	}
	return w.allowed("reserve "+r.Code+" for "+r.Cart.ID, err)
}

func (w *world) release(ctx context.Context) error {
	id, once := choose(w, w.held), w.once()
	return w.allowed("release "+id, w.until(func() error { return w.teller.Release(ctx, once, id, w.now) }))
}

func (w *world) reverse(ctx context.Context) error {
	id, once := choose(w, w.done).ID, w.once()
	body := redeem.ReversalBody{Reason: "return", Lines: []redeem.LineReturn{{ID: "l1", Quantity: new(int64(1))}}}
	if w.rng.IntN(2) == 0 {
		body.Lines = nil
	}
	return w.allowed("reverse "+id, w.until(func() error {
		_, err := w.teller.Reverse(ctx, once, id, body, w.now)
		return err
	}))
}

func (w *world) sweep(ctx context.Context) error {
	n := 0
	err := w.until(func() (err error) {
		n, err = w.teller.Sweep(ctx, w.now)
		return err
	})
	return w.allowed(fmt.Sprint("sweep ", n), err)
}

func (w *world) withdraw(ctx context.Context) error {
	id, once := choose(w, w.grants), w.once()
	if w.rng.IntN(2) == 0 {
		return w.allowed("save "+id, w.until(func() error {
			_, err := w.teller.Save(ctx, once, id, nil, w.now)
			return err
		}))
	}
	return w.allowed("revoke "+id, w.until(func() error {
		_, err := w.teller.Revoke(ctx, once, id, w.now)
		return err
	}))
}

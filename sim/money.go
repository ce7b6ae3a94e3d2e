package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"boon/ledger"
	"boon/redeem"
)

// Audited is a book whose soundness can be asked for.
type Audited interface {
	redeem.Book
	Verify(ctx context.Context, caps map[string]int64) ([]ledger.Finding, error)
}

// Options are everything that a run depends on, besides the Books, which are handles on one database that must be empty.
type Options struct {
	Seed    uint64
	Clients int
	Calls   int     // each client's
	Fault   float64 // probability that a port fails without an effect; as likely, an update fails after it, and less, its process dies
	Plant   Plant
	Books   []Audited
}

// Failure is a run that broke an invariant.
type Failure struct {
	Seed  uint64
	Plant Plant
	Step  int
	What  string
	Ops   []string // the last ones
}

func (f *Failure) Error() string {
	again := fmt.Sprintf("make sim SEED=%d N=1", f.Seed)
	if f.Plant != NoDefect {
		again = fmt.Sprintf("go test ./sim -run TestPlanted -seed %d -plant %q", f.Seed, f.Plant)
	}
	return fmt.Sprintf("seed %d, step %d: %s\nlast operations:\n  %s\nrepeat: %s", f.Seed, f.Step, f.What, strings.Join(f.Ops, "\n  "), again)
}

// world is one run.
type world struct {
	o         Options
	rng       *rand.Rand
	now       time.Time
	step      int
	stamp     int64 // of the history; no two are equal
	processes []*process
	clients   []*client
	running   *client
	dirty     bool // something was committed since the books were verified
	ops       []string

	history []event
	sent    []call // keyed calls, as a network may repeat them
	log     []call // paid orders, as the event log has them; position n+1 is log[n]
	grants  []grantRef
	held    []string
	done    []redeem.Redeemed // acknowledged
	calls   int
}

// grantRef is a grant with a code of its own, and the profile that has it.
type grantRef struct {
	id, code        string
	profile, device int
}

// process is one server: it has its own memory of calls in flight, and loses it when it dies.
type process struct {
	world  *world
	number int
	life   int
	port   *port
	desk   *redeem.Desk
	teller *redeem.Teller
	flying map[string]int // calls in flight by key
}

func (p *process) start() {
	p.desk = &redeem.Desk{Terms: redeem.NewReleases(release()), Key: []byte("sim"), Hold: hold}
	p.teller = &redeem.Teller{Book: p.port, Desk: p.desk}
	p.flying = map[string]int{}
}

// die forgets what is in memory; calls in flight never learn how they ended.
func (p *process) die() {
	p.world.note("process %d dies", p.number)
	p.life++
	p.start()
}

// Money runs clients on the money path until each has made its calls, and returns a *Failure when an invariant broke, nil when none did.
func Money(ctx context.Context, o Options) error {
	_, err := play(ctx, o)
	return err
}

func play(ctx context.Context, o Options) (*world, error) {
	w := &world{o: o, rng: rand.New(rand.NewPCG(o.Seed, 0x6d6f6e6579)), now: start}
	for i := range 2 {
		p := &process{world: w, number: i}
		p.port = &port{Book: o.Books[i%len(o.Books)], p: p}
		p.start()
		w.processes = append(w.processes, p)
	}
	for _, stage := range []func(context.Context) error{w.run, w.check, w.last, w.linearizable} {
		if err := stage(ctx); err != nil {
			return w, &Failure{o.Seed, o.Plant, w.step, err.Error(), w.ops[max(0, len(w.ops)-16):]}
		}
	}
	return w, nil
}

func (w *world) note(format string, args ...any) {
	who := "-"
	if w.running != nil {
		who = fmt.Sprint(w.running.number)
	}
	w.ops = append(w.ops, w.now.Format("02 15:04:05 ")+who+" "+fmt.Sprintf(format, args...))
}

func choose[T any](w *world, from []T) (one T) {
	if len(from) > 0 {
		one = from[w.rng.IntN(len(from))]
	}
	return one
}

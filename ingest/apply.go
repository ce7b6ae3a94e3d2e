package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"boon"
	"boon/catalog"
	"boon/feature"
	"boon/govern"
	"boon/model"
)

// Applier folds one partition of the log into online state. It is that partition's only writer; its methods are for one goroutine.
type Applier struct {
	Partition uint32
	Tail      Tail
	Opener    Opener
	Store     Store
	Money     Money
	Recall    Recall
	Shelf     Shelf // nil: conditions see of a product what its event says
	Rules     func() *Rules
	Virtual   bool                // time is the events' own: what is due between two events happens between them
	Epoch     time.Duration       // how long rates stay frozen
	Edges     Edges               // nil: no other process shares the people
	Sold      func(skus []string) // told what a batch sold, once it is committed; nil: nobody asks

	applied   boon.Position
	watermark boon.Position
	whole     *Whole
	rates     model.Rates
	aside     map[boon.Position]bool          // events that cannot be applied
	copyOf    map[boon.Position]boon.Position // events that were put onto the log to try others again
	people    map[boon.Identifier]*Person
	writer    personWriter
	dirty     map[boon.Identifier]bool
	sales     map[string]*catalog.Sales // by sku
	sold      map[string]bool           // by this batch
	writes    []boon.Write              // of the batch, beside people
	records   []boon.Write              // must be durable before the money commits
	clock     time.Time                 // latest event time seen
	sweepAt   time.Time                 // when money is next due; zero: not known
	timerAt   time.Time                 // when a timer is next due; zero: not known
	timerFrom []byte                    // no stored timer is before it
	armed     []timer                   // by this batch
	seenNow   map[string]Seen
	given     map[string][]string     // by this batch: decision -> offers
	cells     map[string]govern.Count // changed by this batch, by key
	learned   []Edge                  // by this batch
	received  []time.Time
	opened    []entry // of the batch
	view      *View
	asked     feature.Asked // of the event at hand
}

// maxPeople bounds the applier's own cache; beyond it the cache is dropped between batches.
const maxPeople = 20_000

// Start reads where the applier stands. It must be called first, and again after an error.
func (a *Applier) Start(ctx context.Context) error {
	data, err := a.Store.Get(ctx, partitionKey(keyApplied, a.Partition))
	if err != nil {
		return fmt.Errorf("read applied position: %w", err)
	}
	a.applied, a.clock = decodeApplied(data)
	if a.watermark, err = a.Money.Watermark(ctx, a.Partition); err != nil {
		return fmt.Errorf("read watermark: %w", err)
	}
	if a.whole, err = readWhole(ctx, a.Store, a.Partition); err != nil {
		return err
	}
	a.people, a.dirty, a.seenNow, a.given = map[boon.Identifier]*Person{}, map[boon.Identifier]bool{}, map[string]Seen{}, map[string][]string{}
	a.cells = map[string]govern.Count{}
	a.sales, a.sold = map[string]*catalog.Sales{}, map[string]bool{}
	a.writes, a.records, a.armed, a.learned, a.timerFrom, a.sweepAt, a.timerAt = nil, nil, nil, nil, nil, time.Time{}, time.Time{}
	if err := a.readAside(ctx); err != nil {
		return err
	}
	return a.startEpoch(ctx)
}

// Applied is the position of the last event that is in the committed state.
func (a *Applier) Applied() boon.Position { return a.applied }

// Received is when the events of the last batch were received. The next Step overwrites it.
func (a *Applier) Received() []time.Time { return a.received }

// Clock is the latest event time that was applied; zero before the first.
func (a *Applier) Clock() time.Time { return a.clock }

// Whole is the state of all people together, as committed.
func (a *Applier) Whole() *Whole { return a.whole }

// Frozen is what the running epoch decides with.
func (a *Applier) Frozen() (Epoch, model.Rates) { return a.whole.Epoch, a.rates }

// Step applies up to limit events and says how many it did; 0: nothing is waiting. After an error nothing of the batch is visible, and
// Start must be called before the next Step.
func (a *Applier) Step(ctx context.Context, limit int) (int, error) {
	events, err := a.next(ctx, limit)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	last := events[len(events)-1].position
	if err := a.batch(ctx, last, events); err != nil {
		return 0, err
	}
	if err := a.tellOthers(ctx); err != nil {
		return 0, err
	}
	if err := a.commit(ctx, last); err != nil {
		return 0, err
	}
	a.noteReceived(events)
	return len(events), nil
}

func (a *Applier) noteReceived(events []entry) {
	a.received = a.received[:0]
	for i := range events {
		if at := events[i].event.Received; !at.IsZero() {
			a.received = append(a.received, at)
		}
	}
}

// batch applies events, inside a transaction of the money's from the first that needs one.
func (a *Applier) batch(ctx context.Context, last boon.Position, events []entry) error {
	if a.watermark >= last {
		return a.events(ctx, events, nil)
	}
	money := newLate(func(run func(Session) error) error { return a.Money.Batch(ctx, a.Partition, last, run) })
	failed := true
	defer func() {
		if failed {
			_, _ = money.end(errAbandoned) // a panic on its way up must not leave the transaction open
		}
	}()
	err := a.events(ctx, events, money)
	failed = false
	committed, err := money.end(err)
	if committed {
		a.watermark = last
	}
	return err
}

var errAbandoned = errors.New("the batch was abandoned")

// events applies them in order; s is nil when their money is committed already.
func (a *Applier) events(ctx context.Context, events []entry, s Session) error {
	for i := range events {
		if err := a.guarded(ctx, &events[i], s); err != nil {
			return fmt.Errorf("apply event at %d: %w", events[i].position, err)
		}
	}
	return a.keepRecords(ctx)
}

// due treats an unknown time as due.
func (a *Applier) due(now, at time.Time) bool { return at.IsZero() || !now.Before(at) }

// event is the path of one event, in order.
func (a *Applier) event(ctx context.Context, e *entry, s Session) error {
	if e.event.Kind == 0 { // erased, or set aside
		return nil
	}
	if err := a.pass(ctx, e, s); err != nil {
		return err
	}
	if done, err := a.own(ctx, e, s); done || err != nil {
		return err
	}
	linked, err := a.resolve(ctx, e)
	if err != nil {
		return err
	}
	if err := a.priced(ctx, &e.event); err != nil {
		return err
	}
	members, err := a.View().members(ctx, e.event.Owner)
	if err != nil {
		return err
	}
	told, err := a.fold(ctx, &e.event, members)
	if err == nil && linked {
		err = a.pace(ctx, &e.event, members)
	}
	if err != nil || !told {
		return err
	}
	if err := a.observe(ctx, &e.event, members); err != nil {
		return err
	}
	a.watched(&e.event)
	if err := a.trigger(ctx, e, members, s); err != nil {
		return err
	}
	return a.settle(ctx, e, s)
}

// pass lets time come to the event: expiries, timers and the epoch's end happen before it.
func (a *Applier) pass(ctx context.Context, e *entry, s Session) error {
	if e.event.Time.After(a.clock) {
		a.clock = e.event.Time
	}
	if err := a.turnEpoch(); err != nil {
		return err
	}
	if !a.Virtual {
		return nil
	}
	if err := a.fireTimers(ctx, a.clock, e.position, s); err != nil {
		return err
	}
	return a.sweep(ctx, s)
}

func (a *Applier) sweep(ctx context.Context, s Session) (err error) {
	if s == nil || !a.due(a.clock, a.sweepAt) {
		return nil
	}
	if a.sweepAt, err = s.Sweep(ctx, a.clock); err != nil {
		return fmt.Errorf("expire what is due: %w", err)
	}
	if a.sweepAt.IsZero() {
		a.sweepAt = a.clock.Add(time.Minute)
	}
	return nil
}

// person is the batch's own copy; touched says that it will be changed.
func (a *Applier) person(ctx context.Context, id boon.Identifier, touched bool) (*Person, error) {
	p, ok := a.people[id]
	if !ok {
		var err error
		if p, err = loadPerson(ctx, a.Store, id, true); err != nil {
			return nil, err
		}
		a.people[id] = p
	}
	if touched {
		a.dirty[id] = true
	}
	return p, nil
}

// View reads people as the batch has left them so far.
func (a *Applier) View() *View {
	if a.view != nil {
		return a.view
	}
	load := func(ctx context.Context, id boon.Identifier) (*Person, error) { return a.person(ctx, id, false) }
	a.view = &View{
		load: load, whole: load,
		sales: func(ctx context.Context, sku string) (catalog.Sales, error) {
			return soldByAll(ctx, a.Store, sku, a.soldHere)
		},
		epoch: func() Epoch { return a.whole.Epoch },
		rates: func() model.Rates { return a.rates },
	}
	return a.view
}

package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
	"boon/model"
	"boon/pebblestore"
	"boon/redeem"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says where an engine lives and how it runs.
type Config struct {
	Data        string
	Ledger      string // "" or "sqlite": in the data folder; postgres://...: shared with other processes
	WrappingKey string // file of the key that the instance key is wrapped under; "": it is kept in the clear
	MustExist   bool   // refuse a folder, or a shared ledger, that holds no engine
	Scratch     bool   // the folder is thrown away afterwards: only the shared ledger counts
	APIKey      string // creates a key of all scopes
	WriteKey    string // creates a key that may only send events
	Keys        bool   // a first start without the two makes them
	Version     string
	Memory      uint64 // bytes that the process may use: what stays at hand is a share of it; 0: not known, so it is little
	Seed        string // fixes keys and ids, so that two runs of one input are equal
	Virtual     bool   // time is the events' own
	AutoRedeem  bool   // an order redeems the best grant of its wallet
	Now         func() time.Time
	Patience    time.Duration // how long a call waits for its shopper's events; default 50 ms
	Log         *slog.Logger  // nil: none
	Plain       bool          // ask every offer instead of the index, and keep nothing read at hand: the same answers, slowly
}

// Engine is one open data folder.
type Engine struct {
	config   Config
	secrets  secrets
	store    *pebblestore.DB
	book     record
	shared   shared // the same, where other processes use it too; else nil
	instance instance
	others   others
	parking  parking
	tended   time.Time // by the loop that applies: when budgets were last looked after
	known    sync.Map  // access keys by hash
	hasher   *seal.Hasher
	ring     *seal.Ring
	shelf    shelf
	terms    *redeem.Releases
	desk     *redeem.Desk
	teller   *redeem.Teller
	live     atomic.Pointer[live]
	pending  *ingest.Pending
	applier  *ingest.Applier
	frozen   atomic.Pointer[ingest.Epoch]
	applied  atomic.Int64 // position, for those beside the applier
	rates    atomic.Pointer[model.Rates]
	limits   atomic.Pointer[limits]
	traces   *traces
	delays   prometheus.Histogram
	stream   *stream
	publish  sync.Mutex
	fresh    []FreshKey
	local    string
	past     past

	both    sync.RWMutex // read-held by who writes log and money, such as the applier: a backup finds them as one
	copying sync.Mutex   // one backup at a time
	trying  sync.Mutex   // one retry at a time
	life    context.Context
	end     context.CancelFunc
}

// What stays at hand at least, and the share of memory that it may grow to.
const (
	minCiphers, cipherBytes, cipherShare = 100_000, 200, 64
	minBlocks, blockShare                = 64 << 20, 16 // of the log's tables, bytes
)

func (c Config) ciphers() int { return int(max(minCiphers, c.Memory/cipherShare/cipherBytes)) }

func (c Config) blocks() int64 { return int64(max(minBlocks, c.Memory/blockShare)) }

// Open opens or makes the engine of a data folder.
func Open(ctx context.Context, c Config) (*Engine, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Patience == 0 {
		c.Patience = patience
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := folder(c); err != nil {
		return nil, err
	}
	e := &Engine{config: c, pending: ingest.NewPending(), local: rand.Text(), delays: newDelays(), stream: newStream(c.Now())}
	e.life, e.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := e.openStores(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if err := e.wire(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func folder(c Config) error {
	if err := checkLedger(c); err != nil {
		return err
	}
	if c.MustExist && !c.Scratch && !exists(c.Data, keyFile) && !exists(c.Data, instanceFile) {
		return fmt.Errorf("%s holds no engine; start one there with: boon serve --data %s", c.Data, c.Data)
	}
	if err := oneLedger(c); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	return nil
}

func (e *Engine) openStores(ctx context.Context) (err error) {
	if e.store, err = openLog(ctx, filepath.Join(e.config.Data, logFolder), e.config.blocks()); err != nil {
		return fmt.Errorf("open event log: %w", err)
	}
	if e.instance, err = readInstance(e.config.Data); err != nil {
		return err
	}
	sweepStaging(e.config.Data)
	if err = e.openRecord(ctx); err != nil {
		return err
	}
	if err = e.openSecrets(ctx); err != nil {
		return err
	}
	e.hasher = seal.NewHasher(e.secrets.hash)
	e.ring, err = seal.NewRing(e.secrets.master, e.book, e.secrets.data, e.config.ciphers())
	return err
}

// lockPatience is how long a folder may still be held by a process that was killed just now.
const lockPatience = 2 * time.Second

func openLog(ctx context.Context, dir string, blocks int64) (*pebblestore.DB, error) {
	for start := time.Now(); ; {
		db, err := pebblestore.Open(dir, pebblestore.Options{Partitions: 1, CacheBytes: blocks})
		if !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) || time.Since(start) > lockPatience {
			return db, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// wire builds the rooms on the open stores.
func (e *Engine) wire(ctx context.Context) error {
	e.shelf = newShelf(e.store, e.config.Plain)
	if err := e.loadReleases(ctx); err != nil {
		return err
	}
	e.desk = &redeem.Desk{Terms: terms{e.terms, e}, Goods: goods{e.shelf}, Key: e.secrets.code, Eligible: e.mayRedeem, Unit: e.unit}
	if !e.config.Virtual {
		e.desk.Today = e.config.Now
	}
	e.teller = &redeem.Teller{Book: e.book, Desk: e.desk}
	e.applier = &ingest.Applier{
		Tail: e.store, Opener: e.ring, Store: e.store, Money: money{e}, Recall: e.recall, Shelf: e.shelf, Virtual: e.config.Virtual, Epoch: e.epoch(),
		Rules: func() *ingest.Rules { return e.live.Load().rules },
	}
	if err := e.applier.Start(ctx); err != nil {
		return fmt.Errorf("start applier: %w", err)
	}
	if e.shared != nil {
		e.applier.Edges, e.applier.Sold = e.shared, e.others.sold.add
	}
	if err := e.openParking(ctx); err != nil {
		return err
	}
	e.expose()
	e.traces = newTraces(e)
	if err := e.fundBudgets(ctx); err != nil {
		return err
	}
	if err := e.openAccess(ctx); err != nil {
		return err
	}
	return e.openOthers(ctx)
}

// epoch is how long rates stay frozen: a day of the events' time in a replay, an hour when live.
func (e *Engine) epoch() time.Duration {
	if e.config.Virtual {
		return 24 * time.Hour
	}
	return time.Hour
}

// expose shows what the applier committed to the calls beside it.
func (e *Engine) expose() {
	epoch, rates := e.applier.Frozen()
	e.frozen.Store(&epoch)
	e.rates.Store(&rates)
	e.applied.Store(int64(e.applier.Applied()))
	e.pending.Applied(0, e.applier.Applied())
}

// view reads people as committed.
func (e *Engine) view() *ingest.View {
	return ingest.Committed(e.store, func() ingest.Epoch { return *e.frozen.Load() }, func() model.Rates { return *e.rates.Load() })
}

// Close flushes what is open and releases the folder.
func (e *Engine) Close() error {
	e.end()
	e.stream.close()
	var all []error
	if e.traces != nil {
		e.traces.close()
	}
	if e.book != nil {
		all = append(all, e.book.Close())
	}
	if e.store != nil {
		all = append(all, e.store.Close())
	}
	return errors.Join(all...)
}

// fundBudgets gives every budget its funds for the running period.
func (e *Engine) fundBudgets(ctx context.Context) error {
	if e.config.Virtual || e.config.MustExist {
		return nil // in a replay funds come with the first event that needs them, at its time; who opens a stopped folder lets no time pass
	}
	return e.book.Update(ctx, func(tx redeem.Tx) error { return e.desk.Open(tx, e.config.Now()) })
}

// mayRedeem asks the offer's eligibility of someone who redeems a public code without having been offered it.
func (e *Engine) mayRedeem(o boon.Offer, owners []boon.Identifier, cart boon.Order, now time.Time) error {
	return e.eligible(context.Background(), o, owners, cart, now)
}

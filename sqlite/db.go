package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"boon/redeem/batch"
)

var errHeld = errors.New("held by another process")

// ErrLocked says that another process has the data folder open.
var ErrLocked = errors.New("data folder is in use by another process")

// ErrClosed says that the database was closed.
var ErrClosed = batch.ErrClosed

// DB is the open system of record. Safe for concurrent use.
type DB struct {
	lock    *os.File
	pools   []*sql.DB
	conns   []*conn // a pool does not close what is taken from it
	store   *store
	writer  *batch.Writer
	readers chan *conn
	wallets *wallets
	loading context.CancelFunc // ends what reads beside the calls
	closing sync.Once
	imports sync.Mutex // of files of codes
}

// Open opens or creates the database in a data folder and brings its schema up to date.
func Open(dir string) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	lock, err := tryLock(filepath.Join(dir, "ledger.lock"))
	if errors.Is(err, errHeld) {
		return nil, fmt.Errorf("open ledger: %s: %w: use --url of the running server, or stop it", dir, ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	db := &DB{lock: lock, wallets: newWallets()}
	if err := db.connect(filepath.Join(dir, "ledger.db")); err != nil {
		db.release()
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return db, nil
}

func (db *DB) connect(path string) error {
	writing, err := db.pool(path, "rwc", 1)
	if err != nil {
		return err
	}
	w, err := db.conn(writing)
	if err != nil {
		return err
	}
	if err := migrate(w); err != nil {
		return err
	}
	size := max(4, runtime.GOMAXPROCS(0))
	reading, err := db.pool(path, "ro", size)
	if err != nil {
		return err
	}
	db.readers = make(chan *conn, size)
	for range size {
		c, err := db.conn(reading)
		if err != nil {
			return err
		}
		db.readers <- c
	}
	db.store = &store{rows: rows{w}, wallets: db.wallets}
	db.writer = batch.Start(db.store, batch.Clock{Now: time.Now, Sleep: time.Sleep})
	var loading context.Context
	loading, db.loading = context.WithCancel(context.Background())
	go db.loadOwners(loading) //nolint:errcheck // without it everybody is looked up
	return nil
}

// readerCache is little, KiB: a reader gives its pages back one by one when the writer has committed, and its driver gives what is more than some 4 MB to the
// system, which takes milliseconds a megabyte, of every connection. Pages that it has not are in the system's cache.
const readerCache = "cache_size(-512)"

// writerCache is 16 MB: whenever an index page splits out of order the writer goes over all pages that it holds, at its next commit.
const writerCache = "cache_size(-16384)"

func (db *DB) pool(path, mode string, size int) (*sql.DB, error) {
	pragmas := []string{"busy_timeout(10000)", "synchronous(FULL)", "temp_store(MEMORY)", "wal_autocheckpoint(4000)", "secure_delete(FAST)"}
	if mode == "rwc" {
		pragmas = append(pragmas, writerCache, "journal_mode(WAL)", "journal_size_limit(67108864)")
	} else {
		pragmas = append(pragmas, readerCache)
	}
	query := url.Values{"mode": {mode}, "_pragma": pragmas}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	db.pools = append(db.pools, pool)
	return pool, nil
}

func (db *DB) conn(pool *sql.DB) (*conn, error) {
	c, err := newConn(pool)
	if err == nil {
		db.conns = append(db.conns, c)
	}
	return c, err
}

// Close lets queued updates and running views finish, then closes the database. A second Close does nothing.
func (db *DB) Close() (err error) {
	db.closing.Do(func() {
		db.loading()
		db.writer.Stop()
		for range cap(db.readers) { // until the last view has ended
			<-db.readers
		}
		err = db.release()
	})
	return err
}

func (db *DB) release() error {
	var errs []error
	for _, c := range db.conns {
		errs = append(errs, c.c.Close())
	}
	for i := len(db.pools) - 1; i >= 0; i-- {
		errs = append(errs, db.pools[i].Close())
	}
	return errors.Join(append(errs, db.lock.Close())...)
}

// read runs fn on a reading connection, in one snapshot.
func (db *DB) read(ctx context.Context, fn func(*conn) error) error {
	return db.borrow(ctx, func(c *conn) error { return c.snapshot(fn) })
}

// borrow runs fn on a reading connection. Each of its statements sees what is committed when it runs.
func (db *DB) borrow(ctx context.Context, fn func(*conn) error) error {
	select {
	case c := <-db.readers:
		defer func() { db.readers <- c }()
		return fn(c)
	case <-ctx.Done():
		return ctx.Err()
	case <-db.writer.Closed():
		return ErrClosed
	}
}

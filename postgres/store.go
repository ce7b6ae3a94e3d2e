package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"boon"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

const (
	patience = 10 * time.Second // for a turn, for the database to answer, and of the database with a writer that stopped in the middle of its turn
	keepTold = 4096             // batches whose outcome can be asked for
)

// store is the one connection of this process that writes money.
type store struct {
	reader
	config *pgx.ConnConfig
	conn   *pgx.Conn // nil: none
	stop   context.CancelFunc
	clock  clock
	left   int64 // the batch that this process ended last; below zero when it does not know
	broken error // the transaction cannot commit any more
}

// clock is where the books stand: the last batch, and the last seq and link that were given.
type clock struct {
	batch, entries, grants int64
	head                   journal.Hash
}

func newStore(config *pgx.ConnConfig, instance string) *store {
	return &store{reader: reader{instance: instance}, config: config, left: -1}
}

// settings of the writing connection. Every statement of a batch finds its rows by an index, also in a table that was empty when it was planned; a
// writer that hangs in the middle of its turn loses it; a COMMIT comes back when it is durable, also on a server that would not wait for that.
var settings = []string{
	"SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off", "SET jit = off",
	fmt.Sprintf("SET lock_timeout = %d", patience.Milliseconds()),
	fmt.Sprintf("SET idle_in_transaction_session_timeout = %d", patience.Milliseconds()),
	"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
}

func (s *store) connect(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return nil, err
	}
	if _, err := c.PgConn().Exec(ctx, strings.Join(settings, ";")).ReadAll(); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// Begin implements batch.Store: in one round trip it waits for its turn, reads the clock and what is wanted. Each statement sees all that was
// committed before it began (READ COMMITTED), thus all that was committed before the turn.
func (s *store) Begin(w batch.Want) (found batch.Rows, moved bool, err error) {
	s.ctx, s.stop = context.WithTimeout(context.Background(), 3*patience)
	s.broken = nil
	old := s.conn != nil && !s.conn.IsClosed()
	if found, err = s.begin(w); err != nil && old && lost(err) { // while nobody wrote; nothing happened yet
		found, err = s.begin(w)
	}
	return found, s.clock.batch != s.left, unavailable(err)
}

func (s *store) begin(w batch.Want) (found batch.Rows, err error) {
	if s.conn == nil || s.conn.IsClosed() {
		if s.conn, err = s.connect(s.ctx); err != nil {
			return found, err
		}
	}
	s.on = s.conn
	b := &pgx.Batch{}
	b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
	b.Queue(lock, "money")
	s.clock.queue(b)
	s.queue(b, w, &found)
	return found, s.on.SendBatch(s.ctx, b).Close()
}

func (c *clock) queue(b *pgx.Batch) {
	b.Queue("SELECT batch, entries, grants, head FROM clock").QueryRow(func(row pgx.Row) error {
		var head []byte
		err := row.Scan(&c.batch, &c.entries, &c.grants, &head)
		c.head = journal.Hash{}
		copy(c.head[:], head)
		return err
	})
}

// Load implements batch.Reader. A statement that fails ends the transaction in PostgreSQL.
func (s *store) Load(w batch.Want) (batch.Rows, error) {
	found, err := s.reader.Load(w)
	if err != nil && s.broken == nil {
		s.broken = err
	}
	return found, err
}

// Commit implements batch.Store, in one round trip. Whatever condition does not hold keeps the COMMIT behind it from being run.
func (s *store) Commit(c batch.Changes) error {
	if s.broken != nil {
		return s.broken
	}
	defer s.stop()
	token := newToken()
	b := &pgx.Batch{}
	next, err := s.flush(b, c, token)
	if err != nil {
		return err
	}
	b.Queue("COMMIT")
	if err := s.on.SendBatch(s.ctx, b).Close(); err != nil {
		if err := s.outcome(err, next.batch, token); err != nil {
			return err
		}
	}
	s.clock, s.left = next, next.batch
	return nil
}

// outcome decides whether a batch was committed whose COMMIT did not come back clearly. An error that the server answered with is clear: it took the
// transaction back.
func (s *store) outcome(err error, n, token int64) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Severity == "ERROR" {
		return conflict(err)
	}
	committed, asked := s.ask(n, token)
	switch {
	case asked != nil:
		return errors.Join(boon.Refuse(boon.ReasonUnavailable, "the ledger's database was lost while it committed, and whether it did is not known yet; repeat the call with the same Idempotency-Key"), err, asked)
	case !committed:
		return again(err)
	}
	return nil
}

// ask looks, on a new connection, for what the batch left. It waits for a turn first: then the old connection's transaction has ended, one way or
// the other.
func (s *store) ask(n, token int64) (committed bool, err error) {
	ctx, stop := context.WithTimeout(context.Background(), 3*patience)
	defer stop()
	_ = s.conn.Close(ctx) // it is lost
	if s.conn, err = s.connect(ctx); err != nil {
		return false, err
	}
	err = pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock, "money"); err != nil {
			return err
		}
		var oldest int64
		query := "SELECT coalesce(min(n), 0), coalesce(bool_or(n = $1 AND token = $2), false) FROM batches"
		if err := tx.QueryRow(ctx, query, n, token).Scan(&oldest, &committed); err != nil {
			return err
		}
		if oldest > n {
			return fmt.Errorf("%d batches were committed meanwhile", keepTold)
		}
		return nil
	})
	return committed, err
}

// Rollback implements batch.Store.
func (s *store) Rollback() {
	s.left = -1
	s.stop()
	if s.conn == nil || s.conn.IsClosed() {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if _, err := s.conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = s.conn.Close(ctx) // the server takes the transaction back; the first error is the one to tell
	}
}

func (s *store) close() error {
	if s.conn == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	return s.conn.Close(ctx)
}

func newToken() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint64(b[:]))
}

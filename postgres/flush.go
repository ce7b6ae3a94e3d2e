package postgres

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

// flush queues what writes a batch, a statement for each kind of change, and returns where the books then stand.
func (s *store) flush(b *pgx.Batch, c batch.Changes, token int64) (next clock, err error) {
	next = s.clock
	next.batch++
	s.queueEntries(b, c.Entries, &next)
	queueGrantRows(b, c.Grants, &next)
	queueShifts(b, c)
	for _, step := range []func(*pgx.Batch, batch.Changes) error{queueReservations, queueRedemptions, s.queueAnswers, queueRulings, s.queueStops} {
		if err := step(b, c); err != nil {
			return next, fmt.Errorf("write batch: %w", err)
		}
	}
	if b.Len() == 0 {
		return s.clock, nil
	}
	b.Queue(`WITH told AS (INSERT INTO batches (n, token) VALUES ($1::bigint + 1, $2)), forgotten AS (DELETE FROM batches WHERE n <= $1::bigint - $3::bigint),
		moved AS (UPDATE clock SET batch = $1::bigint + 1, entries = $4, grants = $5, head = $6 WHERE batch = $1 RETURNING 1)
		SELECT must(count(*), 1, 'clock') FROM moved`, s.clock.batch, token, keepTold, next.entries, next.grants, next.head[:])
	return next, nil
}

func (s *store) queueEntries(b *pgx.Batch, entries []boon.Entry, next *clock) {
	if len(entries) == 0 {
		return
	}
	var ids, transitions, grants, orders, budgets, currencies, postings []string
	var ats []int64
	var adjusts []*int64
	var links [][]byte
	for _, e := range entries {
		var a boon.Account
		if len(e.Postings) > 0 {
			a = e.Postings[0].Account
		}
		e.At = instant(e.At.UnixNano())
		next.head = journal.Follow(next.head, e)
		ids, ats, transitions = append(ids, e.ID), append(ats, e.At.UnixNano()), append(transitions, e.Transition)
		grants, orders = append(grants, e.Grant), append(orders, e.OrderID)
		budgets, currencies = append(budgets, a.Budget), append(currencies, string(a.Currency))
		postings, adjusts = append(postings, batch.FormatPostings(e.Postings)), append(adjusts, nanos(e.Adjusts))
		link := next.head
		links = append(links, link[:])
	}
	b.Queue(`INSERT INTO entries (seq, id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash)
		SELECT $1::bigint + n, id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash
		FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bytea[])
		WITH ORDINALITY AS v (id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash, n)`,
		next.entries, ids, ats, transitions, grants, orders, budgets, currencies, postings, adjusts, links)
	next.entries += int64(len(entries))
}

// grantColumns are grants by column.
type grantColumns struct {
	ids, codes     []string
	owners, bodies [][]byte
	states         []int16
	expires        []*int64
}

func (g *grantColumns) add(x boon.Grant) {
	g.ids, g.codes = append(g.ids, x.ID), append(g.codes, x.Code)
	g.owners, g.bodies = append(g.owners, batch.OwnerKey(x.Owner)), append(g.bodies, batch.EncodeGrant(x))
	g.states, g.expires = append(g.states, int16(batch.StateNumber(x.State))), append(g.expires, nanos(x.ExpiresAt))
}

func queueGrantRows(b *pgx.Batch, rows []batch.Row[boon.Grant], next *clock) {
	var fresh, changed grantColumns
	for _, r := range rows {
		if r.Stored {
			changed.add(r.Value)
		} else {
			fresh.add(r.Value)
		}
	}
	if len(fresh.ids) > 0 {
		b.Queue(`INSERT INTO grants (seq, id, owner, code, state, expires, body) SELECT $1::bigint + n, id, owner, code, state, expires, body
			FROM unnest($2::text[], $3::bytea[], $4::text[], $5::smallint[], $6::bigint[], $7::bytea[])
			WITH ORDINALITY AS v (id, owner, code, state, expires, body, n)`,
			next.grants, fresh.ids, fresh.owners, fresh.codes, fresh.states, fresh.expires, fresh.bodies)
		next.grants += int64(len(fresh.ids))
	}
	if len(changed.ids) > 0 {
		b.Queue(`WITH moved AS (UPDATE grants g SET state = v.state, expires = v.expires, body = v.body
			FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[]) AS v (id, state, expires, body) WHERE g.id = v.id RETURNING 1)
			SELECT must(count(*), $5, 'grants') FROM moved`, changed.ids, changed.states, changed.expires, changed.bodies, len(changed.ids))
	}
}

// queueShifts adds to counters and balances, each within its bounds: one update for all of a kind, and an insert for those that are new.
func queueShifts(b *pgx.Batch, c batch.Changes) {
	fresh, moved := shiftColumnsOf(c.Counters)
	if len(moved.adds) > 0 {
		b.Queue(`WITH moved AS (UPDATE counters c SET n = c.n + v.add FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS v (key, add, most)
			WHERE c.key = v.key AND c.n + v.add BETWEEN 0 AND v.most RETURNING 1) SELECT must(count(*), $4, 'counters') FROM moved`,
			moved.keys, moved.adds, moved.mosts, len(moved.keys))
	}
	if len(fresh.adds) > 0 {
		b.Queue("INSERT INTO counters (key, n) SELECT * FROM unnest($1::text[], $2::bigint[])", fresh.keys, fresh.adds)
	}
	fresh, moved = shiftColumnsOf(c.Balances)
	if len(moved.adds) > 0 {
		budgets, currencies, kinds := columns(moved.accounts)
		b.Queue(`WITH moved AS (UPDATE balances b SET minor = b.minor + v.add
			FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS v (budget, currency, kind, add, floor)
			WHERE b.budget = v.budget AND b.currency = v.currency AND b.kind = v.kind AND b.minor + v.add >= v.floor RETURNING 1)
			SELECT must(count(*), $6, 'balances') FROM moved`, budgets, currencies, kinds, moved.adds, moved.floors, len(moved.adds))
	}
	if len(fresh.adds) > 0 {
		budgets, currencies, kinds := columns(fresh.accounts)
		b.Queue("INSERT INTO balances (budget, currency, kind, minor) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])",
			budgets, currencies, kinds, fresh.adds)
	}
}

// shiftColumns are shifts by column.
type shiftColumns struct {
	keys                []string
	accounts            []boon.Account
	adds, floors, mosts []int64
}

func shiftColumnsOf(shifts []batch.Shift) (fresh, moved shiftColumns) {
	for _, x := range shifts {
		c := &moved
		if !x.Stored {
			c = &fresh
		}
		c.keys, c.accounts = append(c.keys, x.Key), append(c.accounts, x.Account)
		c.adds, c.floors, c.mosts = append(c.adds, x.Add), append(c.floors, x.Floor), append(c.mosts, x.Most)
	}
	return fresh, moved
}

func queueReservations(b *pgx.Batch, c batch.Changes) error {
	if len(c.Reservations) == 0 {
		return nil
	}
	var ids, grants, bodies []string
	var expires []int64
	var gone []bool
	for _, r := range c.Reservations {
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		ids, grants, bodies = append(ids, r.ID), append(grants, r.Grant), append(bodies, string(body))
		expires, gone = append(expires, r.ExpiresAt.UnixNano()), append(gone, r.Gone)
	}
	b.Queue(`INSERT INTO reservations (id, grant_id, expires, gone, body) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[], $5::text[])
		ON CONFLICT (id) DO UPDATE SET expires = excluded.expires, gone = excluded.gone, body = excluded.body`, ids, grants, expires, gone, bodies)
	return nil
}

// redemptionColumns are redemptions by column.
type redemptionColumns struct {
	ids, grants, orders, bodies []string
	lapses                      []*int64
}

func queueRedemptions(b *pgx.Batch, c batch.Changes) error {
	var fresh, changed redemptionColumns
	for _, row := range c.Redemptions {
		body, err := json.Marshal(row.Value)
		if err != nil {
			return err
		}
		to, r := &fresh, row.Value
		if row.Stored {
			to = &changed
		}
		to.ids, to.grants, to.orders = append(to.ids, r.ID), append(to.grants, r.Grant), append(to.orders, r.OrderID)
		to.bodies, to.lapses = append(to.bodies, string(body)), append(to.lapses, nanos(batch.Lapses(r)))
	}
	if len(fresh.ids) > 0 {
		b.Queue(`INSERT INTO redemptions (id, grant_id, order_id, lapses, body)
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])`, fresh.ids, fresh.grants, fresh.orders, fresh.lapses, fresh.bodies)
	}
	if len(changed.ids) > 0 {
		b.Queue(`WITH moved AS (UPDATE redemptions r SET lapses = v.lapses, body = v.body FROM unnest($1::text[], $2::bigint[], $3::text[]) AS v (id, lapses, body)
			WHERE r.id = v.id RETURNING 1) SELECT must(count(*), $4, 'redemptions') FROM moved`, changed.ids, changed.lapses, changed.bodies, len(changed.ids))
	}
	return queueReversals(b, c)
}

func queueReversals(b *pgx.Batch, c batch.Changes) error {
	if len(c.Reversals) == 0 {
		return nil
	}
	var ids, redemptions, bodies []string
	for _, v := range c.Reversals {
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		ids, redemptions, bodies = append(ids, v.ID), append(redemptions, v.Redemption), append(bodies, string(body))
	}
	b.Queue("INSERT INTO reversals (id, redemption_id, body) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])", ids, redemptions, bodies)
	return nil
}

func nanos(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	n := at.UnixNano()
	return &n
}

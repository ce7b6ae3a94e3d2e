package sqlite

import (
	"maps"
	"slices"
	"strings"
	"time"

	"boon"
	"boon/redeem"
)

// cell is a row as this transaction sees it.
type cell[T any] struct {
	value  T
	found  bool
	stored bool // the database has it, in some version
	dirty  bool
}

type cells[T any] map[string]cell[T]

// pending is what a transaction wrote and the database does not have yet. Rows are written once, at the end, however often they changed; taking
// back is a matter of memory, which costs a fraction of SQLite's savepoints (they copy every page they touch).
type pending struct {
	grants       cells[boon.Grant]
	reservations cells[boon.Reservation]
	redemptions  cells[boon.Redemption]
	answers      cells[redeem.Answer]
	owned        map[boon.Identifier][]string // ids of new grants
	coded        map[string][]string
	holding      map[string]string   // grant -> its open reservation, "" for none
	ofOrder      map[string][]string // ids of new redemptions
	marks        map[uint32]boon.Position
	reversals    []boon.Reversal
	late         map[string][]lateRow
	alarms       cells[boon.Alarm]
	pauses       cells[boon.Pause]
	acts         []boon.AuditEntry
	forget       time.Time // answers before it
	undo         []func()
}

func newPending() pending {
	return pending{
		grants: cells[boon.Grant]{}, reservations: cells[boon.Reservation]{}, redemptions: cells[boon.Redemption]{}, answers: cells[redeem.Answer]{},
		owned: map[boon.Identifier][]string{}, coded: map[string][]string{}, holding: map[string]string{}, ofOrder: map[string][]string{},
		marks: map[uint32]boon.Position{}, late: map[string][]lateRow{}, alarms: cells[boon.Alarm]{}, pauses: cells[boon.Pause]{},
	}
}

func (p *pending) rollback(to int) {
	for i := len(p.undo) - 1; i >= to; i-- {
		p.undo[i]()
	}
	p.undo = p.undo[:to]
}

// set puts a value and remembers how to take that back.
func set[K comparable, V any](p *pending, rows map[K]V, key K, value V) {
	old, had := rows[key]
	rows[key] = value
	p.undo = append(p.undo, func() {
		if had {
			rows[key] = old
		} else {
			delete(rows, key)
		}
	})
}

func push[K comparable](p *pending, lists map[K][]string, key K, id string) {
	set(p, lists, key, append(slices.Clip(lists[key]), id))
}

// put writes a row.
func put[T any](p *pending, rows cells[T], key string, value T) {
	set(p, rows, key, cell[T]{value: value, found: true, stored: rows[key].stored, dirty: true})
}

// read returns a row: as written here, as read before, or from the database.
func read[T any](rows cells[T], key string, load func() (T, bool, error)) (T, bool, error) {
	if c, ok := rows[key]; ok {
		return c.value, c.found, nil
	}
	value, found, err := load()
	if err == nil {
		rows[key] = cell[T]{value: value, found: found, stored: found}
	}
	return value, found, err
}

// latest replaces rows of the database by what is written here.
func latest[T any](rows cells[T], list []T, id func(T) string) []T {
	for i, x := range list {
		if c, ok := rows[id(x)]; ok && c.found {
			list[i] = c.value
		}
	}
	return list
}

// written lists the keys of rows to be stored, in order.
func written[T any](rows cells[T]) (keys []string) {
	for key, c := range rows {
		if c.dirty {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// flushRows stores what is pending.
func (t *tx) flushRows() error {
	if err := t.flushGrants(); err != nil {
		return err
	}
	if err := t.flushDocuments(); err != nil {
		return err
	}
	if err := t.flushNotices(); err != nil {
		return err
	}
	if err := t.flushPauses(); err != nil {
		return err
	}
	if !t.pending.forget.IsZero() {
		if _, err := t.c.exec("DELETE FROM answers WHERE at < ?", t.pending.forget.UnixNano()); err != nil {
			return wrap("forget answers", err)
		}
	}
	for _, key := range written(t.pending.answers) {
		a := t.pending.answers[key].value
		_, err := t.c.exec("INSERT OR REPLACE INTO answers (key, digest, at, refusal, detail, field, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
			a.Key, a.Digest[:], a.At.UnixNano(), string(a.Refusal), a.Detail, a.Field, a.Body)
		if err != nil {
			return wrap("write answer", err)
		}
	}
	for _, partition := range slices.Sorted(maps.Keys(t.pending.marks)) {
		_, err := t.c.exec("INSERT INTO marks (partition, position) VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET position = excluded.position",
			int64(partition), int64(t.pending.marks[partition]))
		if err != nil {
			return wrap("write mark", err)
		}
	}
	return nil
}

const (
	grantColumns = 7
	rowsAtOnce   = 64 // inserted by one statement
)

var (
	insertGrants = insert("grants (id, owner, code, state, issued, expires, body)", grantColumns, rowsAtOnce)
	insertGrant  = insert("grants (id, owner, code, state, issued, expires, body)", grantColumns, 1)
)

func insert(into string, columns, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + "),"
	return "INSERT INTO " + into + " VALUES " + strings.TrimSuffix(strings.Repeat(row, rows), ",")
}

func (t *tx) flushGrants() error {
	var fresh []any
	for _, id := range written(t.pending.grants) {
		c := t.pending.grants[id]
		g := c.value
		if !c.stored {
			fresh = append(fresh, g.ID, ownerKey(g.Owner), g.Code, stateNumber(g.State), g.IssuedAt.UnixNano(), nanosOrNull(g.ExpiresAt), encodeGrant(g))
			continue
		}
		n, err := t.c.exec("UPDATE grants SET state = ?, body = ? WHERE id = ?", stateNumber(g.State), encodeGrant(g), g.ID)
		if err != nil || n != 1 {
			return wrap("write grant", orLost(err, n))
		}
	}
	return wrap("insert grants", t.c.insertAll(fresh, grantColumns, insertGrants, insertGrant))
}

// insertAll inserts rows, rowsAtOnce by one statement as long as there are so many.
func (c *conn) insertAll(args []any, columns int, many, one string) error {
	for len(args) > 0 {
		n, query := rowsAtOnce*columns, many
		if len(args) < n {
			n, query = columns, one
		}
		if _, err := c.exec(query, args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// goneFirst lists the reservations to be stored so that a grant's hold that ended is stored before the one that took its place.
func (t *tx) goneFirst() []string {
	ids := written(t.pending.reservations)
	slices.SortStableFunc(ids, func(a, b string) int {
		return gone(t.pending.reservations[b].value) - gone(t.pending.reservations[a].value)
	})
	return ids
}

func gone(r boon.Reservation) int {
	if r.Gone {
		return 1
	}
	return 0
}

func (t *tx) flushDocuments() error {
	for _, id := range t.goneFirst() {
		r := t.pending.reservations[id].value
		if err := t.c.store(r, `INSERT INTO reservations (body, id, grant_id, expires, gone) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET body = excluded.body, expires = excluded.expires, gone = excluded.gone`,
			r.ID, r.Grant, r.ExpiresAt.UnixNano(), r.Gone); err != nil {
			return err
		}
	}
	for _, id := range written(t.pending.redemptions) {
		r, query := t.pending.redemptions[id].value, "INSERT INTO redemptions (body, lapses, id, grant_id, order_id) VALUES (?, ?, ?, ?, ?)"
		args := []any{lapses(r), r.ID, r.Grant, r.OrderID}
		if t.pending.redemptions[id].stored {
			query, args = "UPDATE redemptions SET body = ?, lapses = ? WHERE id = ?", args[:2]
		}
		if err := t.c.store(r, query, args...); err != nil {
			return err
		}
	}
	for _, v := range t.pending.reversals {
		if err := t.c.store(v, "INSERT INTO reversals (body, id, redemption_id) VALUES (?, ?, ?)", v.ID, v.Redemption); err != nil {
			return err
		}
	}
	return nil
}

package sqlite

import (
	"database/sql"
	"maps"
	"slices"

	"boon"
)

type lateRow struct {
	id   string
	body []byte
}

// Defer implements redeem.Late.
func (t *tx) Defer(order, id string, body []byte) error {
	set(&t.pending, t.pending.late, order, append(slices.Clip(t.pending.late[order]), lateRow{id, body}))
	return t.write()
}

// Deferred implements redeem.Late.
func (t *tx) Deferred(order string) (bodies [][]byte, err error) {
	seen := map[string]bool{}
	err = t.c.each("SELECT id, body FROM late WHERE order_id = ? ORDER BY seq", []any{order}, func(rows *sql.Rows) error {
		var r lateRow
		err := rows.Scan(&r.id, &r.body)
		seen[r.id] = true
		bodies = append(bodies, r.body)
		return err
	})
	for _, r := range t.pending.late[order] {
		if !seen[r.id] {
			seen[r.id] = true
			bodies = append(bodies, r.body)
		}
	}
	return bodies, wrap("read late events", err)
}

// Raise implements redeem.Alarms.
func (t *tx) Raise(a boon.Alarm) error {
	if _, raised := t.pending.alarms[a.ID]; !raised {
		put(&t.pending, t.pending.alarms, a.ID, a)
	}
	return t.write()
}

func (t *tx) flushNotices() error {
	for _, order := range slices.Sorted(maps.Keys(t.pending.late)) {
		for _, r := range t.pending.late[order] {
			if _, err := t.c.exec("INSERT INTO late (order_id, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", order, r.id, r.body); err != nil {
				return wrap("write late event", err)
			}
		}
	}
	for _, id := range written(t.pending.alarms) {
		a := t.pending.alarms[id].value
		if err := t.c.storeNew(a, "INSERT INTO alarms (body, id, at, rule) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", a.ID, a.At.UnixNano(), a.Rule); err != nil {
			return err
		}
	}
	return nil
}

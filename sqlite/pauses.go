package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"boon"
)

// Paused implements redeem.Pauses.
func (t *tx) Paused() ([]boon.Pause, error) {
	all, err := documents[boon.Pause](t.c, "SELECT body FROM pauses")
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(p boon.Pause) bool { return t.pending.pauses[p.String()].dirty })
	for _, c := range t.pending.pauses {
		if c.found {
			all = append(all, c.value)
		}
	}
	slices.SortFunc(all, func(a, b boon.Pause) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// Pause implements redeem.Pauses.
func (t *tx) Pause(p boon.Pause) (bool, error) {
	if found, err := t.paused(p.Halt); err != nil || found {
		return false, err
	}
	set(&t.pending, t.pending.pauses, p.String(), cell[boon.Pause]{value: p, found: true, dirty: true})
	return true, t.write()
}

// Resume implements redeem.Pauses.
func (t *tx) Resume(h boon.Halt) (bool, error) {
	found, err := t.paused(h)
	if err != nil || !found {
		return false, err
	}
	set(&t.pending, t.pending.pauses, h.String(), cell[boon.Pause]{value: boon.Pause{Halt: h}, dirty: true})
	return true, t.write()
}

func (t *tx) paused(h boon.Halt) (bool, error) {
	all, err := t.Paused()
	return slices.ContainsFunc(all, func(p boon.Pause) bool { return p.Kind == h.Kind && p.ID == h.ID }), err
}

// Record implements redeem.Pauses.
func (t *tx) Record(act boon.AuditEntry) error {
	size := len(t.pending.acts)
	t.pending.acts = append(t.pending.acts, act)
	t.pending.undo = append(t.pending.undo, func() { t.pending.acts = t.pending.acts[:size] })
	return t.write()
}

func (t *tx) flushPauses() error {
	for _, key := range written(t.pending.pauses) {
		c := t.pending.pauses[key]
		if _, err := t.c.exec("DELETE FROM pauses WHERE kind = ? AND id = ?", string(c.value.Kind), c.value.ID); err != nil {
			return wrap("write pause", err)
		}
		if !c.found {
			continue
		}
		if err := t.c.store(c.value, "INSERT INTO pauses (body, kind, id) VALUES (?, ?, ?)", string(c.value.Kind), c.value.ID); err != nil {
			return err
		}
	}
	for _, a := range t.pending.acts {
		if err := t.c.audit(a); err != nil {
			return wrap("append audit", err)
		}
	}
	return nil
}

// AlarmsAfter reads alarms in the order in which they were stored, after a Seq, at most max.
func (db *DB) AlarmsAfter(ctx context.Context, after int64, max int) (list []boon.StoredAlarm, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT seq, body FROM alarms WHERE seq > ? ORDER BY seq LIMIT ?", []any{after, max}, func(rows *sql.Rows) error {
			var a boon.StoredAlarm
			var body []byte
			if err := rows.Scan(&a.Seq, &body); err != nil {
				return err
			}
			list = append(list, a)
			return json.Unmarshal(body, &list[len(list)-1].Alarm)
		})
	})
	return list, wrap("read alarms", err)
}

// AlarmCounts counts the alarms by rule.
func (db *DB) AlarmCounts(ctx context.Context) (counts map[string]int64, err error) {
	counts = map[string]int64{}
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT rule, count(*) FROM alarms GROUP BY rule", nil, func(rows *sql.Rows) error {
			var rule string
			var n int64
			err := rows.Scan(&rule, &n)
			counts[rule] = n
			return err
		})
	})
	return counts, wrap("count alarms", err)
}

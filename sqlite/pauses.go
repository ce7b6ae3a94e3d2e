package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"boon"
	"boon/redeem/batch"
)

func (s *store) flushPauses(c batch.Changes) (err error) {
	for _, x := range c.Stops {
		p := x.Pause
		if x.Gone {
			err = s.change("DELETE FROM pauses WHERE kind = ? AND id = ?", string(p.Kind), p.ID)
		} else {
			err = orLost(s.put(p, "INSERT INTO pauses (body, kind, id) VALUES (?, ?, ?)", string(p.Kind), p.ID))
		}
		if err != nil {
			return err
		}
	}
	for _, a := range c.Acts {
		if err := s.c.audit(a); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) flushRulings(c batch.Changes) error {
	for _, r := range c.Rulings {
		if err := orLost(s.put(r, `INSERT INTO rulings (body, kind, id, open) VALUES (?, ?, ?, ?)
			ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, open = excluded.open`, r.Kind, r.ID, r.Open)); err != nil {
			return err
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

package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"boon"
)

// AlarmsAfter reads alarms in the order in which they were stored, after a Seq, at most max.
func (db *DB) AlarmsAfter(ctx context.Context, after int64, max int) (list []boon.StoredAlarm, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT seq, body FROM alarms WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a boon.StoredAlarm, err error) {
			var body string
			if err := row.Scan(&a.Seq, &body); err != nil {
				return a, err
			}
			return a, json.Unmarshal([]byte(body), &a.Alarm)
		})
		return err
	})
	return list, wrap("read alarms", err)
}

// AlarmCounts counts the alarms by rule.
func (db *DB) AlarmCounts(ctx context.Context) (counts map[string]int64, err error) {
	counts = map[string]int64{}
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT rule, count(*) FROM alarms GROUP BY rule")
		if err != nil {
			return err
		}
		var rule string
		var n int64
		_, err = pgx.ForEachRow(rows, []any{&rule, &n}, func() error { counts[rule] = n; return nil })
		return err
	})
	return counts, wrap("count alarms", err)
}

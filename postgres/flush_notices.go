package postgres

import (
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

// queueAnswers writes answers, and the notes beside them: marks, late events, alarms.
func (s *store) queueAnswers(b *pgx.Batch, c batch.Changes) error {
	if !c.Forget.IsZero() {
		b.Queue("DELETE FROM answers WHERE at < $1", c.Forget.UnixNano())
	}
	if len(c.Answers) > 0 {
		var keys, refusals, details, fields []string
		var digests, bodies [][]byte
		var ats []int64
		for _, a := range c.Answers {
			keys, digests, ats = append(keys, a.Key), append(digests, a.Digest[:]), append(ats, a.At.UnixNano())
			refusals, details, fields = append(refusals, string(a.Refusal)), append(details, a.Detail), append(fields, a.Field)
			bodies = append(bodies, a.Body)
		}
		b.Queue(`INSERT INTO answers (key, digest, at, refusal, detail, field, body)
			SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[])
			ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, at = excluded.at, refusal = excluded.refusal, detail = excluded.detail,
				field = excluded.field, body = excluded.body`, keys, digests, ats, refusals, details, fields, bodies)
	}
	for _, m := range c.Marks {
		b.Queue(`INSERT INTO marks (instance, partition, position) VALUES ($1, $2, $3)
			ON CONFLICT (instance, partition) DO UPDATE SET position = excluded.position`, s.instance, int64(m.Partition), int64(m.At))
	}
	for _, e := range c.Late {
		b.Queue("INSERT INTO late (order_id, id, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", e.Order, e.ID, e.Body)
	}
	for _, a := range c.Alarms {
		body, err := json.Marshal(a)
		if err != nil {
			return err
		}
		b.Queue("INSERT INTO alarms (id, at, rule, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", a.ID, a.At.UnixNano(), a.Rule, string(body))
	}
	return nil
}

func queueRulings(b *pgx.Batch, c batch.Changes) error {
	for _, r := range c.Rulings {
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO rulings (kind, id, open, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (kind, id) DO UPDATE SET open = excluded.open, body = excluded.body`, r.Kind, r.ID, r.Open, string(body))
	}
	return nil
}

// queueStops writes pauses, and appends their acts to the audit: it waits for the record's turn, which is never held while waiting for money's.
func (s *store) queueStops(b *pgx.Batch, c batch.Changes) error {
	for _, x := range c.Stops {
		p := x.Pause
		if x.Gone {
			b.Queue("DELETE FROM pauses WHERE kind = $1 AND id = $2", string(p.Kind), p.ID)
			continue
		}
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		b.Queue("INSERT INTO pauses (kind, id, body) VALUES ($1, $2, $3)", string(p.Kind), p.ID, string(body))
	}
	if len(c.Acts) == 0 {
		return nil
	}
	last, err := s.auditHead()
	if err != nil {
		return err
	}
	for _, a := range c.Acts {
		last = queueAct(b, last, a)
	}
	return nil
}

func (s *store) auditHead() (last journal.Head, err error) {
	b := &pgx.Batch{}
	b.Queue(lock, "record")
	b.Queue("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").QueryRow(func(row pgx.Row) error {
		var hash []byte
		err := one(row, &last.Seq, &hash)
		copy(last.Hash[:], hash)
		return err
	})
	return last, s.send(b)
}

func queueAct(b *pgx.Batch, last journal.Head, a boon.AuditEntry) journal.Head {
	a.At = instant(a.At.UnixNano())
	next := journal.Head{Seq: last.Seq + 1, Hash: journal.FollowAct(last.Hash, a)}
	b.Queue("INSERT INTO audit (seq, at, actor, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		next.Seq, a.At.UnixNano(), a.Actor, a.Action, a.Subject, a.Detail, next.Hash[:])
	return next
}

package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"

	"boon"
	"boon/ledger/journal"
	"boon/redeem/batch"
)

// flush writes what a batch changed.
func (s *store) flush(c batch.Changes) error {
	for _, step := range []struct {
		what string
		do   func(batch.Changes) error
	}{
		{"counters and balances", s.flushHot}, {"entries", s.flushEntries}, {"grants", s.flushGrants}, {"reservations", s.flushReservations},
		{"redemptions", s.flushRedemptions}, {"answers", s.flushAnswers}, {"notices", s.flushNotices},
		{"pauses", s.flushPauses}, {"rulings", s.flushRulings},
	} {
		if err := step.do(c); err != nil {
			return fmt.Errorf("write %s: %w", step.what, err)
		}
	}
	return nil
}

func (s *store) flushHot(c batch.Changes) error {
	for _, x := range c.Counters {
		if err := moved(x, s.storeCounter(x)); err != nil {
			return err
		}
	}
	for _, x := range c.Balances {
		if err := moved(x, s.storeBalance(x)); err != nil {
			return err
		}
	}
	return nil
}

func moved(x batch.Shift, err error) error {
	if err != nil {
		return fmt.Errorf("%s%s of %s moved under its only writer: %w", x.Key, x.Account.Kind, x.Account.Budget, err)
	}
	return nil
}

func (s *store) storeCounter(x batch.Shift) error {
	if !x.Stored {
		return s.change("INSERT INTO counters (key, n) VALUES (?, ?)", x.Key, x.Base+x.Add)
	}
	return s.change("UPDATE counters SET n = n + ?1 WHERE key = ?2 AND n + ?1 BETWEEN 0 AND ?3", x.Add, x.Key, x.Most)
}

func (s *store) storeBalance(x batch.Shift) error {
	a := x.Account
	if !x.Stored {
		return s.change("INSERT INTO balances (budget, currency, kind, minor) VALUES (?, ?, ?, ?)", a.Budget, string(a.Currency), string(a.Kind), x.Base+x.Add)
	}
	return s.change("UPDATE balances SET minor = minor + ?1 WHERE budget = ?2 AND currency = ?3 AND kind = ?4 AND minor + ?1 >= ?5",
		x.Add, a.Budget, string(a.Currency), string(a.Kind), x.Floor)
}

// change runs a statement that changes one row.
func (s *store) change(query string, args ...any) error {
	n, err := s.c.exec(query, args...)
	return orLost(n, err)
}

const (
	entryColumns = 10
	grantColumns = 7
	rowsAtOnce   = 64 // inserted by one statement
)

var (
	insertEntries = insert("entries (id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash)", entryColumns, rowsAtOnce)
	insertEntry   = insert("entries (id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash)", entryColumns, 1)
	insertGrants  = insert("grants (id, owner, code, state, issued, expires, body)", grantColumns, rowsAtOnce)
	insertGrant   = insert("grants (id, owner, code, state, issued, expires, body)", grantColumns, 1)
)

func insert(into string, columns, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + "),"
	return "INSERT INTO " + into + " VALUES " + strings.TrimSuffix(strings.Repeat(row, rows), ",")
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

func (s *store) flushEntries(c batch.Changes) error {
	if len(c.Entries) == 0 {
		return nil
	}
	if s.head == nil {
		head, err := s.c.head("entries")
		if err != nil {
			return err
		}
		s.head = &head
	}
	args := make([]any, 0, len(c.Entries)*entryColumns)
	for _, e := range c.Entries {
		e.At = instant(e.At.UnixNano())
		*s.head = journal.Follow(*s.head, e)
		args = append(args, entryArgs(e, *s.head)...)
	}
	return s.c.insertAll(args, entryColumns, insertEntries, insertEntry)
}

func entryArgs(e boon.Entry, link journal.Hash) []any {
	var a boon.Account
	if len(e.Postings) > 0 {
		a = e.Postings[0].Account
	}
	return []any{e.ID, e.At.UnixNano(), e.Transition, e.Grant, e.OrderID, a.Budget, string(a.Currency), batch.FormatPostings(e.Postings),
		nanosOrNull(e.Adjusts), link[:]}
}

func (s *store) flushGrants(c batch.Changes) error {
	var fresh []any
	for _, r := range c.Grants {
		g := r.Value
		if !r.Stored {
			fresh = append(fresh, g.ID, batch.OwnerKey(g.Owner), g.Code, batch.StateNumber(g.State), g.IssuedAt.UnixNano(), nanosOrNull(g.ExpiresAt),
				batch.EncodeGrant(g))
			continue
		}
		if err := s.change("UPDATE grants SET state = ?, expires = ?, body = ? WHERE id = ?",
			batch.StateNumber(g.State), nanosOrNull(g.ExpiresAt), batch.EncodeGrant(g), g.ID); err != nil {
			return err
		}
	}
	return s.c.insertAll(fresh, grantColumns, insertGrants, insertGrant)
}

// put writes a document; its text is the statement's first argument.
func (s *store) put(document any, query string, args ...any) (int64, error) {
	body, err := json.Marshal(document)
	if err != nil {
		return 0, err
	}
	return s.c.exec(query, append([]any{string(body)}, args...)...)
}

func (s *store) flushReservations(c batch.Changes) error {
	for _, r := range c.Reservations {
		if err := orLost(s.put(r, `INSERT INTO reservations (body, id, grant_id, expires, gone) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET body = excluded.body, expires = excluded.expires, gone = excluded.gone`,
			r.ID, r.Grant, r.ExpiresAt.UnixNano(), r.Gone)); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) flushRedemptions(c batch.Changes) error {
	for _, row := range c.Redemptions {
		r, query := row.Value, "INSERT INTO redemptions (body, lapses, id, grant_id, order_id) VALUES (?, ?, ?, ?, ?)"
		args := []any{nanosOrNull(batch.Lapses(r)), r.ID, r.Grant, r.OrderID}
		if row.Stored {
			query, args = "UPDATE redemptions SET body = ?, lapses = ? WHERE id = ?", args[:2]
		}
		if err := orLost(s.put(r, query, args...)); err != nil {
			return err
		}
	}
	for _, v := range c.Reversals {
		if err := orLost(s.put(v, "INSERT INTO reversals (body, id, redemption_id) VALUES (?, ?, ?)", v.ID, v.Redemption)); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) flushAnswers(c batch.Changes) error {
	if !c.Forget.IsZero() {
		if _, err := s.c.exec("DELETE FROM answers WHERE at < ?", c.Forget.UnixNano()); err != nil {
			return err
		}
	}
	for _, a := range c.Answers {
		err := s.change("INSERT OR REPLACE INTO answers (key, digest, at, refusal, detail, field, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
			a.Key, a.Digest[:], a.At.UnixNano(), string(a.Refusal), a.Detail, a.Field, a.Body)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) flushNotices(c batch.Changes) error {
	for _, m := range c.Marks {
		err := s.change("INSERT INTO marks (partition, position) VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET position = excluded.position",
			int64(m.Partition), int64(m.At))
		if err != nil {
			return err
		}
	}
	for _, e := range c.Late {
		if _, err := s.c.exec("INSERT INTO late (order_id, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", e.Order, e.ID, e.Body); err != nil {
			return err
		}
	}
	for _, a := range c.Alarms {
		_, err := s.put(a, "INSERT INTO alarms (body, id, at, rule) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", a.ID, a.At.UnixNano(), a.Rule)
		if err != nil {
			return err
		}
	}
	return nil
}

package sqlite

import (
	"database/sql"
	"fmt"

	"boon"
	"boon/ledger/journal"
)

// chainStored chains what was written before there were chains, from its first row on, in the order that it has.
func chainStored(c *conn) error {
	if err := chainRows(c, "entries", c.placed, func(prev journal.Hash, e journal.Entry) (int64, journal.Hash) {
		return e.Seq, journal.Follow(prev, e.Entry)
	}); err != nil {
		return err
	}
	return chainRows(c, "audit", c.acts, func(prev journal.Hash, a journal.Act) (int64, journal.Hash) {
		return a.Seq, journal.FollowAct(prev, a.AuditEntry)
	})
}

func chainRows[T any](c *conn, table string, read func(after int64, max int) (boon.Page[T], error), follow func(journal.Hash, T) (int64, journal.Hash)) error {
	var head journal.Hash
	for after := int64(0); ; {
		p, err := read(after, pageSize)
		if err != nil {
			return err
		}
		for _, row := range p.Items {
			var seq int64
			seq, head = follow(head, row)
			if _, err := c.exec("UPDATE "+table+" SET hash = ? WHERE seq = ?", head[:], seq); err != nil {
				return fmt.Errorf("chain %s: %w", table, err)
			}
		}
		if after = p.After; after == 0 {
			return nil
		}
	}
}

// head is the last link of a table.
func (c *conn) head(table string) (h journal.Hash, err error) {
	var stored sql.RawBytes
	err = c.each("SELECT hash FROM "+table+" ORDER BY seq DESC LIMIT 1", nil, func(rows *sql.Rows) error {
		err := rows.Scan(&stored)
		copy(h[:], stored)
		return err
	})
	return h, wrap("read head of "+table, err)
}

// acts reads the audit in its order.
func (c *conn) acts(after int64, max int) (boon.Page[journal.Act], error) {
	return page(c, "SELECT seq, at, actor, action, subject, detail, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", after, max, scanAct)
}

func scanAct(rows *sql.Rows) (seq int64, a journal.Act, err error) {
	var at int64
	var hash sql.RawBytes
	err = rows.Scan(&a.Seq, &at, &a.Actor, &a.Action, &a.Subject, &a.Detail, &hash)
	a.At = instant(at)
	copy(a.Hash[:], hash)
	return a.Seq, a, err
}

// audit appends an act, linked to the one before it. It is called inside the writer's transaction.
func (c *conn) audit(a boon.AuditEntry) error {
	a.At = instant(a.At.UnixNano())
	prev, err := c.head("audit")
	if err != nil {
		return err
	}
	hash := journal.FollowAct(prev, a)
	_, err = c.exec("INSERT INTO audit (at, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?)", a.At.UnixNano(), a.Actor, a.Action, a.Subject, a.Detail, hash[:])
	return wrap("append audit", err)
}

package sqlite

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"boon"
)

// Grant implements redeem.Grants.
func (t *tx) Grant(id string) (boon.Grant, bool, error) {
	return read(t.pending.grants, id, func() (boon.Grant, bool, error) { return t.c.grant("SELECT body FROM grants WHERE id = ?", id) })
}

// ByCode implements redeem.Grants.
func (t *tx) ByCode(code string) (boon.Grant, bool, error) {
	g, found, err := t.c.grant("SELECT body FROM grants WHERE code = ? ORDER BY seq LIMIT 1", code)
	if err != nil {
		return g, false, err
	}
	if !found && len(t.pending.coded[code]) > 0 {
		g.ID, found = t.pending.coded[code][0], true
	}
	if !found {
		return g, false, nil
	}
	return t.Grant(g.ID)
}

func (c *conn) grant(query, key string) (boon.Grant, bool, error) {
	var body []byte
	found, err := c.one(query, []any{key}, &body)
	if err != nil || !found {
		return boon.Grant{}, false, wrap("read grant", err)
	}
	g, err := decodeGrant(body)
	return g, err == nil, err
}

// Insert implements redeem.Grants.
func (t *tx) Insert(g boon.Grant) (bool, error) {
	_, found, err := t.Grant(g.ID)
	if err != nil || found {
		return false, err
	}
	if err := t.write(); err != nil {
		return false, err
	}
	put(&t.pending, t.pending.grants, g.ID, g)
	push(&t.pending, t.pending.owned, g.Owner, g.ID)
	push(&t.pending, t.pending.coded, g.Code, g.ID)
	return true, t.tally("state/"+string(g.State), 1)
}

// Change implements redeem.Grants.
func (t *tx) Change(g boon.Grant, from boon.GrantState) (bool, error) {
	old, found, err := t.Grant(g.ID)
	if err != nil || !found || old.State != from {
		return false, err
	}
	if err := t.write(); err != nil {
		return false, err
	}
	put(&t.pending, t.pending.grants, g.ID, g)
	if g.State == from {
		return true, nil
	}
	if err := t.tally("state/"+string(from), -1); err != nil {
		return false, err
	}
	return true, t.tally("state/"+string(g.State), 1)
}

func grantID(g boon.Grant) string { return g.ID }

// Owned implements redeem.Grants.
func (t *tx) Owned(owners []boon.Identifier) ([]boon.Grant, error) {
	var all []boon.Grant
	for i, owner := range owners {
		if slices.Contains(owners[:i], owner) {
			continue
		}
		if err := t.c.grants(&all, "SELECT body FROM grants WHERE owner = ?", ownerKey(owner)); err != nil {
			return nil, err
		}
		for _, id := range t.pending.owned[owner] {
			all = append(all, t.pending.grants[id].value)
		}
	}
	latest(t.pending.grants, all, grantID)
	slices.SortFunc(all, func(a, b boon.Grant) int { return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// DueGrants implements redeem.Deadlines. The database is asked for as many more as may have changed here.
func (t *tx) DueGrants(now time.Time, max int) (due []boon.Grant, err error) {
	changed := written(t.pending.grants)
	err = t.c.grants(&due, "SELECT body FROM grants WHERE state <= 2 AND expires IS NOT NULL AND expires <= ? ORDER BY expires, id LIMIT ?",
		now.UnixNano(), max+len(changed))
	for _, id := range changed {
		due = append(due, t.pending.grants[id].value)
	}
	latest(t.pending.grants, due, grantID)
	slices.SortFunc(due, func(a, b boon.Grant) int { return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID)) })
	due = slices.CompactFunc(due, func(a, b boon.Grant) bool { return a.ID == b.ID })
	due = slices.DeleteFunc(due, func(g boon.Grant) bool {
		return (g.State != boon.StateIssued && g.State != boon.StateSaved) || g.ExpiresAt.IsZero() || g.ExpiresAt.After(now)
	})
	return due[:min(max, len(due))], err
}

func (c *conn) grants(all *[]boon.Grant, query string, args ...any) error {
	err := c.each(query, args, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		g, err := decodeGrant(body)
		*all = append(*all, g)
		return err
	})
	return wrap("read grants", err)
}

func nanosOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixNano()
}

package sqlite

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"boon"
)

// Grant implements redeem.Grants.
func (t *tx) Grant(id string) (boon.Grant, bool, error) {
	return t.grant("SELECT body FROM grants WHERE id = ?", id)
}

// ByCode implements redeem.Grants.
func (t *tx) ByCode(code string) (boon.Grant, bool, error) {
	return t.grant("SELECT body FROM grants WHERE code = ? ORDER BY seq LIMIT 1", code)
}

func (t *tx) grant(query, key string) (boon.Grant, bool, error) {
	var body []byte
	found, err := t.c.one(query, []any{key}, &body)
	if err != nil || !found {
		return boon.Grant{}, false, wrap("read grant", err)
	}
	g, err := decodeGrant(body)
	return g, err == nil, err
}

// Insert implements redeem.Grants.
func (t *tx) Insert(g boon.Grant) (bool, error) {
	n, err := t.write("INSERT INTO grants (id, owner, code, state, issued, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		g.ID, ownerKey(g.Owner), g.Code, stateNumber(g.State), g.IssuedAt.UnixNano(), nanosOrNull(g.ExpiresAt), encodeGrant(g))
	if err != nil || n == 0 {
		return false, wrap("insert grant", err)
	}
	return true, t.tally("state/"+string(g.State), 1)
}

// Change implements redeem.Grants.
func (t *tx) Change(g boon.Grant, from boon.GrantState) (bool, error) {
	n, err := t.write("UPDATE grants SET state = ?, body = ? WHERE id = ? AND state = ?", stateNumber(g.State), encodeGrant(g), g.ID, stateNumber(from))
	if err != nil || n == 0 {
		return false, wrap("change grant", err)
	}
	if g.State == from {
		return true, nil
	}
	if err := t.tally("state/"+string(from), -1); err != nil {
		return false, err
	}
	return true, t.tally("state/"+string(g.State), 1)
}

// Owned implements redeem.Grants.
func (t *tx) Owned(owners []boon.Identifier) ([]boon.Grant, error) {
	var all []boon.Grant
	for i, owner := range owners {
		if slices.Contains(owners[:i], owner) {
			continue
		}
		if err := t.grants(&all, "SELECT body FROM grants WHERE owner = ?", ownerKey(owner)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b boon.Grant) int { return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// DueGrants implements redeem.Deadlines.
func (t *tx) DueGrants(now time.Time, max int) (due []boon.Grant, err error) {
	err = t.grants(&due, "SELECT body FROM grants WHERE state <= 2 AND expires IS NOT NULL AND expires <= ? ORDER BY expires, id LIMIT ?",
		now.UnixNano(), max)
	return due, err
}

func (t *tx) grants(all *[]boon.Grant, query string, args ...any) error {
	err := t.c.each(query, args, func(rows *sql.Rows) error {
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

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

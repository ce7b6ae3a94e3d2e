package batch

import (
	"cmp"
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

func grantID(g boon.Grant) string { return g.ID }

// Grant implements redeem.Grants.
func (t *tx) Grant(id string) (boon.Grant, bool, error) {
	return read(t.pending.grants, id, func() error { return t.load("grant", Want{Reads: redeem.Reads{Grants: []string{id}}}) })
}

// ByCode implements redeem.Grants.
func (t *tx) ByCode(code string) (boon.Grant, bool, error) {
	if !t.pending.coded[code].read {
		if err := t.load("code", Want{Reads: redeem.Reads{Codes: []string{code}}}); err != nil {
			return boon.Grant{}, false, err
		}
	}
	if ids := t.pending.coded[code].ids; len(ids) > 0 {
		return t.Grant(ids[0])
	}
	return boon.Grant{}, false, nil
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

// Owned implements redeem.Grants.
func (t *tx) Owned(owners []boon.Identifier) ([]boon.Grant, error) {
	var unread []boon.Identifier
	for _, owner := range owners {
		if !t.pending.owned[owner].read {
			unread = append(unread, owner)
		}
	}
	if len(unread) > 0 {
		if err := t.load("grants", Want{Reads: redeem.Reads{Owners: unread}}); err != nil {
			return nil, err
		}
	}
	var all []boon.Grant
	for i, owner := range owners {
		if slices.Contains(owners[:i], owner) {
			continue
		}
		for _, id := range t.pending.owned[owner].ids {
			all = append(all, t.pending.grants[id].value)
		}
	}
	slices.SortFunc(all, func(a, b boon.Grant) int { return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// DueGrants implements redeem.Deadlines. The database is asked for as many more as may have changed here.
func (t *tx) DueGrants(now time.Time, max int) ([]boon.Grant, error) {
	changed := written(t.pending.grants)
	due, err := t.from.DueGrants(now, max+len(changed))
	if err != nil {
		return nil, err
	}
	know(t.pending.grants, nil, due, grantID)
	ids := idsOf(due, changed, grantID)
	due = due[:0]
	for _, id := range ids {
		g := t.pending.grants[id].value
		if (g.State == boon.StateIssued || g.State == boon.StateSaved) && !g.ExpiresAt.IsZero() && !g.ExpiresAt.After(now) {
			due = append(due, g)
		}
	}
	slices.SortFunc(due, func(a, b boon.Grant) int { return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID)) })
	return due[:min(max, len(due))], nil
}

// idsOf are the ids of rows read and of rows written here, once each.
func idsOf[T any](stored []T, changed []Row[T], id func(T) string) []string {
	ids := make([]string, 0, len(stored)+len(changed))
	for _, x := range stored {
		ids = append(ids, id(x))
	}
	for _, r := range changed {
		ids = append(ids, id(r.Value))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"boon"
	"boon/publish"
)

// Configuration is the system of record's side of publishing.
func (db *DB) Configuration() publish.Book { return configuration{db} }

type configuration struct{ db *DB }

// Update implements publish.Book: fn runs in one transaction.
func (c configuration) Update(ctx context.Context, fn func(publish.Desk) error) error {
	return c.db.write(ctx, func(conn *conn) error { return fn(desk{conn}) })
}

// desk is one transaction.
type desk struct{ c *conn }

// ActiveRelease implements publish.Desk.
func (d desk) ActiveRelease(ctx context.Context) (string, []byte, error) {
	name, err := d.c.setting(activeRelease)
	if err != nil || name == nil {
		return "", nil, err
	}
	body, err := d.Release(ctx, string(name))
	return string(name), body, err
}

// Release implements publish.Desk.
func (d desk) Release(_ context.Context, id string) (body []byte, err error) {
	_, err = d.c.one("SELECT source FROM releases WHERE id = ?", []any{id}, &body)
	return body, err
}

// PutRelease implements publish.Desk.
func (d desk) PutRelease(_ context.Context, id string, body []byte, author string, at time.Time) error {
	_, err := d.c.exec("INSERT INTO releases (id, at, author, source) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", id, at.UnixNano(), author, body)
	if err != nil {
		return err
	}
	return d.c.putSetting(activeRelease, []byte(id))
}

// change is what an audit entry says of an element before and after.
type change struct {
	Release string          `json:"release"`
	Old     json.RawMessage `json:"old,omitempty"`
	New     json.RawMessage `json:"new,omitempty"`
}

// Audit implements publish.Desk.
func (d desk) Audit(_ context.Context, e publish.AuditEntry) error {
	detail, err := json.Marshal(change{e.Release, e.Old, e.New})
	if err != nil {
		return err
	}
	return d.c.audit(boon.AuditEntry{At: e.At, Actor: e.Author, Action: e.Action, Subject: e.Object, Detail: detail})
}

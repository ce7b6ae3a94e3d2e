package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"boon"
)

// Proposal implements publish.Drafts.
func (d desk) Proposal(_ context.Context, id string) (p boon.Proposal, found bool, err error) {
	var body []byte
	found, err = d.c.one("SELECT body FROM proposals WHERE id = ?", []any{id}, &body)
	if err == nil && found {
		err = json.Unmarshal(body, &p)
	}
	return p, found, wrap("read proposal", err)
}

// PutProposal implements publish.Drafts.
func (d desk) PutProposal(_ context.Context, p boon.Proposal) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = d.c.exec(`INSERT INTO proposals (id, at, state, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`, p.ID, p.At.UnixNano(), string(p.State), string(body))
	return wrap("write proposal", err)
}

// Proposals implements publish.Drafts.
func (d desk) Proposals(_ context.Context, max int) (newest []boon.Proposal, err error) {
	err = d.c.each("SELECT body FROM proposals ORDER BY seq DESC LIMIT ?", []any{max}, func(rows *sql.Rows) error {
		var body sql.RawBytes
		var p boon.Proposal
		if err := rows.Scan(&body); err != nil {
			return err
		}
		err := json.Unmarshal(body, &p)
		newest = append(newest, p)
		return err
	})
	return newest, wrap("list proposals", err)
}

package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"boon"
)

// Proposal implements publish.Drafts.
func (d desk) Proposal(ctx context.Context, id string) (p boon.Proposal, found bool, err error) {
	var body []byte
	err = one(d.tx.QueryRow(ctx, "SELECT body FROM proposals WHERE id = $1", id), &body)
	if err == nil && body != nil {
		err = json.Unmarshal(body, &p)
	}
	return p, body != nil, wrap("read proposal", err)
}

// PutProposal implements publish.Drafts.
func (d desk) PutProposal(ctx context.Context, p boon.Proposal) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = d.tx.Exec(ctx, `INSERT INTO proposals (id, at, state, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`, p.ID, p.At.UnixNano(), string(p.State), string(body))
	return wrap("write proposal", err)
}

// Proposals implements publish.Drafts.
func (d desk) Proposals(ctx context.Context, max int) ([]boon.Proposal, error) {
	rows, err := d.tx.Query(ctx, "SELECT body FROM proposals ORDER BY seq DESC LIMIT $1", max)
	if err != nil {
		return nil, wrap("list proposals", err)
	}
	newest, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p boon.Proposal, err error) {
		var body []byte
		if err = row.Scan(&body); err == nil {
			err = json.Unmarshal(body, &p)
		}
		return p, err
	})
	return newest, wrap("list proposals", err)
}

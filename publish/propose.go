package publish

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/govern"
)

// Propose keeps a bundle for somebody else to approve; nothing comes into force. A bundle that is in force is invalid_request.
func (s Service) Propose(ctx context.Context, b boon.Bundle, author, note string, now time.Time) (p boon.Proposal, err error) {
	body, err := Encode(b)
	if err != nil {
		return p, err
	}
	err = s.Book.Update(ctx, func(d Desk) error {
		result, err := compare(ctx, d, b, body)
		if err != nil {
			return err
		}
		if result.Unchanged {
			return boon.Invalid("bundle", "It is in force already: there is nothing to approve.")
		}
		p = boon.Proposal{ID: boon.NewID(boon.PrefixProposal, now, author, result.Release), At: now, By: author, Note: note,
			Base: result.base, Release: result.Release, Changes: Text(result.Changes), State: boon.ProposalOpen, Source: body}
		return record(ctx, d, p, "proposed", author, now)
	})
	return p, wrap(err)
}

// Approve decides for a proposal and puts its release in force, in one transaction. Refusals: not_found, and those of [govern.Approve].
func (s Service) Approve(ctx context.Context, id, by, reply string, now time.Time) (p boon.Proposal, err error) {
	err = s.Book.Update(ctx, func(d Desk) error {
		if p, err = proposal(ctx, d, id); err != nil {
			return err
		}
		active, _, err := d.ActiveRelease(ctx)
		if err != nil {
			return fmt.Errorf("read active release: %w", err)
		}
		if p, err = govern.Approve(p, by, reply, active, now); err != nil {
			return err
		}
		b, err := Decode(p.Source)
		if err != nil {
			return err
		}
		result, err := compare(ctx, d, b, p.Source)
		if err != nil {
			return err
		}
		if err := record(ctx, d, p, "approved", by, now); err != nil {
			return err
		}
		return publish(ctx, d, result, p.Source, p.By, now)
	})
	return p, wrap(err)
}

// Reject decides against a proposal. Refusals: not_found, already_decided.
func (s Service) Reject(ctx context.Context, id, by, reply string, now time.Time) (p boon.Proposal, err error) {
	err = s.Book.Update(ctx, func(d Desk) error {
		if p, err = proposal(ctx, d, id); err != nil {
			return err
		}
		if p, err = govern.Reject(p, by, reply, now); err != nil {
			return err
		}
		return record(ctx, d, p, "rejected", by, now)
	})
	return p, wrap(err)
}

// Proposals lists proposals, newest first.
func (s Service) Proposals(ctx context.Context, max int) (all []boon.Proposal, err error) {
	err = s.Book.Update(ctx, func(d Desk) error {
		all, err = d.Proposals(ctx, max)
		return err
	})
	return all, wrap(err)
}

// Proposal finds a proposal; not_found when there is none.
func (s Service) Proposal(ctx context.Context, id string) (p boon.Proposal, err error) {
	err = s.Book.Update(ctx, func(d Desk) error {
		p, err = proposal(ctx, d, id)
		return err
	})
	return p, wrap(err)
}

func proposal(ctx context.Context, d Desk, id string) (boon.Proposal, error) {
	p, found, err := d.Proposal(ctx, id)
	if err == nil && !found {
		err = boon.Refuse(boon.ReasonNotFound, "There is no proposal %q.", id)
	}
	return p, err
}

func record(ctx context.Context, d Desk, p boon.Proposal, action, by string, now time.Time) error {
	if err := d.PutProposal(ctx, p); err != nil {
		return fmt.Errorf("store proposal: %w", err)
	}
	return d.Audit(ctx, AuditEntry{At: now, Author: by, Action: action, Object: "Proposal/" + p.ID, Release: p.Release})
}

// touched says what of the configuration changes.
func touched(before, after boon.Bundle, changes []Change) govern.Touched {
	t := govern.Touched{Anything: len(changes) > 0, Approvals: before.Shop.Approvals != after.Shop.Approvals}
	for _, c := range changes {
		t.Budgets = t.Budgets || c.Kind == "Budget"
	}
	return t
}

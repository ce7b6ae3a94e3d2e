package engine

import (
	"context"
	"crypto/rand"
	"strings"

	"boon"
	"boon/api"
	"boon/publish"
)

// approvals serves proposals and their decisions.
type approvals struct{ e *Engine }

func (a approvals) service() publish.Service {
	return publish.Service{Book: a.e.book.Configuration()}
}

// Propose implements api.Approvals.
func (a approvals) Propose(ctx context.Context, text []byte, author, note string) (boon.Proposal, error) {
	src, err := publish.ParseChecked("bundle", text, new(language).compile)
	if err != nil {
		return boon.Proposal{}, invalidBundle(err)
	}
	if _, err := compile(&boon.Release{Bundle: src.Bundle}); err != nil {
		return boon.Proposal{}, boon.Invalid("bundle", "%s", err)
	}
	return a.service().Propose(ctx, src.Bundle, author, note, a.e.config.Now())
}

// Approve implements api.Approvals: what is approved comes into force at once.
func (a approvals) Approve(ctx context.Context, id, by, reply string) (boon.Proposal, error) {
	a.e.publish.Lock()
	defer a.e.publish.Unlock()
	p, err := a.service().Proposal(ctx, id)
	if err != nil {
		return p, err
	}
	bundle, err := publish.Decode(p.Source)
	if err != nil {
		return p, err
	}
	now := a.e.config.Now()
	next, err := a.e.compile(&boon.Release{ID: p.Release, At: now, Author: p.By, Bundle: bundle})
	if err != nil {
		return p, err
	}
	if p, err = a.service().Approve(ctx, id, by, reply, now); err != nil {
		return p, err
	}
	a.e.enforce(next)
	return p, a.e.fundBudgets(ctx)
}

// Reject implements api.Approvals.
func (a approvals) Reject(ctx context.Context, id, by, reply string) (boon.Proposal, error) {
	return a.service().Reject(ctx, id, by, reply, a.e.config.Now())
}

// Proposals implements api.Approvals.
func (a approvals) Proposals(ctx context.Context, max int) ([]boon.Proposal, error) {
	return a.service().Proposals(ctx, max)
}

// List implements api.KeyRing.
func (k keys) List(ctx context.Context) ([]boon.AccessKey, error) {
	return k.e.book.ListAccessKeys(ctx)
}

// Add implements api.KeyRing.
func (k keys) Add(ctx context.Context, name string, scopes []api.Scope, by string) (secret string, err error) {
	k.e.publish.Lock()
	defer k.e.publish.Unlock()
	known, err := k.List(ctx)
	if err != nil {
		return "", err
	}
	for _, other := range known {
		if other.Name == name {
			return "", boon.Invalid("name", "There is a key named %s; drop it first, or give this one another name.", name)
		}
	}
	if name == localKey {
		return "", boon.Invalid("name", "%s is the name of the command line on a folder of its own.", name)
	}
	secret = strings.ToLower(rand.Text())
	if err := k.e.putKey(ctx, name, secret, scopes); err != nil {
		return "", err
	}
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	return secret, k.e.book.Audit(ctx, k.e.config.Now(), by, "added", "Key/"+name, []byte(`{"scopes":"`+strings.Join(texts, " ")+`"}`))
}

// Drop implements api.KeyRing.
func (k keys) Drop(ctx context.Context, name, by string) error {
	dropped, err := k.e.book.DropAccessKeyNamed(ctx, name)
	if err != nil {
		return err
	}
	if !dropped {
		return boon.Refuse(boon.ReasonNotFound, "There is no key named %q.", name)
	}
	return k.e.book.Audit(ctx, k.e.config.Now(), by, "removed", "Key/"+name, nil)
}

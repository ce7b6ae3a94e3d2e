package publish

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/govern"
)

// Service publishes bundles.
type Service struct{ Book Book }

// Result is what a publication did, or would do.
type Result struct {
	Release   string   `json:"release"`
	Changes   []Change `json:"changes"`
	Unchanged bool     `json:"unchanged"` // the bundle is in force already: nothing was written
	Approval  bool     `json:"approval"`  // one person may not publish it alone

	base string // the release in force
}

// Plan says what Apply would do, and writes nothing.
func (s Service) Plan(ctx context.Context, b boon.Bundle) (result Result, err error) {
	body, err := Encode(b)
	if err != nil {
		return Result{}, err
	}
	err = s.Book.Update(ctx, func(d Desk) error {
		result, err = compare(ctx, d, b, body)
		return err
	})
	return result, wrap(err)
}

// Apply stores a bundle as a release, audits every change with what it was and what it is, and puts the release in force, all in one transaction.
// The same bundle again changes nothing. What the rule in force lets nobody publish alone is approval_required. The bundle must come from [Load] and have passed [Check].
func (s Service) Apply(ctx context.Context, b boon.Bundle, author string, now time.Time) (result Result, err error) {
	body, err := Encode(b)
	if err != nil {
		return Result{}, err
	}
	err = s.Book.Update(ctx, func(d Desk) error {
		result, err = compare(ctx, d, b, body)
		if err != nil || result.Unchanged {
			return err
		}
		if result.Approval {
			return boon.Refuse(boon.ReasonApprovalRequired, "This shop lets nobody publish that alone. Propose it with boon propose; somebody else approves it with boon approve.")
		}
		return publish(ctx, d, result, body, author, now)
	})
	return result, wrap(err)
}

// Rollback puts an earlier release in force again.
func (s Service) Rollback(ctx context.Context, id, author string, now time.Time) (Result, error) {
	var body []byte
	err := s.Book.Update(ctx, func(d Desk) (err error) {
		body, err = d.Release(ctx, id)
		return err
	})
	if err != nil {
		return Result{}, wrap(err)
	}
	if body == nil {
		return Result{}, boon.Refuse(boon.ReasonNotFound, "There is no release %q.", id)
	}
	b, err := Decode(body)
	if err != nil {
		return Result{}, err
	}
	return s.Apply(ctx, b, author, now)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("publish bundle: %w", err)
}

func compare(ctx context.Context, d Desk, b boon.Bundle, body []byte) (Result, error) {
	id, old, err := d.ActiveRelease(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("read active release: %w", err)
	}
	result := Result{Release: ReleaseID(body), Unchanged: id == ReleaseID(body), base: id}
	if result.Unchanged {
		return result, nil
	}
	var before boon.Bundle
	if id != "" {
		if before, err = Decode(old); err != nil {
			return Result{}, err
		}
	}
	result.Changes = Diff(before, sorted(b))
	result.Approval = govern.NeedsApproval(before.Shop.Approvals, touched(before, b, result.Changes))
	return result, nil
}

func publish(ctx context.Context, d Desk, r Result, body []byte, author string, now time.Time) error {
	if err := d.PutRelease(ctx, r.Release, body, author, now); err != nil {
		return fmt.Errorf("store release: %w", err)
	}
	for _, c := range r.Changes {
		entry := AuditEntry{At: now, Author: author, Action: string(c.Op), Object: c.Kind + "/" + c.ID, Release: r.Release}
		var err error
		if entry.Old, err = elementJSON(c.old); err != nil {
			return err
		}
		if entry.New, err = elementJSON(c.new); err != nil {
			return err
		}
		if err := d.Audit(ctx, entry); err != nil {
			return fmt.Errorf("audit change: %w", err)
		}
	}
	err := d.Audit(ctx, AuditEntry{At: now, Author: author, Action: "activated", Object: "Release/" + r.Release, Release: r.Release})
	if err != nil {
		return fmt.Errorf("audit release: %w", err)
	}
	return nil
}

func elementJSON(noun any) ([]byte, error) {
	if noun == nil {
		return nil, nil
	}
	return encodeJSON(noun)
}

package engine

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/api"
	"boon/govern"
	"boon/ingest"
	"boon/redeem"
)

// judgeEvery is how often bounds on fairness act on what was counted. A bound's alpha is shared over the looks within its window.
const judgeEvery = time.Hour

// watchFairness looks whenever an hour of the clock is over. A look that fails is taken again a moment later.
func (e *Engine) watchFairness(ctx context.Context) error {
	judged := e.config.Now().Truncate(judgeEvery)
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			now := e.config.Now()
			if !now.Truncate(judgeEvery).After(judged) {
				continue
			}
			if err := e.judge(ctx, now); err == nil {
				judged = now.Truncate(judgeEvery)
			} else if ctx.Err() == nil {
				e.config.Log.Error("judge fairness", "error", err)
			}
		}
	}
}

// judge looks at every bound, and does what those say that are passed.
func (e *Engine) judge(ctx context.Context, now time.Time) error {
	l := e.live.Load()
	for _, bound := range l.release.Bundle.Fairness {
		found, err := fairness{e}.measured(ctx, l, bound, now)
		if err != nil {
			return err
		}
		for _, m := range found {
			if !m.watched || m.finding.Verdict != govern.Unequal {
				continue
			}
			if err := e.unequal(ctx, l, bound, m, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) unequal(ctx context.Context, l *live, bound boon.Fairness, m measurement, now time.Time) error {
	sentence := m.finding.Sentence(bound, l.release.Bundle.Shop.Currency)
	err := e.book.Update(ctx, func(tx redeem.Tx) error {
		return e.desk.Unequal(tx, bound, m.subject, sentence, m.finding.Figures(bound), now)
	})
	e.limits.Store(nil) // the next decision sees it
	return err
}

// fairness serves what is measured under bounds on fairness.
type fairness struct{ e *Engine }

// measurement is how groups fared by what a bound covers, or a part of it.
type measurement struct {
	subject boon.Halt // what a pause would stop
	watched bool
	since   int64 // 0: the whole window
	groups  []govern.Group
	finding govern.Finding
}

// measured compares groups by all that a bound covers together, then by each subject that was given.
func (f fairness) measured(ctx context.Context, l *live, bound boon.Fairness, until time.Time) ([]measurement, error) {
	last := until.Unix() / (24 * 60 * 60)
	sheet, err := ingest.Measured(ctx, f.e.store, bound.Measure(), last-bound.Days()+1, last)
	if err != nil {
		return nil, err
	}
	looks := int64(bound.Over / judgeEvery)
	times := looks * max(1, covered(&l.release.Bundle, bound))
	found := []measurement{{subject: boon.Halt{Kind: boon.PauseAll}, watched: bound.Covers.Kind == "shop"}}
	for _, id := range sheet.Subjects() {
		m := measurement{subject: boon.Halt{Kind: boon.PauseOffer, ID: id}, watched: bound.Covers.Kind != "shop"}
		if bound.Covers.Kind == "campaign" {
			m.subject.Kind = boon.PauseCampaign
		}
		found = append(found, m)
	}
	if err := f.e.resumed(ctx, found, last-bound.Days()+1, last); err != nil {
		return nil, err
	}
	for i := range found {
		m := &found[i]
		counted := sheet
		if m.since > 0 {
			if counted, err = ingest.Measured(ctx, f.e.store, bound.Measure(), m.since, last); err != nil {
				return nil, err
			}
		}
		m.groups = counted.Groups(bound.Groups, m.subject.ID)
		m.finding = govern.Compare(bound, m.groups, times)
	}
	return found, nil
}

// covered is how many subjects a bound watches.
func covered(b *boon.Bundle, bound boon.Fairness) int64 {
	switch {
	case bound.Covers.Kind == "shop":
		return 1
	case len(bound.Covers.IDs) > 0:
		return int64(len(bound.Covers.IDs))
	case bound.Covers.Kind == "campaign":
		return int64(len(b.Campaigns))
	}
	return int64(len(b.Offers))
}

// resumed notes since when what a bound watches is counted: a pause that was ended begins the figures anew on the day after.
func (e *Engine) resumed(ctx context.Context, found []measurement, first, last int64) error {
	return e.book.View(ctx, func(tx redeem.Tx) error {
		for i := range found {
			m := &found[i]
			day, err := redeem.ResumedDay(tx, m.subject)
			if err != nil {
				return fmt.Errorf("read when %s was resumed: %w", m.subject, err)
			}
			if m.watched && day >= first && day <= last {
				m.since = day + 1
			}
		}
		return nil
	})
}

// Fairness implements api.Reports.
func (f fairness) Fairness(ctx context.Context, until time.Time) ([]api.FairnessReport, error) {
	l := f.e.live.Load()
	var all []api.FairnessReport
	for _, bound := range l.release.Bundle.Fairness {
		found, err := f.measured(ctx, l, bound, until)
		if err != nil {
			return nil, err
		}
		r := api.FairnessReport{Bound: bound.ID, By: bound.By.String(), Outcome: bound.Outcome, Ratio: bound.Ratio, AtLeast: bound.AtLeast, Action: bound.Action,
			From: until.UTC().AddDate(0, 0, 1-int(bound.Days())).Format(time.DateOnly), Until: until.UTC().Format(time.DateOnly)}
		for _, m := range found {
			r.Compared = append(r.Compared, m.report(bound, l.release.Bundle.Shop.Currency))
		}
		all = append(all, r)
	}
	return all, nil
}

func (m measurement) report(bound boon.Fairness, c boon.Currency) api.Compared {
	out := api.NewCompared(bound, m.groups, m.finding, c)
	out.Watched = m.watched
	if m.subject.Kind != boon.PauseAll {
		out.Kind, out.ID = string(m.subject.Kind), m.subject.ID
	}
	if m.since > 0 {
		out.Since = time.Unix(m.since*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	return out
}

package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/consent"
	"boon/feature"
	"boon/govern"
)

// measure counts what a decision came to for the bounds on fairness, under the group of whoever it was for. A person counts once, whatever identifiers
// they come by: what one added before is taken back.
func (a *Applier) measure(ctx context.Context, owner boon.Identifier, at time.Time, where boon.Context, traces []Trace) error {
	if len(a.Rules().Fairness) == 0 {
		return nil
	}
	profile, err := a.View().Component(ctx, []boon.Identifier{owner}, false)
	if err != nil {
		return err
	}
	before, err := a.measured(ctx, profile.Members)
	if err != nil {
		return err
	}
	after, err := a.remeasured(ctx, before, profile.Members, at, where, traces)
	if err != nil {
		return err
	}
	p, err := a.person(ctx, owner, false)
	if err != nil || len(p.Measured) == len(before) && slices.EqualFunc(before, after, govern.Member.Equal) {
		return err // as after most decisions that give nothing
	}
	for _, m := range before {
		if err := a.take(ctx, m); err != nil {
			return err
		}
	}
	for _, m := range after {
		if err := a.add(ctx, m); err != nil {
			return err
		}
	}
	return a.keepMeasured(ctx, owner, profile.Members, after)
}

// measured is what was counted of these identifiers.
func (a *Applier) measured(ctx context.Context, members []boon.Identifier) (all []govern.Member, err error) {
	for _, id := range members {
		p, err := a.person(ctx, id, false)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Measured...)
	}
	return all, nil
}

// keepMeasured leaves what is counted now with the identifier that came, and with no other.
func (a *Applier) keepMeasured(ctx context.Context, owner boon.Identifier, members []boon.Identifier, after []govern.Member) error {
	for _, id := range members {
		p, err := a.person(ctx, id, false)
		if err != nil {
			return err
		}
		if len(p.Measured) > 0 || id == owner {
			p.Measured, a.dirty[id] = nil, true
		}
		if id == owner {
			p.Measured = after
		}
	}
	return nil
}

// remeasured is what is counted of a person after a decision; nothing where analytics is denied.
func (a *Applier) remeasured(ctx context.Context, before []govern.Member, members []boon.Identifier, at time.Time, where boon.Context, traces []Trace) (after []govern.Member, err error) {
	rules := a.Rules()
	choices, err := a.View().choices(ctx, members)
	if err != nil || !consent.Gate(choices, rules.Shop, where.Country, boon.PurposeAnalytics).OK {
		return nil, err
	}
	for i := range rules.Fairness {
		bound := &rules.Fairness[i]
		group, err := a.groupOf(ctx, bound.By, members, where)
		if err != nil {
			return nil, err
		}
		if slices.Contains(bound.Groups, group) {
			m := govern.Join(bound.Measure(), before)
			after = append(after, m.Decided(group, dayOf(at), bound.Days(), rules.gains(bound, dayOf(at), traces)))
		}
	}
	return after, nil
}

// gains are what a decision gave of what a bound covers. A nudge gives nothing, and neither does a grant that is shown again.
func (r *Rules) gains(bound *boon.Fairness, day int64, traces []Trace) (gains []govern.Gain) {
	for _, t := range traces {
		subject := t.Offer
		if bound.Covers.Kind == "campaign" {
			subject = r.Campaigns[t.Offer]
		}
		if t.Nudge || t.Again || subject == "" || len(bound.Covers.IDs) > 0 && !slices.Contains(bound.Covers.IDs, subject) {
			continue
		}
		gains = append(gains, govern.Gain{Subject: subject, Day: day, Value: t.Value})
	}
	return gains
}

// groupOf is the value by which a bound splits people: of the context that was decided for, or of the trait as it was told last.
func (a *Applier) groupOf(ctx context.Context, by boon.Attribute, members []boon.Identifier, where boon.Context) (string, error) {
	if by.Trait == "" {
		return map[string]string{"channel": where.Channel, "device": where.Device, "country": where.Country, "region": where.Region, "locale": where.Locale,
			"store": where.Store}[by.Context], nil
	}
	var last feature.Register
	for _, id := range members {
		p, err := a.person(ctx, id, false)
		if err != nil {
			return "", err
		}
		for _, t := range p.State.Traits {
			if t.Name == by.Trait && (t.At > last.At || t.At == last.At && t.Value > last.Value) {
				last = t.Register
			}
		}
	}
	return last.Value, nil
}

// add counts what a person adds.
func (a *Applier) add(ctx context.Context, m govern.Member) error {
	for _, e := range m.Entries() {
		key := cellKey(e.Day, m.Measure, a.Partition, e.Cell)
		n, _, err := a.cell(ctx, key)
		if err != nil {
			return err
		}
		a.cells[string(key)] = n.Plus(e.Count)
	}
	return nil
}

// take takes it back; what was dropped for its age is gone already.
func (a *Applier) take(ctx context.Context, m govern.Member) error {
	for _, e := range m.Entries() {
		key := cellKey(e.Day, m.Measure, a.Partition, e.Cell)
		n, there, err := a.cell(ctx, key)
		if err != nil {
			return err
		}
		if there {
			a.cells[string(key)] = n.Less(e.Count)
		}
	}
	return nil
}

// cell is what is counted so far, this batch included.
func (a *Applier) cell(ctx context.Context, key []byte) (n govern.Count, there bool, err error) {
	if n, changed := a.cells[string(key)]; changed {
		return n, true, nil
	}
	data, err := a.Store.Get(ctx, key)
	if err != nil {
		return n, false, fmt.Errorf("read what was counted: %w", err)
	}
	if data == nil {
		return n, false, nil
	}
	n, err = govern.DecodeCount(data)
	return n, true, err
}

// keepCells puts what was counted into the batch's writes.
func (a *Applier) keepCells() {
	for _, key := range slices.Sorted(maps.Keys(a.cells)) {
		a.writes = append(a.writes, boon.Write{Key: []byte(key), Value: a.cells[key].Encode()})
	}
	clear(a.cells)
}

// cellKey has the day first, so that what is old lies together.
func cellKey(day int64, measure string, partition uint32, c govern.Cell) []byte {
	k := append(sheetPrefix(day, measure), binary.BigEndian.AppendUint32(nil, partition)...)
	k = append(append(k, c.Group...), 0)
	return append(k, c.Subject...)
}

// sheetPrefix begins the cells of a bound's sheet; texts of a bundle hold no zero.
func sheetPrefix(day int64, measure string) []byte {
	k := binary.BigEndian.AppendUint32([]byte{keyCell}, uint32(day))
	return append(append(k, measure...), 0)
}

// Measured is what was counted under a bound on some days, the first and the last among them, as committed.
func Measured(ctx context.Context, store Store, measure string, first, last int64) (govern.Sheet, error) {
	sheet := govern.Sheet{}
	var failed error
	for day := first; day <= last && failed == nil; day++ {
		prefix := sheetPrefix(day, measure)
		err := store.Scan(ctx, prefix, nil, func(key, value []byte) bool {
			rest := key[len(prefix):]
			group, subject, ok := bytes.Cut(rest[min(4, len(rest)):], []byte{0})
			n, err := govern.DecodeCount(value)
			if failed = err; err != nil || !ok {
				return false
			}
			cell := govern.Cell{Group: string(group), Subject: string(subject)}
			sheet[cell] = sheet[cell].Plus(n)
			return true
		})
		if err != nil {
			return nil, fmt.Errorf("read what was counted: %w", err)
		}
	}
	return sheet, failed
}

// sheetDays is how long what was counted is kept: longer than any window.
const sheetDays = 400

// TrimSheets deletes what no window reaches any more. It is called beside the applier, now and then.
func TrimSheets(ctx context.Context, store Store, now time.Time) error {
	return trim(ctx, store, keyCell, dayOf(now)-sheetDays+1)
}

package redeem

import (
	"math"
	"slices"
	"strconv"
	"time"

	"boon"
	"boon/govern"
)

// windowParts is how many buckets a rule's window has: figures are those of the last Over, to within one part.
const windowParts = 6

// watch is one StopLoss over one subject that it covers, at one instant.
type watch struct {
	rule    boon.StopLoss
	subject boon.Halt
	prefix  string // of its counters, up to the bucket
	bucket  int64
}

// use is what a redemption adds to the figures.
type use struct {
	offer, campaign string
	redemption      boon.Redemption
	amount          int64 // the order's merchandise
	returned        bool
	owners          []boon.Identifier
}

// note counts a redemption, or that it was taken back, for the rules that cover its offer, and lets those that hold act at once. Without rules
// it costs nothing.
func (d *Desk) note(tx Tx, u use, now time.Time) error {
	b := d.Terms.Bundle()
	for _, rule := range b.StopLosses {
		subject, covered := covers(rule, u.offer, u.campaign)
		if !covered {
			continue
		}
		if err := d.watch(tx, b, rule, subject, u, now); err != nil {
			return err
		}
	}
	return nil
}

// covers is the subject under which a rule counts an offer.
func covers(rule boon.StopLoss, offer, campaign string) (boon.Halt, bool) {
	h := boon.Halt{Kind: boon.PauseAll}
	switch rule.Covers.Kind {
	case "offer":
		h.Kind, h.ID = boon.PauseOffer, offer
	case "campaign":
		h.Kind, h.ID = boon.PauseCampaign, campaign
	default:
		return h, true
	}
	return h, h.ID != "" && (len(rule.Covers.IDs) == 0 || slices.Contains(rule.Covers.IDs, h.ID))
}

func (d *Desk) watch(tx Tx, b *boon.Bundle, rule boon.StopLoss, subject boon.Halt, u use, now time.Time) error {
	resumed, err := tx.Count(resumesKey(subject))
	if err != nil {
		return err
	}
	w := watch{rule: rule, subject: subject,
		prefix: "stop/" + rule.ID + "/" + string(subject.Kind) + "/" + subject.ID + "/" + strconv.FormatInt(resumed, 10) + "/"}
	w.bucket = w.at(now)
	if err := w.add(tx, d, u); err != nil {
		return err
	}
	f, err := w.figures(tx)
	if err != nil {
		return err
	}
	if v := govern.Judge(rule.When, f, b.Shop.Currency); v.Holds {
		return d.stop(tx, w, v, now)
	}
	return nil
}

// at is the bucket of an instant.
func (w watch) at(t time.Time) int64 {
	return t.UnixNano() / max(1, int64(w.rule.When.Over)/windowParts)
}

// counted are the counters that a figure needs; the first counts redemptions.
var counted = map[boon.Figure][]string{
	boon.FigureDiscountRate: {"n", "amount", "discount"},
	boon.FigureReturnsRate:  {"n", "returned"},
	boon.FigureSpend:        {"n", "spend"},
	boon.FigureRedemptions:  {"n"},
	boon.FigureSuspicious:   {"n", "suspicious"},
}

func (w watch) key(name string, bucket int64) string {
	return w.prefix + name + "/" + strconv.FormatInt(bucket, 10)
}

// add counts one use in the running bucket.
func (w watch) add(tx Tx, d *Desk, u use) error {
	for _, name := range counted[w.rule.When.Figure] {
		n, err := w.part(tx, d, u, name)
		if err == nil && n > 0 {
			err = count(tx, w.key(name, w.bucket), n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w watch) part(tx Tx, d *Desk, u use, name string) (int64, error) {
	if u.returned {
		return flag(name == "returned" && w.at(u.redemption.At) > w.bucket-windowParts), nil
	}
	switch name {
	case "n":
		return 1, nil
	case "discount":
		return u.redemption.Discount, nil
	case "spend":
		return u.redemption.Cost, nil
	case "amount":
		again, err := w.again(tx, d, u)
		return (1 - flag(again)) * max(0, u.amount), err
	case "suspicious":
		marked, err := marked(tx, u.owners, u.redemption.At)
		return flag(marked), err
	}
	return 0, nil
}

// again reports whether another redemption of the same order has counted its merchandise for this watch.
func (w watch) again(tx Tx, d *Desk, u use) (bool, error) {
	done, err := tx.OfOrder(u.redemption.OrderID)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(done, func(r boon.Redemption) bool {
		o, _ := d.Terms.Offer("", r.Offer)
		subject, covered := covers(w.rule, r.Offer, o.Campaign)
		return r.ID != u.redemption.ID && covered && subject == w.subject
	}), nil
}

func (w watch) figures(tx Tx) (f govern.Figures, err error) {
	into := map[string]*int64{"n": &f.Redemptions, "amount": &f.Amount, "discount": &f.Discount, "spend": &f.Spend, "returned": &f.Returned,
		"suspicious": &f.Suspicious}
	for _, name := range counted[w.rule.When.Figure] {
		for bucket := w.bucket - windowParts + 1; bucket <= w.bucket; bucket++ {
			n, err := tx.Count(w.key(name, bucket))
			if err != nil {
				return f, err
			}
			*into[name] += n
		}
	}
	return f, nil
}

// stop does what a rule that holds says, once: it pauses its subject, or tells a human.
func (d *Desk) stop(tx Tx, w watch, v govern.Verdict, now time.Time) error {
	detail := w.subject.String() + ": " + v.Figures["figure"] + " is " + v.Figures["value"] + ", above " + v.Figures["above"] + " within " + v.Figures["over"]
	once := strconv.FormatInt(w.bucket/windowParts, 10) // an alarm without a pause is raised once a window
	next := "."
	if w.rule.Action == "pause" {
		fresh, err := d.Pause(tx, boon.Pause{Halt: boon.Halt{Kind: w.subject.Kind, ID: w.subject.ID, Refuse: w.rule.Refuse}, At: now,
			By: "rule:" + w.rule.ID, Rule: w.rule.ID, Reason: detail, Figures: v.Figures})
		if err != nil || !fresh {
			return err
		}
		once, next = w.prefix, "; it is paused. Look at it, then end the pause with boon resume."
	}
	return tx.Raise(boon.Alarm{ID: boon.ContentID(boon.PrefixAlarm, []byte(w.rule.ID+"\n"+w.prefix+"\n"+once)), At: now, Rule: "stop_loss", Subject: w.subject.String(),
		Detail: detail + next, Figures: v.Figures})
}

func count(tx Tx, key string, n int64) error {
	_, err := tx.Take(boon.Limit{Key: key, Max: math.MaxInt64}, n)
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// use is a claim that was redeemed.
func (c claim) use(r boon.Redemption) use {
	return use{offer: r.Offer, campaign: c.offer.Campaign, redemption: r, amount: c.cart.Merchandise(), owners: append(slices.Clip(c.owners), c.grant.Owner)}
}

// noteReturn counts a redemption when the first of it comes back, for the rules within whose window it was made.
func (d *Desk) noteReturn(tx Tx, r boon.Redemption, before []int64, now time.Time) error {
	if b := d.Terms.Bundle(); len(b.StopLosses)+len(b.Abuse) == 0 || slices.Max(before) > 0 {
		return nil
	}
	g, _, err := tx.Grant(r.Grant)
	if err == nil {
		err = d.cameBack(tx, r, g.Owner, now)
	}
	if err != nil {
		return err
	}
	return d.note(tx, use{offer: r.Offer, campaign: g.Campaign, redemption: r, returned: true}, now)
}

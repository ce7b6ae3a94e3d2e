package redeem

import (
	"context"
	"slices"
	"strconv"
	"time"

	"boon"
	"boon/offer"
)

// tried counts a code that a customer brings for the Abuse rules. It is a transaction of its own, so that what is refused counts too; a repeated
// call tells nothing new. Without such rules it costs nothing. Refusals: throttled, not_eligible.
func (t *Teller) tried(ctx context.Context, o Once, r Request, now time.Time) error {
	if len(t.Desk.Terms.Bundle().Abuse) == 0 || r.Code == "" || len(r.Owners) == 0 {
		return nil
	}
	var refused error
	err := t.Book.Update(ctx, func(tx Tx) (err error) {
		if o.Key != "" {
			if _, found, err := tx.Answer(o.Key); err != nil || found {
				return err
			}
		}
		refused, err = t.Desk.tried(tx, r, now)
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

// tried returns the refusal of the first rule that refuses.
func (d *Desk) tried(tx Tx, r Request, now time.Time) (refused, err error) {
	for _, rule := range d.Terms.Bundle().Abuse {
		var caught string
		switch rule.Signal {
		case boon.SignalCodeStuffing:
			caught, err = stuffed(tx, rule, r, now)
		case boon.SignalSharedDevice:
			caught, err = d.shared(tx, rule, r, now)
		}
		if err != nil {
			return nil, err
		}
		if caught == "" {
			continue
		}
		if err := d.catch(tx, rule, caught, r.Owners[:1], now); err != nil {
			return nil, err
		}
		if rule.Action == "refuse" && refused == nil {
			refused = abuseRefusal(rule)
		}
	}
	return refused, nil
}

func abuseRefusal(rule boon.Abuse) error {
	if rule.Signal == boon.SignalCodeStuffing {
		return boon.Refuse(boon.ReasonThrottled, "too many codes were tried; wait before the next")
	}
	return boon.Refuse(boon.ReasonNotEligible, "this customer's use of codes looks like abuse; the shop's rule %s refuses it", rule.ID)
}

// stuffed names the order or the customer on which one code too many is tried.
func stuffed(tx Tx, rule boon.Abuse, r Request, now time.Time) (string, error) {
	code := boon.ContentID("", []byte(offer.Normalise(r.Code)))
	subjects := []string{r.Owners[0].String()}
	for _, order := range []string{r.Cart.ID, r.OrderID} {
		if order != "" && !slices.Contains(subjects, "order "+order) {
			subjects = append(subjects, "order "+order)
		}
	}
	for _, subject := range subjects {
		if over, err := beyond(tx, rule, subject, code, now); err != nil || over {
			return subject, err
		}
	}
	return "", nil
}

// shared names the device or browser from which one customer too many brings a code of an offer.
func (d *Desk) shared(tx Tx, rule boon.Abuse, r Request, now time.Time) (string, error) {
	promo, err := d.offerOf(tx, r.Code)
	if err != nil || promo == "" {
		return "", err
	}
	for _, id := range append(slices.Clip(r.Named), r.Owners...) {
		if id == r.Owners[0] || (id.Namespace != boon.NamespaceDevice && id.Namespace != boon.NamespaceAnonymous) {
			continue
		}
		if over, err := beyond(tx, rule, id.String()+" "+promo, r.Owners[0].String(), now); err != nil || over {
			return id.String() + " with offer " + promo, err
		}
	}
	return "", nil
}

// beyond counts a member among the first of a subject in the running period: true when it is a new one and the rule's bound is reached. What is
// beyond leaves no row, so that trying on fills nothing.
func beyond(tx Tx, rule boon.Abuse, subject, member string, now time.Time) (bool, error) {
	key := abuseKey(rule, subject, now.UnixNano()/max(1, int64(rule.Over)))
	known, err := tx.Count(key + "/" + member)
	if err != nil || known > 0 {
		return false, err
	}
	fresh, err := tx.Take(boon.Limit{Key: key, Max: rule.Above}, 1)
	if err != nil || !fresh {
		return !fresh, err
	}
	return false, count(tx, key+"/"+member, 1)
}

func abuseKey(rule boon.Abuse, subject string, period int64) string {
	return "abuse/" + rule.ID + "/" + strconv.FormatInt(period, 10) + "/" + subject
}

// catch marks a customer as suspicious, and tells a human once in a period.
func (d *Desk) catch(tx Tx, rule boon.Abuse, subject string, owners []boon.Identifier, now time.Time) error {
	for _, id := range owners {
		if _, err := once(tx, suspectKey(id, markPeriod(now))); err != nil {
			return err
		}
	}
	period := strconv.FormatInt(now.UnixNano()/max(1, int64(rule.Over)), 10)
	return tx.Raise(boon.Alarm{ID: boon.ContentID(boon.PrefixAlarm, []byte("abuse\n"+rule.ID+"\n"+subject+"\n"+period)), At: now, Rule: "abuse", Subject: subject,
		Detail:  subject + ": " + string(rule.Signal) + " above " + strconv.FormatInt(rule.Above, 10) + " within " + rule.Over.String() + " (rule " + rule.ID + ").",
		Figures: map[string]string{"signal": string(rule.Signal), "above": strconv.FormatInt(rule.Above, 10), "over": rule.Over.String(), "action": rule.Action}})
}

// cameBack counts a redemption that was taken back soon, by its owner.
func (d *Desk) cameBack(tx Tx, r boon.Redemption, owner boon.Identifier, now time.Time) error {
	for _, rule := range d.Terms.Bundle().Abuse {
		if rule.Signal != boon.SignalQuickReturn || now.Sub(r.At) > rule.Over {
			continue
		}
		key := abuseKey(rule, owner.String(), markPeriod(now))
		if err := count(tx, key, 1); err != nil {
			return err
		}
		n, err := tx.Count(key)
		if err == nil && n > rule.Above {
			err = d.catch(tx, rule, owner.String(), []boon.Identifier{owner}, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// barred refuses who had too many redemptions come back soon, where a rule says so.
func (d *Desk) barred(tx Tx, owners []boon.Identifier, now time.Time) error {
	for _, rule := range d.Terms.Bundle().Abuse {
		if rule.Signal != boon.SignalQuickReturn || rule.Action != "refuse" {
			continue
		}
		for _, id := range owners {
			n, err := tx.Count(abuseKey(rule, id.String(), markPeriod(now)))
			if err != nil {
				return err
			}
			if n > rule.Above {
				return abuseRefusal(rule)
			}
		}
	}
	return nil
}

// offerOf is the offer that a code leads to; "" when it leads to none that is known by the code alone.
func (d *Desk) offerOf(tx Tx, code string) (string, error) {
	if o, _, public := d.Terms.Coded(offer.Normalise(code)); public {
		return o.ID, nil
	}
	g, _, err := tx.ByCode(offer.Normalise(code))
	return g.Offer, err
}

// markPeriod numbers the periods of thirty days for which a customer is marked: until the end of the next.
func markPeriod(now time.Time) int64 { return now.Unix() / int64((30 * 24 * time.Hour).Seconds()) }

// suspectKey marks an identifier that an Abuse rule has caught.
func suspectKey(id boon.Identifier, period int64) string {
	return "suspect/" + strconv.FormatInt(period, 10) + "/" + id.String()
}

func marked(tx Tx, owners []boon.Identifier, now time.Time) (bool, error) {
	for _, id := range owners {
		for period := markPeriod(now) - 1; period <= markPeriod(now); period++ {
			if n, err := tx.Count(suspectKey(id, period)); err != nil || n > 0 {
				return n > 0, err
			}
		}
	}
	return false, nil
}

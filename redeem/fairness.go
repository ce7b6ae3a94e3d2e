package redeem

import (
	"strconv"
	"time"

	"boon"
)

// Unequal does what a bound on fairness says where it is passed: it pauses the subject and tells a human, once, or tells a human once in a window.
func (d *Desk) Unequal(tx Tx, bound boon.Fairness, subject boon.Halt, found string, figures map[string]string, now time.Time) error {
	once, next := strconv.FormatInt(dayOf(now)/max(1, bound.Days()), 10), ""
	if bound.Action == "pause" {
		subject.Refuse, subject.Bound = bound.Refuse, bound.ID
		fresh, err := d.Pause(tx, boon.Pause{Halt: subject, At: now, By: "rule:" + bound.ID, Rule: bound.ID, Reason: subject.String() + ": " + found, Figures: figures})
		if err != nil || !fresh {
			return err
		}
		once, next = now.Format(time.RFC3339Nano), " It is paused. Look at it, then end the pause with boon resume."
	}
	id := boon.ContentID(boon.PrefixAlarm, []byte("fairness\n"+bound.Measure()+"\n"+subject.String()+"\n"+once))
	return tx.Raise(boon.Alarm{ID: id, At: now, Rule: "fairness", Subject: subject.String(), Detail: subject.String() + ": " + found + next, Figures: figures})
}

// ResumedDay is the day, since 1970 in UTC, on which a pause of something was ended last; 0 when none was. What is measured of it begins anew after it.
func ResumedDay(tx Tx, h boon.Halt) (int64, error) { return tx.Count(resumedKey(h)) }

func resumedKey(h boon.Halt) string { return "resumed/" + string(h.Kind) + "/" + h.ID }

// noteResumed keeps the day.
func noteResumed(tx Tx, h boon.Halt, now time.Time) error {
	before, err := ResumedDay(tx, h)
	if err != nil || dayOf(now) <= before {
		return err
	}
	return count(tx, resumedKey(h), dayOf(now)-before)
}

func dayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

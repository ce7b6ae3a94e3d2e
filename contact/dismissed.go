package contact

import (
	"fmt"
	"slices"
	"time"

	"boon"
)

// Waved is an offer that the person waved away.
type Waved struct {
	Offer string
	Group string
	At    time.Time
}

// Suppressed says in a sentence why an offer stays away at an instant after what the person waved away; "" when it need not.
func Suppressed(rules []boon.Dismissals, past []Waved, offer, group string, at time.Time, zone *time.Location) string {
	for _, r := range rules {
		until, on := suppression(r, timesOf(r.Each, past, offer, group), at)
		if on {
			return fmt.Sprintf("%s waved away %d times within %s; it may be shown again on %s", subject(r.Each, offer, group), r.After, span(r.For), moment(until.In(zone)))
		}
	}
	return ""
}

// timesOf are the dismissals that count together for an offer, in order.
func timesOf(each boon.Apart, past []Waved, offer, group string) []time.Time {
	var times []time.Time
	for _, w := range past {
		if (each == boon.EachOffer && w.Offer != offer) || (each == boon.EachGroup && w.Group != group) {
			continue
		}
		times = append(times, w.At)
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// suppression goes through dismissals in order. So many within For begin one; what comes while one lasts is of something shown before it, and does not
// count; after it counting begins anew.
func suppression(r boon.Dismissals, times []time.Time, at time.Time) (until time.Time, on bool) {
	first := 0
	for i, t := range times {
		if t.After(at) {
			break
		}
		if t.Before(until) {
			first = i + 1
			continue
		}
		for t.Sub(times[first]) >= r.For {
			first++
		}
		if int64(i-first+1) >= r.After {
			until, first = t.Add(r.For), i+1
		}
	}
	return until, at.Before(until)
}

func subject(each boon.Apart, offer, group string) string {
	switch each {
	case boon.EachOffer:
		return "offer " + offer + " was"
	case boon.EachGroup:
		return "offers of group " + group + " were"
	}
	return "offers were"
}

package contact

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"boon"
)

// Contact is one time that a person was contacted, or would be.
type Contact struct {
	Offer   string
	Group   string // stacking group of the offer
	Channel string // "": of a grant that its owner came to with a code, which only the offer's own frequency counts
	At      time.Time
	Again   bool // no grant came of it
}

// Excess is a limit that one contact more would pass.
type Excess struct {
	Limit string // names the limit and what it counts apart: equal for contacts that share its places
	boon.Frequency
	What string    // what is counted, in words
	N    int64     // so many are in the window
	Next time.Time // when there is room again, in the zone that days turn in
}

// Frequent is the first of the limits that has no room for next after past; nil: all have.
func Frequent(limits []boon.ContactLimit, past []Contact, next Contact, zone *time.Location) *Excess {
	for i := range limits {
		l := &limits[i]
		if !l.Covers(next.Group, next.Channel) {
			continue
		}
		same := func(c *Contact) bool {
			return c.Channel != "" && l.Covers(c.Group, c.Channel) && apart(l.Each, c) == apart(l.Each, &next)
		}
		if x := over(l.Frequency, past, same, next.At, zone); x != nil {
			x.Limit, x.What = Key(i, l.Each, next), what(l, next)
			return x
		}
	}
	return nil
}

// TooOften is the first of an offer's own frequencies that has no room for it at an instant; nil: all have. past are its own contacts.
func TooOften(own []boon.Frequency, past []Contact, offer string, at time.Time, zone *time.Location) *Excess {
	same := func(c *Contact) bool { return c.Offer == offer && !c.Again }
	for _, f := range own {
		if x := over(f, past, same, at, zone); x != nil {
			x.What = "offer " + offer
			return x
		}
	}
	return nil
}

// Key names the i-th limit of a policy and the places in it that a contact shares with others.
func Key(i int, each boon.Apart, c Contact) string {
	key := "frequency[" + strconv.Itoa(i) + "]"
	if each != "" {
		key += "/" + apart(each, &c)
	}
	return key
}

// apart is what a contact is counted under.
func apart(each boon.Apart, c *Contact) string {
	switch each {
	case boon.EachOffer:
		return c.Offer
	case boon.EachGroup:
		return c.Group
	case boon.EachChannel:
		return c.Channel
	}
	return ""
}

// over counts what is the same within the window of an instant.
func over(f boon.Frequency, past []Contact, same func(*Contact) bool, at time.Time, zone *time.Location) *Excess {
	w := windowOf(f, at, zone)
	var n int64
	for i := range past {
		if w.holds(past[i].At) && same(&past[i]) {
			n++
		}
	}
	if n < f.Max {
		return nil
	}
	x := &Excess{Frequency: f, N: n, Next: w.to}
	if f.Calendar == "" {
		x.Next = opens(f, past, same, w)
	}
	x.Next = x.Next.In(zone)
	return x
}

// opens is when enough of what is in a rolling window has left it.
func opens(f boon.Frequency, past []Contact, same func(*Contact) bool, w window) time.Time {
	var times []time.Time
	for i := range past {
		if w.holds(past[i].At) && same(&past[i]) {
			times = append(times, past[i].At)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times[len(times)-int(f.Max)].Add(f.Per)
}

// what puts into words which contacts a limit counts together.
func what(l *boon.ContactLimit, c Contact) string {
	switch l.Each {
	case boon.EachOffer:
		return "offer " + c.Offer
	case boon.EachGroup:
		return "group " + c.Group
	case boon.EachChannel:
		return c.Channel
	}
	words := "contacts"
	if len(l.Channels) > 0 {
		words += " by " + strings.Join(l.Channels, ", ")
	}
	if len(l.Groups) > 0 {
		words += " of group " + strings.Join(l.Groups, ", ")
	}
	return words
}

// By names the window for a record: "day", "7d".
func (x *Excess) By() string {
	if x.Calendar != "" {
		return string(x.Calendar)
	}
	return span(x.Per)
}

// String is the sentence for a merchandiser.
func (x *Excess) String() string {
	var within string
	switch x.Calendar {
	case boon.PeriodDay:
		within = "today"
	case boon.PeriodWeek, boon.PeriodMonth:
		within = "this " + string(x.Calendar)
	default:
		within = "within " + span(x.Per)
	}
	return x.What + ": " + strconv.FormatInt(x.N, 10) + " of " + strconv.FormatInt(x.Max, 10) + " " + within + " in " + x.Next.Location().String() +
		"; the next is allowed on " + moment(x.Next)
}

// span writes a duration as a bundle does: whole, in the largest unit that fits.
func span(d time.Duration) string {
	for _, unit := range []struct {
		letter string
		size   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d%unit.size == 0 {
			return strconv.FormatInt(int64(d/unit.size), 10) + unit.letter
		}
	}
	return d.String()
}

func moment(t time.Time) string { return t.Format("Monday 2006-01-02 15:04") }

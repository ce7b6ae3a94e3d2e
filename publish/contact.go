package publish

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"boon"

	"go.yaml.in/yaml/v3"
)

var contactFields = object[boon.ContactPolicy]{
	is("id", identifier("id"), func(p *boon.ContactPolicy) *string { return &p.ID }, idDoc).required(),
	is("frequency", records(nested(contactLimitFields)), func(p *boon.ContactPolicy) *[]boon.ContactLimit { return &p.Frequency }, "How often one person is contacted at most. Each entry holds."),
	is("dismissals", listOf(nested(dismissalFields), true), func(p *boon.ContactPolicy) *[]boon.Dismissals { return &p.Dismissals }, "When offers that a shopper waved away stay away. Each entry holds."),
	is("quietHours", optional(nested(quietFields)), func(p *boon.ContactPolicy) **boon.QuietHours { return &p.QuietHours }, "When no message goes out, by the recipient's clock; without it from 21:00 to 08:00."),
	is("messages", whole[int64](1, 20), func(p *boon.ContactPolicy) *int64 { return &p.Messages }, "Placements at which one triggered decision may reach the shopper before a message no longer goes.").otherwise("1"),
}

// maxContacts is as many contacts of one channel as are remembered of a person.
const maxContacts = 32

var contactLimitFields = object[boon.ContactLimit]{
	is("max", whole[int64](1, maxContacts), func(l *boon.ContactLimit) *int64 { return &l.Max }, "So many at most.").required(),
	per(func(l *boon.ContactLimit) *boon.Frequency { return &l.Frequency }),
	is("each", word(boon.EachOffer, boon.EachGroup, boon.EachChannel), func(l *boon.ContactLimit) *boon.Apart { return &l.Each }, "Counts each offer, stacking group or channel apart. Without it all contacts count together."),
	is("channels", list(channelWord), func(l *boon.ContactLimit) *[]string { return &l.Channels }, "Only contacts by these."),
	is("groups", list(identifier("word")), func(l *boon.ContactLimit) *[]string { return &l.Groups }, "Only contacts with offers of these stacking groups."),
}

var frequencyFields = object[boon.Frequency]{
	is("max", whole[int64](1, 1e6), func(f *boon.Frequency) *int64 { return &f.Max }, "So many at most.").required(),
	per(func(f *boon.Frequency) *boon.Frequency { return f }),
}

// per is a rolling window or a running one of the calendar.
func per[T any](at func(*T) *boon.Frequency) field[T] {
	periods := []string{string(boon.PeriodDay), string(boon.PeriodWeek), string(boon.PeriodMonth)}
	return field[T]{
		row: row{name: "per", form: duration.name + " or " + strings.Join(periods, " / "), must: true, doc: "In this long, at any time; or in one day, week (from Monday) or month of the shopper's time zone."},
		read: func(v value, into *T) {
			s, ok := v.scalar("a duration such as 7d, or day, week or month")
			switch {
			case !ok:
			case durationPattern.MatchString(s):
				at(into).Per, _ = duration.read(v)
			case slices.Contains(periods, s):
				at(into).Calendar = boon.Period(s)
			default:
				v.problem("%q is neither a duration such as 7d nor one of day, week, month", shorten(s))
			}
		},
		write: func(from *T, c boon.Currency) *yaml.Node {
			if f := at(from); f.Calendar != "" {
				return plain(string(f.Calendar))
			}
			return duration.write(at(from).Per, c)
		},
		zero: func(from *T) bool { return at(from).Per == 0 && at(from).Calendar == "" },
	}
}

var dismissalFields = object[boon.Dismissals]{
	is("after", whole[int64](1, 20), func(d *boon.Dismissals) *int64 { return &d.After }, "So many dismissals within `for`.").required(),
	is("each", word(boon.EachOffer, boon.EachGroup), func(d *boon.Dismissals) *boon.Apart { return &d.Each }, "Counts and keeps away each offer or stacking group apart. Without it every offer stays away."),
	is("for", duration, func(d *boon.Dismissals) *time.Duration { return &d.For }, "How long it stays away after the last of them; then counting begins anew.").required(),
}

var quietFields = object[boon.QuietHours]{
	is("from", hour, func(q *boon.QuietHours) *time.Duration { return &q.From }, "When quiet begins.").required(),
	is("to", hour, func(q *boon.QuietHours) *time.Duration { return &q.To }, "When it ends, on the next day if it is earlier. The same time as `from`: it is never quiet.").required(),
	is("channels", list(word("email", "sms", "push")), func(q *boon.QuietHours) *[]string { return &q.Channels }, "Only for these; without them for all three."),
}

// hour is a time of day, to the minute.
var hour = form[time.Duration]{
	name: "time of day",
	read: func(v value) (time.Duration, bool) {
		s, ok := v.scalar(`a time of day such as "21:00"`)
		if !ok {
			return 0, false
		}
		t, err := time.Parse("15:04", s)
		if err != nil || len(s) != len("15:04") {
			return 0, v.problem("%q is no time of day; write hours and minutes in quotes, such as \"21:00\"", shorten(s))
		}
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
	},
	write: func(d time.Duration, _ boon.Currency) *yaml.Node {
		n := plain(fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute))
		n.Style = yaml.DoubleQuotedStyle
		return n
	},
}

// contactPolicy checks that there is one, and that what it names is there.
func (v *reviewer) contactPolicy(at string, p boon.ContactPolicy) {
	if p.ID != v.b.ContactPolicies[0].ID {
		v.problem(at, "a bundle has one ContactPolicy; %s is another", v.b.ContactPolicies[0].ID)
	}
	groups := map[string]bool{}
	for _, o := range v.b.Offers {
		groups[o.Stacking.Group] = true
	}
	for i, l := range p.Frequency {
		for k, group := range l.Groups {
			if !groups[group] {
				v.problem(at+".frequency["+strconv.Itoa(i)+"].groups["+strconv.Itoa(k)+"]", "no offer is in the stacking group %q", group)
			}
		}
	}
}

package contact

import (
	"fmt"
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

func TestFrequentSaysWhenItOpens(t *testing.T) {
	at := instant(t, "2026-11-25T12:00:00Z") // a Wednesday
	berlin := in(t, "Europe/Berlin")
	text := func(hoursAgo int, offer, group, channel string) Contact {
		return Contact{Offer: offer, Group: group, Channel: channel, At: at.Add(-time.Duration(hoursAgo) * time.Hour)}
	}
	week := boon.Frequency{Max: 3, Calendar: boon.PeriodWeek}
	for _, c := range []struct {
		story string
		limit boon.ContactLimit
		past  []Contact
		want  string
	}{
		{"three messages of a week", boon.ContactLimit{Frequency: week, Channels: []string{"sms", "push"}},
			[]Contact{text(50, "a", "g", "sms"), text(20, "b", "g", "push"), text(1, "a", "g", "sms")},
			"contacts by sms, push: 3 of 3 this week in Europe/Berlin; the next is allowed on Monday 2026-11-30 00:00"},
		{"one of them was last week", boon.ContactLimit{Frequency: week}, []Contact{text(62, "a", "g", "sms"), text(20, "b", "g", "push"), text(1, "a", "g", "sms")}, ""},
		{"another channel does not count", boon.ContactLimit{Frequency: week, Channels: []string{"sms"}},
			[]Contact{text(50, "a", "g", "sms"), text(20, "b", "g", "push"), text(1, "a", "g", "sms")}, ""},
		{"each channel apart", boon.ContactLimit{Frequency: boon.Frequency{Max: 1, Per: 48 * time.Hour}, Each: boon.EachChannel},
			[]Contact{text(50, "a", "g", "sms"), text(20, "b", "g", "push"), text(1, "c", "g", "email")}, ""},
		{"the channel's own", boon.ContactLimit{Frequency: boon.Frequency{Max: 2, Per: 48 * time.Hour}, Each: boon.EachChannel},
			[]Contact{text(40, "b", "g", "sms"), text(2, "c", "g", "sms")},
			"sms: 2 of 2 within 2d in Europe/Berlin; the next is allowed on Wednesday 2026-11-25 21:00"},
		{"each group apart", boon.ContactLimit{Frequency: boon.Frequency{Max: 1, Calendar: boon.PeriodDay}, Each: boon.EachGroup},
			[]Contact{text(2, "b", "g", "web"), text(3, "c", "other", "web")},
			"group g: 1 of 1 today in Europe/Berlin; the next is allowed on Thursday 2026-11-26 00:00"},
		{"each offer apart", boon.ContactLimit{Frequency: boon.Frequency{Max: 1, Calendar: boon.PeriodMonth}, Each: boon.EachOffer},
			[]Contact{text(2, "b", "g", "web"), text(300, "a", "g", "web")},
			"offer a: 1 of 1 this month in Europe/Berlin; the next is allowed on Tuesday 2026-12-01 00:00"},
		{"a group that is not named", boon.ContactLimit{Frequency: boon.Frequency{Max: 1, Calendar: boon.PeriodDay}, Groups: []string{"other"}},
			[]Contact{text(2, "b", "other", "web")}, ""},
	} {
		t.Run(c.story, func(t *testing.T) {
			got := ""
			if x := Frequent([]boon.ContactLimit{c.limit}, c.past, Contact{Offer: "a", Group: "g", Channel: "sms", At: at}, berlin); x != nil {
				got = x.String()
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// Whatever is asked for and when, what passes one by one never has more than Max in any window; and what is refused has that many.
func TestNoWindowHoldsMoreThanItsMost(t *testing.T) {
	zones := []*time.Location{in(t, "Europe/Berlin"), in(t, "America/New_York"), in(t, "Pacific/Apia"), in(t, "Africa/Cairo")}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		limits := []boon.ContactLimit{anyLimit(t), anyLimit(t)}
		at := anyInstant(t, zone)
		var past []Contact
		for range rapid.IntRange(1, 40).Draw(t, "asked") {
			at = at.Add(time.Duration(rapid.Int64Range(0, 100_000).Draw(t, "later")) * time.Second)
			next := Contact{Offer: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "offer"), Group: "g",
				Channel: rapid.SampledFrom([]string{"sms", "web"}).Draw(t, "channel"), At: at}
			if Frequent(limits, past, next, zone) == nil {
				past = append(past, next)
			}
		}
		for i := range limits {
			holdsEverywhere(t, &limits[i], past, zone)
		}
	})
}

func anyLimit(t *rapid.T) boon.ContactLimit {
	l := boon.ContactLimit{Each: rapid.SampledFrom([]boon.Apart{"", boon.EachOffer, boon.EachGroup, boon.EachChannel}).Draw(t, "each")}
	l.Max = rapid.Int64Range(1, 3).Draw(t, "max")
	if rapid.Bool().Draw(t, "messages only") {
		l.Channels = []string{"sms"}
	}
	l.Calendar = rapid.SampledFrom([]boon.Period{"", boon.PeriodDay, boon.PeriodWeek, boon.PeriodMonth}).Draw(t, "calendar")
	if l.Calendar == "" {
		l.Per = time.Duration(rapid.Int64Range(1, 400_000).Draw(t, "per")) * time.Second
	}
	return l
}

// holdsEverywhere counts in every window that could be too full, without the room's own count: the span that ends at each contact, or its local date.
func holdsEverywhere(t *rapid.T, l *boon.ContactLimit, past []Contact, zone *time.Location) {
	for _, last := range past {
		if !l.Covers(last.Group, last.Channel) {
			continue
		}
		var n int64
		for _, c := range past {
			within := !c.At.After(last.At) && last.At.Sub(c.At) < l.Per
			if l.Calendar != "" {
				within = localPeriod(l.Calendar, c.At.In(zone)) == localPeriod(l.Calendar, last.At.In(zone))
			}
			if within && l.Covers(c.Group, c.Channel) && apart(l.Each, &c) == apart(l.Each, &last) {
				n++
			}
		}
		if n > l.Max {
			t.Fatalf("%+v: %d up to %s", l, n, last.At.In(zone))
		}
	}
}

func localPeriod(p boon.Period, local time.Time) string {
	switch p {
	case boon.PeriodWeek:
		y, w := local.ISOWeek()
		return fmt.Sprint("week", y, w)
	case boon.PeriodMonth:
		return local.Format("2006-01")
	}
	return local.Format("2006-01-02")
}

func TestQuietHours(t *testing.T) {
	berlin := in(t, "Europe/Berlin")
	siesta := boon.QuietHours{From: 13 * time.Hour, To: 15*time.Hour + 30*time.Minute, Channels: []string{"sms"}}
	for _, c := range []struct {
		story, channel, at string
		hours              boon.QuietHours
		want               string
	}{
		{"nine in the evening is quiet", "sms", "2026-11-25T20:00:00Z", boon.DefaultQuietHours, "it is 21:00 in Europe/Berlin, and no sms goes out from 21:00 to 08:00; the next is allowed on Thursday 2026-11-26 08:00"},
		{"a second earlier is not", "sms", "2026-11-25T19:59:59Z", boon.DefaultQuietHours, ""},
		{"small hours", "push", "2026-11-25T02:10:00Z", boon.DefaultQuietHours, "it is 03:10 in Europe/Berlin, and no push goes out from 21:00 to 08:00; the next is allowed on Wednesday 2026-11-25 08:00"},
		{"eight is not quiet", "email", "2026-11-25T07:00:00Z", boon.DefaultQuietHours, ""},
		{"the page is never quiet", "web", "2026-11-25T23:00:00Z", boon.DefaultQuietHours, ""},
		{"by the clock on the day it goes forward", "sms", "2026-03-29T06:00:00Z", boon.DefaultQuietHours, ""},
		{"and an hour of summer time earlier", "sms", "2026-03-29T05:59:00Z", boon.DefaultQuietHours, "it is 07:59 in Europe/Berlin, and no sms goes out from 21:00 to 08:00; the next is allowed on Sunday 2026-03-29 08:00"},
		{"within one day", "sms", "2026-11-25T13:00:00Z", siesta, "it is 14:00 in Europe/Berlin, and no sms goes out from 13:00 to 15:30; the next is allowed on Wednesday 2026-11-25 15:30"},
		{"after it", "sms", "2026-11-25T14:30:00Z", siesta, ""},
		{"for its channels only", "push", "2026-11-25T13:00:00Z", siesta, ""},
		{"none", "sms", "2026-11-25T02:10:00Z", boon.QuietHours{}, ""},
	} {
		t.Run(c.story, func(t *testing.T) {
			if got := Quiet(&c.hours, c.channel, instant(t, c.at), berlin); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestDismissals(t *testing.T) {
	day := func(d int) time.Time {
		return instant(t, "2026-11-01T12:00:00Z").Add(time.Duration(d) * 24 * time.Hour)
	}
	twice := boon.Dismissals{After: 2, Each: boon.EachOffer, For: 30 * 24 * time.Hour}
	for _, c := range []struct {
		story string
		rule  boon.Dismissals
		past  []Waved
		at    int
		want  string
	}{
		{"once is no more than a mood", twice, []Waved{{"a", "g", day(0)}}, 1, ""},
		{"twice is a no", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}}, 4, "offer a was waved away 2 times within 30d; it may be shown again on Friday 2026-12-04 12:00"},
		{"for thirty days after the second", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}}, 33, ""},
		{"then counting begins anew", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}, {"a", "g", day(34)}}, 35, ""},
		{"and ends anew", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}, {"a", "g", day(34)}, {"a", "g", day(36)}}, 37, "offer a was waved away 2 times within 30d; it may be shown again on Wednesday 2027-01-06 12:00"},
		{"what is dismissed meanwhile prolongs nothing", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}, {"a", "g", day(20)}}, 33, ""},
		{"too far apart", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(30)}}, 31, ""},
		{"another offer", twice, []Waved{{"b", "g", day(0)}, {"b", "g", day(3)}}, 4, ""},
		{"the group", boon.Dismissals{After: 2, Each: boon.EachGroup, For: 24 * time.Hour * 7}, []Waved{{"b", "g", day(0)}, {"c", "g", day(3)}}, 4, "offers of group g were waved away 2 times within 7d; it may be shown again on Wednesday 2026-11-11 12:00"},
		{"in all", boon.Dismissals{After: 2, For: 24 * time.Hour * 7}, []Waved{{"c", "x", day(3)}, {"b", "y", day(0)}}, 4, "offers were waved away 2 times within 7d; it may be shown again on Wednesday 2026-11-11 12:00"},
		{"what is yet to come", twice, []Waved{{"a", "g", day(0)}, {"a", "g", day(3)}}, 2, ""},
	} {
		t.Run(c.story, func(t *testing.T) {
			if got := Suppressed([]boon.Dismissals{c.rule}, c.past, "a", "g", day(c.at), time.UTC); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// Where the clock shows an hour twice, quiet hours that are not over yet never end in the past.
func TestQuietHoursOpenLater(t *testing.T) {
	hours := boon.QuietHours{From: 21 * time.Hour, To: time.Hour + 30*time.Minute}
	for at, want := range map[string]string{
		"2026-11-01T05:10:00Z": "2026-11-01T05:30:00Z", // ten past one, summer time
		"2026-11-01T06:10:00Z": "2026-11-01T06:30:00Z", // and once more an hour later
		"2026-11-02T06:10:00Z": "2026-11-02T06:30:00Z",
	} {
		if got := Opens(&hours, "sms", instant(t, at), in(t, "America/New_York")); !got.Equal(instant(t, want)) {
			t.Errorf("at %s they are over at %s, want %s", at, got.UTC().Format(time.RFC3339), want)
		}
	}
	if got := Opens(&hours, "sms", instant(t, "2026-11-01T12:00:00Z"), time.UTC); !got.IsZero() {
		t.Errorf("at noon they are over at %s", got)
	}
}

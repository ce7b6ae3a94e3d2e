package contact

import (
	"fmt"
	"time"

	"boon"
)

// Opens is when messages by a channel may go out again, where they may not at an instant in the recipient's zone; zero: they may.
func Opens(q *boon.QuietHours, channel string, at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	if !q.Quiet(channel) || !within(q, clock(local)) {
		return time.Time{}
	}
	return ends(q, local)
}

// Quiet says in a sentence why no message goes out by a channel at an instant in the recipient's zone; "" when one may.
func Quiet(q *boon.QuietHours, channel string, at time.Time, zone *time.Location) string {
	opens := Opens(q, channel, at, zone)
	if opens.IsZero() {
		return ""
	}
	return fmt.Sprintf("it is %s in %s, and no %s goes out from %s to %s; the next is allowed on %s", at.In(zone).Format("15:04"), zone, channel,
		face(q.From), face(q.To), moment(opens))
}

// clock is what the clock on the wall shows, as time since midnight: on a day of another length than 24 hours not the time that has passed.
func clock(local time.Time) time.Duration {
	h, m, s := local.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// within: from From, over midnight where To is earlier, to just before To.
func within(q *boon.QuietHours, c time.Duration) bool {
	if q.From <= q.To {
		return q.From <= c && c < q.To
	}
	return c >= q.From || c < q.To
}

// ends is the next time that the clock shows To. Where clocks go back it may show it twice, and the first time is over.
func ends(q *boon.QuietHours, local time.Time) time.Time {
	y, m, d := local.Date()
	if clock(local) >= q.To {
		d++
	}
	end := time.Date(y, m, d, int(q.To/time.Hour), int(q.To%time.Hour/time.Minute), 0, 0, local.Location())
	if !end.After(local) {
		end = end.Add(time.Hour)
	}
	return end
}

func face(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

package contact

import (
	"fmt"
	"time"

	"boon"
)

// Quiet says in a sentence why no message goes out by a channel at an instant in the recipient's zone; "" when one may.
func Quiet(q *boon.QuietHours, channel string, at time.Time, zone *time.Location) string {
	if !q.Quiet(channel) {
		return ""
	}
	local := at.In(zone)
	if !within(q, clock(local)) {
		return ""
	}
	return fmt.Sprintf("it is %s in %s, and no %s goes out from %s to %s; the next is allowed on %s", local.Format("15:04"), zone, channel,
		face(q.From), face(q.To), moment(ends(q, local)))
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

// ends is the next time that the clock shows To.
func ends(q *boon.QuietHours, local time.Time) time.Time {
	y, m, d := local.Date()
	if clock(local) >= q.To {
		d++
	}
	return time.Date(y, m, d, int(q.To/time.Hour), int(q.To%time.Hour/time.Minute), 0, 0, local.Location())
}

func face(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

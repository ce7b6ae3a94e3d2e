package ledger

import (
	"fmt"
	"time"

	"boon"
)

// Kept is what stays set aside after one of uses is redeemed.
func Kept(committed, uses int64) int64 {
	if uses <= 1 {
		return 0
	}
	return boon.MulDiv(committed, uses-1, uses)
}

// PeriodKey names the period of a budget that an instant falls in, by the calendar of zone; weeks are ISO 8601 weeks.
func PeriodKey(p boon.Period, at time.Time, zone *time.Location) string {
	at = at.In(zone)
	switch p {
	case boon.PeriodDay:
		return at.Format("2006-01-02")
	case boon.PeriodWeek:
		year, week := at.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case boon.PeriodMonth:
		return at.Format("2006-01")
	}
	return "total"
}

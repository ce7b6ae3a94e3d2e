package consent

import (
	"sort"
	"strings"
	"time"

	"boon"
)

// categories maps the names that consent banners use to purposes, besides the purposes' own names. "necessary" and the like ask nothing.
// C0002 to C0005 are OneTrust's default categories.
var categories = map[string][]boon.Purpose{
	"statistics": {boon.PurposeAnalytics}, "statistic": {boon.PurposeAnalytics}, "performance": {boon.PurposeAnalytics},
	"measurement": {boon.PurposeAnalytics}, "c0002": {boon.PurposeAnalytics},
	"personalisation": {boon.PurposePersonalization}, "functional": {boon.PurposePersonalization}, "functionality": {boon.PurposePersonalization},
	"preferences": {boon.PurposePersonalization}, "c0003": {boon.PurposePersonalization},
	"advertising": {boon.PurposePersonalization, boon.PurposeSale}, "ads": {boon.PurposePersonalization, boon.PurposeSale},
	"targeting": {boon.PurposePersonalization, boon.PurposeSale}, "c0004": {boon.PurposePersonalization, boon.PurposeSale},
	"sell": {boon.PurposeSale}, "share": {boon.PurposeSale}, "sharing": {boon.PurposeSale}, "sale_of_data": {boon.PurposeSale},
	"social_media": {boon.PurposeSale}, "c0005": {boon.PurposeSale},
	"direct_marketing": {boon.PurposeMarketing},
	"newsletter":       {boon.PurposeEmail}, "email_marketing": {boon.PurposeEmail},
	"text": {boon.PurposeSMS}, "sms_marketing": {boon.PurposeSMS}, "text_messages": {boon.PurposeSMS},
	"push_notifications": {boon.PurposePush}, "notifications": {boon.PurposePush},
	"cross_device": {boon.PurposeProbabilisticLinking}, "linking": {boon.PurposeProbabilisticLinking},
	"training": {boon.PurposeModelTraining}, "machine_learning": {boon.PurposeModelTraining},
}

// negated names say yes to a no: true denies.
var negated = map[string]boon.Purpose{
	"do_not_sell": boon.PurposeSale, "do_not_share": boon.PurposeSale, "do_not_sell_or_share": boon.PurposeSale, "opt_out_of_sale": boon.PurposeSale,
	"do_not_track": boon.PurposeAnalytics, "do_not_email": boon.PurposeEmail, "do_not_text": boon.PurposeSMS, "do_not_contact": boon.PurposeMarketing,
	"do_not_market": boon.PurposeMarketing, "unsubscribed": boon.PurposeEmail,
}

// ParsePreferences reads a banner's answers (Segment's context.consent.categoryPreferences) as choices, in the order of their purposes.
// Names are read without regard to case, blanks and dashes. A purpose's own name outranks a category that covers it; of several categories that
// cover one purpose a denial stands. Names that are not known are ignored.
func ParsePreferences(preferences map[string]bool, at time.Time, source string) []boon.Choice {
	named, implied := map[boon.Purpose]bool{}, map[boon.Purpose]bool{}
	for name, yes := range preferences {
		key := canonical(name)
		if p, err := boon.ParsePurpose(key); err == nil {
			deny(named, p, yes)
		}
		if p, ok := negated[key]; ok {
			deny(named, p, !yes)
		}
		for _, p := range categories[key] {
			deny(implied, p, yes)
		}
	}
	for p, yes := range implied {
		if _, ok := named[p]; !ok {
			named[p] = yes
		}
	}
	return choices(named, at, source)
}

func deny(answers map[boon.Purpose]bool, p boon.Purpose, yes bool) {
	if before, ok := answers[p]; ok {
		yes = yes && before
	}
	answers[p] = yes
}

func choices(answers map[boon.Purpose]bool, at time.Time, source string) []boon.Choice {
	var list []boon.Choice
	for p, yes := range answers {
		list = append(list, boon.Choice{Purpose: p, Granted: yes, At: at, Source: source})
	}
	sort.Slice(list, func(a, b int) bool { return list[a].Purpose < list[b].Purpose })
	return list
}

// canonical writes "Do Not-Sell" and "doNotSell" as "do_not_sell".
func canonical(name string) string {
	var b strings.Builder
	lower := false
	for _, c := range strings.TrimSpace(name) {
		switch {
		case c == ' ' || c == '-' || c == '_' || c == '.':
			c, lower = '_', false
		case c >= 'A' && c <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			c, lower = c+'a'-'A', false
		default:
			lower = c >= 'a' && c <= 'z'
		}
		b.WriteRune(c)
	}
	return b.String()
}

package engine_test

import (
	"fmt"
	"testing"
	"time"
)

// Calls share for a moment what was read of limits. Here that moment never ends, since the clock stands: what a human does holds in the very next
// decision all the same, and so does taking it back. A rehearsal has no commit that could refuse what was chosen without it.
func TestWhatAHumanDoesHoldsInTheNextDecision(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := openAt(t, bundleFile(t, counters), func() time.Time { return noon })
	for _, c := range []struct{ what, offer, method, path, body, before, after, undo string }{
		{"the kill switch", "single", "POST", "/v1/pauses", `{"all":true,"reason":"fire"}`, "lost stacking", "refused paused", "/v1/pauses?all=1"},
		{"a campaign's switch", "campaigned", "POST", "/v1/pauses", `{"campaign":"spring","reason":"fire"}`, "won pinned", "refused paused", "/v1/pauses?campaign=spring"},
		{"a ban", "campaigned", "PUT", "/v1/overrides/x", `{"act":"ban","offer":"campaigned","reason":"brand"}`, "won pinned", "refused banned", "/v1/overrides/x?reason=over"},
		{"a pin", "wine", "PUT", "/v1/overrides/y", `{"act":"pin","offer":"wine","reason":"week"}`, "lost stacking", "won pinned", "/v1/overrides/y?reason=over"},
	} {
		for _, dry := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, dry %v", c.what, dry), func(t *testing.T) {
				asked := 0
				holds := func(when, want string) {
					t.Helper()
					asked++
					a := s.want(200, serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":"%s-%d"},"placements":["checkout"],"explain":true,"dryRun":%v,
						"cart":{"lines":[{"sku":"A1","category":"FOOD/WINE","price":"40.00"}]}}`, c.what, asked, dry))
					if got := a.verdict(c.offer); got != want {
						t.Errorf("%s: %q, want %q", when, got, want)
					}
				}
				holds("before", c.before)
				holds("from what was read before", c.before)
				if a := s.call(serverKey, c.method, c.path, c.body); a.status >= 300 {
					t.Fatalf("%s: %s", c.path, a.raw)
				}
				holds("in the next decision", c.after)
				s.want(200, serverKey, "DELETE", c.undo, "")
				holds("after it was taken back", c.before)
			})
		}
	}
}

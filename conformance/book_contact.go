package conformance

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"boon"
	"boon/redeem"
)

// contactDesk is a desk whose shop contacts nobody more than its policy says, with six offers in three groups.
func contactDesk(limits ...boon.ContactLimit) *redeem.Desk {
	r := BookRelease()
	r.Bundle.ContactPolicies = []boon.ContactPolicy{{ID: "calm", Frequency: limits}}
	for n := range 6 {
		r.Bundle.Offers = append(r.Bundle.Offers, boon.Offer{ID: fmt.Sprintf("told-%d", n), Budget: "welcome", Duration: 24 * time.Hour,
			Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{boon.Unit}}, Stacking: boon.Stacking{Group: fmt.Sprintf("group-%d", n%3)}})
	}
	return &redeem.Desk{Terms: redeem.NewReleases(r), Key: []byte("codes")}
}

// bookContacts lets six decisions at once, each of which saw an untouched person, give that person an offer of their own. The grants of the person are
// counted in the transaction that gives one, so every limit holds: without [redeem.Desk.Issue] asking, each case gives all six.
func bookContacts(t *testing.T, open func(testing.TB) AuditedBook) {
	day := func(max int64) boon.Frequency { return boon.Frequency{Max: max, Calendar: boon.PeriodDay} }
	nudged := []boon.Shown{{Offer: "hint", Channel: "sms", At: Monday.Add(-time.Hour)}}
	for _, c := range []struct {
		story string
		limit boon.ContactLimit
		shown []boon.Shown
		want  int
	}{
		{"two in all", boon.ContactLimit{Frequency: day(2)}, nil, 2},
		{"two in all, of which a nudge was one", boon.ContactLimit{Frequency: day(2)}, nudged, 1},
		{"one of each group", boon.ContactLimit{Frequency: day(1), Each: boon.EachGroup}, nil, 3},
		{"one by each channel", boon.ContactLimit{Frequency: boon.Frequency{Max: 1, Per: 48 * time.Hour}, Each: boon.EachChannel}, nil, 2},
		{"two messages", boon.ContactLimit{Frequency: day(2), Channels: []string{"sms"}}, nil, 2 + 3},
	} {
		t.Run(c.story, func(t *testing.T) {
			b, desk := open(t), contactDesk(c.limit)
			given := giveAtOnce(t, b, desk, 6, func(n int) boon.Grant {
				return boon.Grant{ID: fmt.Sprint("grt_", n), Offer: fmt.Sprint("told-", n), Owner: Shopper(1), Level: boon.Unit,
					Channel: []string{"sms", "email"}[n%2], Timezone: "Europe/Berlin", Shown: c.shown}
			})
			if given != c.want {
				t.Errorf("%d were given, want %d", given, c.want)
			}
			MustVerify(t, b)
		})
	}
}

// giveAtOnce issues grants from behind a barrier and counts those that a limit let pass.
func giveAtOnce(t *testing.T, b AuditedBook, desk *redeem.Desk, n int, grant func(int) boon.Grant) (given int) {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	barrier := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			g := grant(i)
			o, _ := desk.Terms.Offer("", g.Offer)
			ready.Done()
			<-barrier
			errs[i] = b.Update(t.Context(), func(tx redeem.Tx) error {
				return tx.Try(func(tx redeem.Tx) error {
					_, err := desk.Issue(tx, g, o, []boon.Identifier{g.Owner}, Monday)
					return err
				})
			})
		})
	}
	ready.Wait()
	close(barrier)
	done.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			given++
		case !errors.Is(err, boon.Refusal(boon.ReasonFrequency)):
			t.Errorf("refused with %v, want frequency", err)
		}
	}
	return given
}

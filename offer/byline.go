package offer

import (
	"fmt"

	"boon"
)

// placeByLine gives each line, and shipping, to one of the uses; a use keeps of what it takes off alone what is on its lines.
func (p *planner) placeByLine(uses []*use) {
	asking := p.applicable(uses)
	for i := range p.rest.lines {
		keepOne(asking, func(u *use) *int64 { return &u.cut.parts[i] })
	}
	keepOne(asking, func(u *use) *int64 { return &u.cut.shipping })
	for _, u := range asking {
		if u.cut.total() == 0 && (takesGoods(u.Offer) || u.Offer.Reward.Type == boon.RewardFreeShipping) {
			u.refuse(fmt.Sprintf("group %q gives each line one of its offers, and every line of offer %s has another", u.group.ID, u.Offer.ID))
			continue
		}
		p.place(u)
	}
}

// keepOne leaves one of several parts on a line: by the group's mode, of equal ones the first.
func keepOne(uses []*use, part func(*use) *int64) {
	var won *use
	for _, u := range uses {
		if n := *part(u); n > 0 && (won == nil || beats(u.group.Mode, n, *part(won))) {
			won = u
		}
	}
	for _, u := range uses {
		if u != won {
			*part(u) = 0
		}
	}
}

func beats(mode boon.StackMode, n, other int64) bool {
	return mode == boon.StackHighest && n > other || mode == boon.StackLowest && n < other
}

package scenario

import (
	"fmt"

	"boon"
	"boon/experiment"
	"boon/publish"
)

// maxShoppers bounds the search; a holdout of a thousandth and ten arms are found far below it.
const maxShoppers = 1_000_000

// find looks for a user whom the bundle's own draws put where the scenario wants its shopper: nothing is forced.
func (st *stage) find(wanted publish.Shopper) error {
	for n := range maxShoppers {
		user := fmt.Sprintf("shopper-%d", n+1)
		if st.fits(st.engine.ProfileOf(user), wanted) {
			st.user = user
			return nil
		}
	}
	return boon.Invalid("shopper", "among %d shoppers none is in this holdout and these arms: a share of 0 takes nobody, one of 1 everybody", maxShoppers)
}

func (st *stage) fits(unit string, wanted publish.Shopper) bool {
	for _, h := range st.bundle.Holdouts {
		if experiment.InHoldout(h, unit) != (wanted.Holdout == h.ID) {
			return false
		}
	}
	for _, c := range st.bundle.Campaigns {
		if c.Holdout > 0 && experiment.InCampaignHoldout(c, unit) != (wanted.Holdout == c.ID) {
			return false
		}
	}
	for _, e := range st.bundle.Experiments {
		if arm, ok := experiment.Assign(e, unit); ok && arm.ID != armOf(e, wanted) {
			return false
		}
	}
	return true
}

// armOf is the arm that the scenario names, else the first that is given everything, else the first that is given something.
func armOf(e boon.Experiment, wanted publish.Shopper) string {
	if arm := wanted.Arms[e.ID]; arm != "" {
		return arm
	}
	given := "control"
	for _, arm := range e.Arms {
		switch {
		case arm.ID == "control":
		case len(arm.Values)+len(arm.Offers) == 0:
			return arm.ID
		case given == "control":
			given = arm.ID
		}
	}
	return given
}

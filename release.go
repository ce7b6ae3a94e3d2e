package boon

// Places in a Release by id; the lists are short or looked up once, at compile time.

// Budget finds a budget.
func (b *Bundle) Budget(id string) (Budget, bool) {
	return find(b.Budgets, func(x Budget) bool { return x.ID == id })
}

// Campaign finds a campaign.
func (b *Bundle) Campaign(id string) (Campaign, bool) {
	return find(b.Campaigns, func(x Campaign) bool { return x.ID == id })
}

// Placement finds a placement.
func (b *Bundle) Placement(id string) (Placement, bool) {
	return find(b.Placements, func(x Placement) bool { return x.ID == id })
}

// Offer finds an offer.
func (b *Bundle) Offer(id string) (Offer, bool) {
	return find(b.Offers, func(x Offer) bool { return x.ID == id })
}

// Holdout finds a holdout.
func (b *Bundle) Holdout(id string) (Holdout, bool) {
	return find(b.Holdouts, func(x Holdout) bool { return x.ID == id })
}

func find[T any](list []T, match func(T) bool) (T, bool) {
	for _, x := range list {
		if match(x) {
			return x, true
		}
	}
	var zero T
	return zero, false
}

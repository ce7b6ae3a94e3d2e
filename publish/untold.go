package publish

import (
	"fmt"
	"slices"
	"strings"

	"boon"
	"boon/trigger"
)

// toldLater is what a decision at the end of a wait knows of a cart: what the last one came to. Nobody keeps its lines.
var toldLater = []string{"cart.total", "cart.percentile", "cart.currency"}

// Untold says which offers only the end of a wait brings up, and yet ask for what is in a cart, which nobody knows then. reads holds what each
// condition reads.
func Untold(b boon.Bundle, reads map[string][]string) (all []string) {
	for _, o := range b.Offers {
		untold := slices.DeleteFunc(slices.Clone(reads[o.Eligibility]), func(field string) bool {
			return !strings.HasPrefix(field, "cart.") || slices.Contains(toldLater, field)
		})
		if len(untold) > 0 && waited(b, o) {
			all = append(all, fmt.Sprintf("Offer/%s.eligibility: it reads %s, which is empty whenever the offer comes up: when the wait of %s is over, a cart is what the last one came to, without lines; profile.cart_lines and profile.cart_total know of it",
				o.ID, strings.Join(untold, ", "), strings.Join(o.Triggers, ", ")))
		}
	}
	return all
}

// waited reports whether an offer comes up at the end of waits alone: by triggers of an absence, and by no code that anybody can enter.
func waited(b boon.Bundle, o boon.Offer) bool {
	if len(o.Triggers) == 0 || o.Codes.Mode == "public" || o.Codes.Mode == "pool" {
		return false
	}
	for _, t := range b.Triggers {
		if slices.Contains(o.Triggers, t.ID) && trigger.Expand(t).When.Absent == nil {
			return false
		}
	}
	return true
}

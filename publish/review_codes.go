package publish

import (
	"maps"
	"slices"

	"boon"
	"boon/offer"
)

// codes checks that a code leads to one offer. Shoppers do not mind capitals, so neither do codes.
func (v *reviewer) codes() {
	owner := map[string]string{}
	for _, o := range v.b.Offers {
		at, all := "Offer/"+o.ID+".codes", o.Codes.Pool
		if !idPattern.MatchString(o.ID) { // what else is wrong with it was told
			continue
		}
		if o.Codes.Code != "" {
			all = []string{o.Codes.Code}
		}
		for _, c := range all {
			if first, taken := owner[offer.Normalise(c)]; taken {
				v.problem(at, "the code %q is the offer %q's already", c, first)
				break
			}
		}
		for _, c := range all {
			owner[offer.Normalise(c)] = o.ID
		}
	}
	v.generated(owner)
}

// generated checks that no two sources can make the same code, and that guessing does not pay.
func (v *reviewer) generated(listed map[string]string) {
	type source struct {
		shape offer.Shape
		name  string
	}
	known := []source{{offer.OwnShape, "a grant's own code"}}
	for _, o := range v.b.Offers {
		g := o.Codes.Generate
		if !idPattern.MatchString(o.ID) || g.Count == 0 || g.Length < offer.MinPoolLength {
			continue
		}
		at, shape := "Offer/"+o.ID+".codes", offer.ShapeOf(g)
		v.density(at, g)
		for _, s := range known {
			if shape.Meets(s.shape) {
				v.problem(at, "its codes could equal %s; give it another prefix or length", s.name)
			}
		}
		for _, code := range slices.Sorted(maps.Keys(listed)) {
			if shape.Spelt(code) {
				v.problem(at, "the code %q of the offer %q looks like one of its codes; give it another prefix or length", code, listed[code])
				break
			}
		}
		known = append(known, source{shape, "a code of the offer \"" + o.ID + "\""})
	}
}

// density refuses a pool so full that guesses hit.
func (v *reviewer) density(at string, g boon.Generate) {
	if g.Count <= offer.MostCodes(int(g.Length)) {
		return
	}
	need := int(g.Length)
	for need < offer.MaxPoolLength && g.Count > offer.MostCodes(need) {
		need++
	}
	v.problem(at+".generate", "%d codes of length %d are too easy to guess: at most one in %d may be a code of the pool; length %d does", g.Count, g.Length, offer.GuessShare, need)
}

package publish

import (
	"fmt"

	"boon"
)

// interpretedNamed is how many interpreted conditions are warned of.
const interpretedNamed = 5

// Interpreted says which of a bundle's conditions are not compiled, so that CEL's interpreter runs them, each with its path first. conditions holds
// these, each with the part that is why.
func Interpreted(b boon.Bundle, conditions map[string]string) (all []string) {
	more := 0
	for _, w := range expressions(b) {
		why, ok := conditions[w.expr]
		switch {
		case !ok:
		case len(all) == interpretedNamed:
			more++
		default:
			all = append(all, fmt.Sprintf("%s: CEL's interpreter runs what has no compiled form; it says the same, and takes longer: %s", w.path, why))
		}
	}
	if more > 0 {
		all = append(all, fmt.Sprintf("CEL's interpreter runs %d more of the conditions", more))
	}
	return all
}

package publish

import (
	"fmt"
	"strings"

	"boon"
)

// interpretedNamed is how many interpreted conditions a warning names.
const interpretedNamed = 5

// Interpreted says which of a bundle's conditions are not compiled, so that CEL's interpreter runs them. conditions holds these, each with the part that
// is why.
func Interpreted(b boon.Bundle, conditions map[string]string) []string {
	var named []string
	for _, w := range expressions(b) {
		if why, ok := conditions[w.expr]; ok {
			named = append(named, fmt.Sprintf("%s (%s)", w.path, why))
		}
	}
	if len(named) == 0 {
		return nil
	}
	more := ""
	if n := len(named) - interpretedNamed; n > 0 {
		named, more = named[:interpretedNamed], fmt.Sprintf(" and %d more", n)
	}
	return []string{"CEL's interpreter runs what has no compiled form; it says the same, and takes longer: " + strings.Join(named, ", ") + more}
}

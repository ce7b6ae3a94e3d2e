package publish

import (
	"fmt"
	"strings"
)

// suggestion is `; did you mean "x"?` for the nearest known word, or "" when none is near.
func suggestion(word string, known []string) string {
	best, least := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is Levenshtein's edit distance over bytes (V. Levenshtein, 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// Suggestion is `; did you mean "x"?` for the known name that a word means: in other letters, else the nearest; "" when none is near.
func Suggestion(word string, known []string) string {
	for _, k := range known {
		if strings.EqualFold(k, word) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
	}
	return suggestion(word, known)
}

package boon_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"boon"
)

// A reason that Reasons forgets is one that no scenario may expect.
func TestReasonsListsEveryWord(t *testing.T) {
	source, err := os.ReadFile("reason.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared []boon.Reason
	for _, m := range regexp.MustCompile(`(?m)^\tReason[A-Z]\w+ +Reason = "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		declared = append(declared, boon.Reason(m[1]))
	}
	if len(declared) < 60 || !slices.Equal(declared, boon.Reasons()) {
		t.Errorf("Reasons lists %d words, declared are %d:\n%q\n%q", len(boon.Reasons()), len(declared), boon.Reasons(), declared)
	}
}

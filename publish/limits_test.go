package publish

import (
	"os"
	"testing"
)

// One bundle with every limit and way back is read, written and read again as it was; it warns of arms that share a budget only when they do.
func TestLimitsSurviveExport(t *testing.T) {
	src, err := Load(os.DirFS("testdata"), "limits.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sameAgain(t, src.Bundle)
	if w := Warnings(src.Bundle); len(w) != 0 {
		t.Errorf("a split budget is warned of: %v", w)
	}
	src.Bundle.Experiments[0].Split = false
	if w := Warnings(src.Bundle); len(w) != 1 {
		t.Errorf("arms on one budget: warnings %v, want one", w)
	}
}

package publish

import (
	"os"
	"testing"
)

func loadExample(t testing.TB, name string) Source {
	t.Helper()
	src, err := Load(os.DirFS("../examples/"+name), ".")
	if err != nil {
		t.Fatalf("examples/%s:\n%v", name, err)
	}
	return src
}

func TestExamplesLoad(t *testing.T) {
	for _, name := range []string{"grocer", "boutique"} {
		src := loadExample(t, name)
		t.Log(name, len(src.Bundle.Offers))
	}
}

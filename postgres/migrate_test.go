package postgres

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// The n-th file is version n: a gap would make the name of a file and the version it leads to two numbers.
func TestMigrationsAreNumberedByVersion(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for i, file := range files {
		if want := fmt.Sprintf("migrations/%04d_", i+1); !strings.HasPrefix(file, want) {
			t.Errorf("%s brings a database to version %d; its name should begin with %s", file, i+1, want)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The Boston mortgages from the command line: published are a ratio of .789967 and a difference of .190585.
func TestReportOfMortgages(t *testing.T) {
	dir := os.Getenv("BOON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	file := filepath.Join(dir, "hmda", "hmda.csv.gz")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the mortgages are absent; set BOON_SHARED_DATA to the folder that has hmda/: %v", err)
	}
	var out, told bytes.Buffer
	args := []string{"report", "fairness", "--file", file, "--group", "afam", "--outcome", "deny", "--favourable", "no", "--json"}
	if status := run(t.Context(), args, &console{out: &out, err: &told}); status != 0 {
		t.Fatalf("exit status %d: %s", status, told.String())
	}
	var got audited
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Rows != 2380 || got.Verdict != "unequal" || math.Abs(got.Worst.Ratio-.789967) > 1e-6 || math.Abs(got.Worst.Difference-.190585) > 1e-6 {
		t.Errorf("the report says %s", out.String())
	}
}

package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"boon"
	"boon/ledger/journal"
)

// Somebody else's program accepts the journal of a replay, and comes to the same balances. With BOON_WHOLE_REPLAY=1 (make hledger) it is the whole
// Complete Journey year.
func TestHledgerAgrees(t *testing.T) {
	for name, args := range replays(t) {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "data")
			must(t, append(args, "--data", folder, "--auto-redeem", "--seed", "1", "--json")...)
			ours := ourBalances(t, folder)
			if len(ours) < 8 {
				t.Fatalf("the replay moved money on %d accounts only", len(ours))
			}
			t.Run("hledger", func(t *testing.T) {
				file := exported(t, folder, "hledger")
				program(t, "hledger", "-f", file, "check")
				program(t, "hledger", "-f", file, "check", "--strict")
				theirs := hledgerBalances(t, file)
				compare(t, ours, theirs)
			})
			t.Run("beancount", func(t *testing.T) { program(t, "bean-check", exported(t, folder, "beancount")) })
		})
	}
}

// replays are command lines of boon replay.
func replays(t *testing.T) map[string][]string {
	examples := map[string][]string{"small": {"replay", "testdata/events.jsonl", "--bundle", "../../examples/grocer"}}
	if os.Getenv("BOON_WHOLE_REPLAY") != "" {
		root := os.Getenv("BOON_SHARED_DATA")
		if root == "" {
			root = "../../../shared/data"
		}
		root = filepath.Join(root, "complete-journey")
		if _, err := os.Stat(root); err != nil {
			t.Fatalf("BOON_WHOLE_REPLAY wants the Complete Journey files below BOON_SHARED_DATA: %v", err)
		}
		examples["complete-journey"] = []string{"replay", filepath.Join(root, "events.jsonl.gz"), "--bundle", "../../examples/grocer",
			"--products", filepath.Join(root, "products.csv.gz")}
	}
	return examples
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := inProcess(t, args...)
	if status != 0 {
		t.Fatalf("boon %s: exit status %d: %s", strings.Join(args, " "), status, errs)
	}
	return out
}

func exported(t *testing.T, folder, format string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "boon."+format)
	must(t, "ledger", "export", "--format", format, "--data", folder, "--output", file)
	return file
}

// program runs somebody else's program, or skips where it is not installed.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: apt-get install hledger beancount", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%.2000s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// ourBalances are those that do not stand at zero, as "1.00 USD" by hledger's name of the account.
func ourBalances(t *testing.T, folder string) map[string][]string {
	t.Helper()
	var answer struct {
		Balances []struct {
			Budget  string
			Account boon.AccountKind
			Balance boon.Money
		}
	}
	if err := json.Unmarshal([]byte(must(t, "ledger", "balances", "--data", folder, "--json")), &answer); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, b := range answer.Balances {
		name := journal.HledgerAccount(boon.Account{Budget: b.Budget, Currency: b.Balance.Currency, Kind: b.Account})
		all[name] = append(all[name], b.Balance.String())
	}
	return all
}

func hledgerBalances(t *testing.T, file string) map[string][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(program(t, "hledger", "-f", file, "balance", "--flat", "-N", "-O", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, row := range rows[1:] {
		all[row[0]] = strings.Split(row[1], ", ")
	}
	return all
}

func compare(t *testing.T, ours, theirs map[string][]string) {
	t.Helper()
	for name, balance := range ours {
		if slices.Sort(theirs[name]); !slices.Equal(balance, theirs[name]) {
			t.Errorf("%s stands at %v, by hledger at %v", name, balance, theirs[name])
		}
	}
	for name := range theirs {
		if ours[name] == nil {
			t.Errorf("hledger knows %s, Boon does not", name)
		}
	}
	t.Logf("%d accounts agree to the cent", len(ours))
}

package sqlite_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
	"boon/sqlite"
)

// The child process of TestKilledProcess runs this same test binary.
const childDir = "BOON_CRASH_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		redeemForever(dir)
	}
	os.Exit(m.Run())
}

// redeemForever redeems from eight sides and prints the number of each customer whose redemption was acknowledged.
func redeemForever(dir string) {
	db, err := sqlite.Open(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	teller := &redeem.Teller{Book: db, Desk: conformance.NewDesk()}
	printed := make(chan int)
	for side := range 8 {
		go func() {
			for n := side; ; n += 8 {
				if _, err := teller.Redeem(background, redeem.OnceFor(strconv.Itoa(n)), customer(n), conformance.Monday); err == nil {
					printed <- n
				}
			}
		}()
	}
	for n := range printed {
		fmt.Println(n)
	}
}

func customer(n int) redeem.Request {
	return redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{conformance.Shopper(n)}, Cart: conformance.Basket("o"+strconv.Itoa(n), 300)}
}

// TestKilledProcess kills -9 a process in the middle of its work and opens what it left: every acknowledged redemption is there, once, and the
// books are sound.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := readUntil(t, out, 150)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	acknowledged = append(acknowledged, readUntil(t, out, 1<<30)...)
	_ = child.Wait() // it was killed
	db := open(t, dir)
	conformance.MustVerify(t, db)
	for _, n := range acknowledged {
		err := db.View(t.Context(), func(tx redeem.Tx) error {
			found, err := tx.OfOrder("o" + strconv.Itoa(n))
			if len(found) != 1 {
				t.Errorf("order o%d has %d redemptions, want the acknowledged one", n, len(found))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) < 150 {
		t.Errorf("the child acknowledged %d redemptions before it was killed, want at least 150", len(acknowledged))
	}
}

func readUntil(t *testing.T, out interface{ Read([]byte) (int, error) }, count int) (numbers []int) {
	lines := bufio.NewScanner(onlyReader{out})
	for len(numbers) < count && lines.Scan() {
		n, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
		if err != nil {
			return numbers // the last line may be cut by the kill
		}
		numbers = append(numbers, n)
	}
	return numbers
}

type onlyReader struct {
	r interface{ Read([]byte) (int, error) }
}

func (r onlyReader) Read(p []byte) (int, error) { return r.r.Read(p[:1]) } // leaves what follows a line to the next scanner

func TestOneProcessHoldsTheFolder(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := sqlite.Open(dir)
	if !errors.Is(err, sqlite.ErrLocked) || !strings.Contains(err.Error(), "--url") {
		t.Errorf("second open: %v, want ErrLocked and the way out", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if err := first.Update(t.Context(), func(redeem.Tx) error { return nil }); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("update after close: %v, want ErrClosed", err)
	}
}

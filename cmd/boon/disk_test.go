package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"boon/bench"
)

// tinyDisk mounts a file system of its own, of so many megabytes; Pebble reserves 64 for its log ahead.
func tinyDisk(t *testing.T, megabytes int) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("a file system of its own takes Linux and root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %s", bytes.TrimSpace(out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

// fill takes what room there is.
func fill(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, "filler")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	return file
}

func shopFile(t *testing.T) string {
	t.Helper()
	bundle, err := writeFile(t.TempDir(), "shop.yaml", func(w io.Writer) error { return bench.Shop{Codes: 1}.Write(w) })
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// While the disk is full, a redemption is refused as unavailable, and nothing of it stands; when there is room again the same server takes it.
func TestFullDiskRefusesAndGoesOn(t *testing.T) {
	disk := tinyDisk(t, 120)
	s := startServer(t, filepath.Join(disk, "data"), shopFile(t))
	redeem := func(n int) reply {
		r, err := s.try("POST", "/v1/redemptions", redeemCode("CODE0", fmt.Sprint("u", n), fmt.Sprint("o", n)), "Idempotency-Key", fmt.Sprint("k", n))
		if err != nil {
			t.Fatalf("%v\n%s", err, s.said.Bytes())
		}
		return r
	}
	n, taken, refused := 0, 0, 0
	for ; n < 20; n++ {
		if r := redeem(n); r.status != 201 {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		taken++
	}
	filler := fill(t, disk)
	for ; refused < 20 && n < 5000; n++ {
		switch r := redeem(n); r.status {
		case 201:
			taken++
		case 503:
			refused++
			if at(r.body(), "type") != "/problems/unavailable" || !strings.Contains(fmt.Sprint(at(r.body(), "detail")), "disk") {
				t.Fatalf("refused by %s", r.raw)
			}
		default:
			t.Fatalf("redemption %d on a full disk: %d %s", n, r.status, r.raw)
		}
	}
	if refused < 20 {
		t.Fatalf("the disk was never full: %d redemptions taken", taken)
	}
	<-time.After(1200 * time.Millisecond) // longer than the sweep's second: a loop that gave up would have ended the process
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if got, want := s.balance("code-0", "promo_expense"), fmt.Sprintf("%d.00", 5*taken); got != want {
		t.Errorf("%s is spent after %d redemptions, want %s: a refused one left something", got, taken, want)
	}
	for i := range n {
		if r := redeem(i); r.status != 201 {
			t.Fatalf("redemption %d with room again: %d %s\n%s", i, r.status, r.raw, s.said.Bytes())
		}
	}
	s.ledgerHolds()
	if got, want := s.balance("code-0", "promo_expense"), fmt.Sprintf("%d.00", 5*n); got != want {
		t.Errorf("%s is spent in the end, want %s", got, want)
	}
	t.Logf("%d redemptions taken before the disk was full", taken)
}

// When the event log cannot be written, the server ends with a sentence rather than hang or acknowledge what it may lose; started again with room, it has
// every event that it acknowledged.
func TestFullDiskEndsTheLogCleanly(t *testing.T) {
	disk := tinyDisk(t, 120)
	data, bundle := filepath.Join(disk, "data"), shopFile(t)
	s := startServer(t, data, bundle)
	s.call(200, "POST", "/v1/track", `{"messageId":"first","userId":"steady","event":"Product Viewed"}`) // makes the shopper's key: later events touch the log alone
	filler := fill(t, disk)
	kept := &promises{events: map[string]string{}}
	blob := strings.Repeat("x", 20<<10)
	var last reply
	for n := range 20_000 {
		id := fmt.Sprint("m", n)
		r, err := s.try("POST", "/v1/track", fmt.Sprintf(`{"messageId":%q,"userId":"steady","event":"Product Viewed","properties":{"sku":"B-1001","note":%q}}`, id, blob))
		if err != nil {
			break
		}
		if last = r; r.status != 200 {
			break
		}
		kept.events[id] = "steady"
	}
	if last.status != 200 && last.status != 503 {
		t.Errorf("on a full disk the event was answered %d %s", last.status, last.raw)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.process.Wait() }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(s.said.String(), "no space left") {
			t.Errorf("ended with %v:\n%s", err, s.said.Bytes())
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("the server hangs after %d %s:\n%s", last.status, last.raw, s.said.Bytes())
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events acknowledged before the disk was full", len(kept.events))
	s = startServer(t, data, bundle)
	kept.checkKnown(s, slices.Sorted(maps.Keys(kept.events)))
	s.ledgerHolds()
}

// A file system that cannot be written is said at the start.
func TestReadOnlyDiskIsSaid(t *testing.T) {
	disk := tinyDisk(t, 200)
	data := filepath.Join(disk, "data")
	startServer(t, data, shopFile(t)).end(syscall.SIGTERM)
	if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
		t.Skipf("remount: %s", out)
	}
	status, _, errs := inProcess(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if status != 1 || !strings.Contains(errs, "read-only") {
		t.Errorf("exit status %d: %s", status, errs)
	}
	if out, err := exec.Command("mount", "-o", "remount,rw", disk).CombinedOutput(); err != nil {
		t.Fatalf("remount: %s", out)
	}
	startServer(t, data, shopFile(t)).ledgerHolds()
}

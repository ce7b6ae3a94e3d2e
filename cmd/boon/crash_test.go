package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"boon/bench"

	"github.com/google/go-cmp/cmp"
)

// crashes is how often the binary is killed: BOON_CRASHES, or 5.
func crashes(t *testing.T) int {
	t.Helper()
	if testing.Short() {
		t.Skip("crash tests start and kill processes for some seconds")
	}
	text := os.Getenv("BOON_CRASHES")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("BOON_CRASHES is %q, want a number from 1", text)
	}
	return n
}

// seeded gives the moments of the crashes; a seed from BOON_SEED tells another story.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if text := os.Getenv("BOON_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("BOON_SEED: %v", err)
		}
	}
	t.Logf("BOON_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// story is a replay's input: real orders where the shared data is there, else synthetic ones.
type story struct{ events, products string }

func tell(t *testing.T, lines int) story {
	t.Helper()
	s := story{events: filepath.Join(t.TempDir(), "events.jsonl")}
	if dir := os.Getenv("BOON_SHARED_DATA"); dir != "" {
		s.products = filepath.Join(dir, "complete-journey", "products.csv.gz")
		head(t, filepath.Join(dir, "complete-journey", "events.jsonl.gz"), s.events, lines)
		return s
	}
	dir := t.TempDir()
	var err error
	if s.products, err = writeFile(dir, "products.csv", bench.ProductFile); err != nil {
		t.Fatal(err)
	}
	shoppers := bench.Shoppers{Seed: 11, Count: 40, Browse: 1, Buy: true}
	if s.events, err = writeFile(dir, "events.jsonl", func(w io.Writer) error { return shoppers.Write(w, lines) }); err != nil {
		t.Fatal(err)
	}
	return s
}

// head copies the first lines of a gzipped file.
func head(t *testing.T, from, to string, lines int) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Skipf("BOON_SHARED_DATA: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	in, out := bufio.NewScanner(z), bytes.Buffer{}
	in.Buffer(nil, 4<<20)
	for i := 0; i < lines && in.Scan(); i++ {
		out.Write(in.Bytes())
		out.WriteByte('\n')
	}
	if err := os.WriteFile(to, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replay is the command, not yet started.
func (s story) replay(ctx context.Context, data string) *exec.Cmd {
	return exec.CommandContext(ctx, "boon", "replay", s.events, "--bundle", "../../examples/grocer", "--products", s.products,
		"--data", data, "--auto-redeem", "--seed", "crash", "--json")
}

// whole runs the replay to its end and gives its summary without the rates.
func (s story) whole(t *testing.T, data string) map[string]any {
	t.Helper()
	cmd := s.replay(t.Context(), data)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("replay: %v\n%s", err, errs.Bytes())
	}
	return summary(t, out.Bytes())
}

func summary(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatalf("summary: %v\n%s", err, text)
	}
	if at(s, "ledger.balanced") != true {
		t.Errorf("the ledger does not hold: %s", text)
	}
	delete(s, "rates")
	delete(s, "seconds")
	return s
}

// killed starts the replay and kills it after a while. One that has given its summary before is over, even if it was cut off from its end.
func (s story) killed(t *testing.T, data string, after time.Duration) (got map[string]any, over, cut bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after) // its end kills with SIGKILL
	defer cancel()
	cmd := s.replay(ctx, data)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err == nil || json.Valid(out.Bytes()) {
		return summary(t, out.Bytes()), true, err != nil
	}
	if ctx.Err() == nil {
		t.Fatalf("replay went wrong by itself: %v\n%s", err, errs.Bytes())
	}
	return nil, false, true
}

// A replay that is killed at any moment, and started again until it ends, comes to what an undisturbed one comes to.
func TestCrashOfReplayChangesNothing(t *testing.T) {
	n, dice := crashes(t), seeded(t)
	s := tell(t, 5000)
	start := time.Now()
	want := s.whole(t, t.TempDir())
	took := time.Since(start)
	if at(want, "decisions.total").(float64) < 100 || at(want, "grants.redeemed").(float64) < 10 {
		t.Fatalf("the story is too quiet to show anything: %v", want)
	}
	for left := n; left > 0; {
		data, ended, cut := t.TempDir(), false, false
		var got map[string]any
		var moments []time.Duration
		for !ended && left > 0 {
			after := took/20 + time.Duration(dice.Int64N(int64(took)))
			moments = append(moments, after)
			if got, ended, cut = s.killed(t, data, after); !ended {
				left--
				look(t, data)
			}
		}
		if !ended {
			got, cut = s.whole(t, data), false
		}
		t.Logf("killed after %v", moments)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("killed after %v, the run ended otherwise (-undisturbed +killed):\n%s", moments, diff)
		}
		if !cut { // else it may speak once more
			s.again(t, data, want)
		}
	}
}

// look opens the folder between a crash and the next start: looking must not apply what the replay left on the log.
func look(t *testing.T, data string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(data, "instance.key")); err != nil {
		return // killed before there was an engine
	}
	if out, err := exec.Command("boon", "ledger", "verify", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("after a crash: %v\n%s", err, out)
	}
}

// again runs the whole once more: all of it is duplicate and nothing else changes.
func (s story) again(t *testing.T, data string, before map[string]any) {
	t.Helper()
	got := s.whole(t, data)
	events, accepted := at(got, "events").(map[string]any), at(before, "events.accepted")
	if events["accepted"] != float64(0) || events["duplicate"] != accepted.(float64)+at(before, "events.duplicate").(float64) {
		t.Errorf("a second run took events in: %v", events)
	}
	delete(got, "events")
	rest := map[string]any{}
	for name, v := range before {
		if name != "events" {
			rest[name] = v
		}
	}
	if diff := cmp.Diff(rest, got); diff != "" {
		t.Errorf("a second run changed something (-before +after):\n%s", diff)
	}
}

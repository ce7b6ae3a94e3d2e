package engine_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"boon/engine"
)

// multiplied writes a file of events many times over, each round with people, message ids and a time of its own.
func multiplied(t testing.TB, path string, rounds int) (file string, lines int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var events []map[string]any
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var e map[string]any
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "multiplied.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	enc := json.NewEncoder(out)
	for k := range rounds {
		for i, e := range events {
			copied := map[string]any{}
			for name, v := range e {
				copied[name] = v
			}
			copied["messageId"] = fmt.Sprintf("m-%d-%d", k, i)
			copied["userId"] = fmt.Sprintf("%v-%d", e["userId"], k%40)
			copied["anonymousId"] = fmt.Sprintf("%v-%d", e["anonymousId"], k%40)
			copied["timestamp"] = fmt.Sprintf("2019-10-%02dT%02d:%02d:%02dZ", 1+k/24, k%24, i/60%60, i%60)
			if err := enc.Encode(copied); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out.Name(), rounds * len(events)
}

// BenchmarkReplayBehaviour is the whole pipeline on browsing: 100 rounds of a real shop's first thousand events.
func BenchmarkReplayBehaviour(b *testing.B) {
	events, lines := multiplied(b, sharedData(b, "clickstream/rees46.jsonl.gz"), 100)
	bundle, err := engine.LoadBundle([]string{"../examples/grocer"})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		e, err := engine.Open(ctx, engine.Config{Data: b.TempDir(), Seed: "bench", Virtual: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.Apply(ctx, bundle, "bench"); err != nil {
			b.Fatal(err)
		}
		if _, err := e.Replay(ctx, engine.ReplayOptions{Files: []string{events}}); err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*lines)/b.Elapsed().Seconds(), "events/s")
}

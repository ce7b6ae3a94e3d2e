package engine_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"testing"

	"boon/engine"
)

// sharedData is where real data lies for those who have it.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("BOON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here: set BOON_SHARED_DATA", name)
	}
	return path
}

// head writes the first lines of a gzipped file.
func head(t testing.TB, path string, lines int) string {
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
	out, err := os.Create(filepath.Join(t.TempDir(), "head.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	for i := 0; i < lines && in.Scan(); i++ {
		if _, err := out.Write(append(in.Bytes(), '\n')); err != nil {
			t.Fatal(err)
		}
	}
	return out.Name()
}

// BenchmarkReplay is the whole pipeline, durable: 20,000 lines of the Complete Journey, of which half decide or redeem.
func BenchmarkReplay(b *testing.B) {
	const lines = 20_000
	events := head(b, sharedData(b, "complete-journey/events.jsonl.gz"), lines)
	products := sharedData(b, "complete-journey/products.csv.gz")
	bundle, err := engine.LoadBundle([]string{"../examples/grocer"})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		e, err := engine.Open(ctx, engine.Config{Data: b.TempDir(), Seed: "bench", Virtual: true, AutoRedeem: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.Apply(ctx, bundle, "bench"); err != nil {
			b.Fatal(err)
		}
		if _, err := e.LoadProducts(ctx, products); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := e.Replay(ctx, engine.ReplayOptions{Files: []string{events}}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "events/s")
}

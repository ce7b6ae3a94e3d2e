package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestCollectorPercent(t *testing.T) {
	for _, c := range []struct {
		room, live uint64
		want       int
	}{
		{room: 1000, live: 100, want: 900},        // grows to the room
		{room: 1000, live: 500, want: collectAt},  // lives too much for that
		{room: 1000, live: 2000, want: collectAt}, // lives more than the room
		{room: 1000, live: 0, want: collectAt},
	} {
		if got := (collector{c.room}).percent(c.live); got != c.want {
			t.Errorf("room %d, live %d: %d per cent, want %d", c.room, c.live, got, c.want)
		}
	}
}

// After each collection the percentage follows what lives, not only after the first.
func TestCollectorFollows(t *testing.T) {
	before := debug.SetGCPercent(100)
	collector{room: 64 << 20}.follow()
	t.Cleanup(func() { debug.SetGCPercent(before) })
	for range 2 {
		debug.SetGCPercent(123)
		deadline := time.Now().Add(10 * time.Second)
		for runtime.GC(); ; time.Sleep(time.Millisecond) {
			if now := debug.SetGCPercent(123); now != 123 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("a collection passed and the percentage stayed")
			}
		}
	}
}

package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A collection of the heap takes every idle core for a moment, so it comes seldom: when the heap has grown by collectAt per cent of what lives, or to a share
// of the machine's memory, whichever is more. And no later: memory that is new to a process is a fault a page, and some systems stop a process, for longer
// the more it has, to see which pages it uses. A quarter of the memory took more time than it saved (BENCHMARKS.md).
const (
	collectAt = 150
	heapShare = 32
)

// collector sets how far the heap may grow, anew after each collection.
type collector struct{ room uint64 } // bytes; 0: not known

// cycle is garbage from the start: that it is cleaned up tells that a collection is over. It is not so small as to share its place with others.
type cycle struct{ _ [4]uint64 }

func (c collector) follow() {
	if c.room == 0 {
		return
	}
	runtime.AddCleanup(new(cycle), func(c collector) {
		debug.SetGCPercent(c.percent(liveHeap()))
		c.follow()
	}, c)
}

// percent is what lets a heap of which so many bytes live grow to the room.
func (c collector) percent(live uint64) int {
	if live == 0 || c.room/live >= math.MaxInt32/100 {
		return collectAt
	}
	return max(collectAt, int(c.room*100/live)-100)
}

// liveHeap is what the last collection found alive, bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

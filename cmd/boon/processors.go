package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// serveWide prepares the process for a server's work. Twice as many threads run Go code as there are processors: they wait for the disk, and the runtime
// takes some time to notice that one of them does; with a spare, calls that need no disk go on meanwhile. GOMAXPROCS and GOGC in the environment have
// the last word.
func serveWide() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.NumCPU())
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
		collector{room: memory() / heapShare}.follow()
	}
}

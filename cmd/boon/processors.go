package main

import (
	"os"
	"runtime"
)

// serveWide lets twice as many threads run Go code as there are processors. A server's threads wait for the disk, and the runtime takes some time to
// notice that one of them does; with a spare, calls that need no disk go on meanwhile. GOMAXPROCS in the environment has the last word.
func serveWide() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.NumCPU())
	}
}

package pebblestore

import (
	"runtime"
	"syscall"
)

// niceness of flushes and merges: about a third of the share of a thread that serves.
const niceness = 5

// giveWay lets the calling goroutine, which flushes or merges, have the processor after those who answer. Pebble begins each on a goroutine of its own,
// and the thread stays bound to it: it ends with it, and nobody else gets a slow one.
func giveWay() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness) // where it is refused, nothing gives way
}

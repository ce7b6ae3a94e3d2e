package pebblestore

import (
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// The thread of a flush or merge has less of the processor than others, and ends with it: whoever comes after has all of it.
func TestFlushesAndMergesGiveWay(t *testing.T) {
	listener := newFailure(nil).listener()
	for name, begin := range map[string]func(){
		"flush": func() { listener.FlushBegin(pebble.FlushInfo{}) },
		"merge": func() { listener.CompactionBegin(pebble.CompactionInfo{}) },
	} {
		if got := onOwnThread(begin); got != niceness {
			t.Errorf("a %s has niceness %d, want %d", name, got, niceness)
		}
	}
	if got := onOwnThread(func() {}); got != 0 {
		t.Errorf("another goroutine has niceness %d", got)
	}
}

// onOwnThread is the niceness of a goroutine's thread after begin.
func onOwnThread(begin func()) int {
	told := make(chan int)
	go func() {
		begin()
		left, _ := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid()) // of oneself it cannot fail
		told <- 20 - left                                                      // as the kernel tells it
	}()
	return <-told
}

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// memory is how many bytes this process may use: the machine's, or those of its control group. 0: not known.
func memory() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	all := uint64(info.Totalram) * uint64(info.Unit)
	limit, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return all
	}
	if own, err := strconv.ParseUint(strings.TrimSpace(string(limit)), 10, 64); err == nil { // else it says "max"
		return min(all, own)
	}
	return all
}

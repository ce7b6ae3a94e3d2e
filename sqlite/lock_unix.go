//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// tryLock takes an advisory lock that the kernel drops with the process, however it ends.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if err == syscall.EWOULDBLOCK {
			return nil, errHeld
		}
		return nil, err
	}
	return f, nil
}

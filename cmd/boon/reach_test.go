package main

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

func TestAFolderThatCannotBeWrittenSaysWhatToDo(t *testing.T) {
	for _, cause := range []syscall.Errno{syscall.EACCES, syscall.EPERM, syscall.EROFS} {
		err := fmt.Errorf("open event log: %w", &fs.PathError{Op: "mkdir", Path: "/srv/boon/log", Err: cause})
		if step := nextStep(err); !strings.Contains(step, "let the account that runs boon read and write there") {
			t.Errorf("%s: next step %q", err, step)
		}
	}
	if step := nextStep(fs.ErrNotExist); step != "" {
		t.Errorf("a file that is absent: %q", step)
	}
}

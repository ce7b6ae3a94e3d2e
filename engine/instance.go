package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// instance is what a data folder says of the process that works in it when the ledger is shared: a name for its marks, and whose key its log was
// written under.
type instance struct {
	name        string
	fingerprint string // of the instance key; "": the folder was never used
}

// instanceFile tells that a folder's ledger is a shared one; such a folder has no key of its own.
const instanceFile = "instance.name"

// readInstance reads the name of a folder, or draws one that [instance.keep] will write.
func readInstance(dir string) (i instance, err error) {
	path := filepath.Join(dir, instanceFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return instance{name: strings.ToLower(rand.Text())}, nil
	}
	if err != nil {
		return i, fmt.Errorf("read instance name: %w", err)
	}
	name, fingerprint, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !ok || name == "" {
		return i, fmt.Errorf("read instance name: %s does not hold a name and a fingerprint", path)
	}
	return instance{name, fingerprint}, nil
}

// keep writes the name at once or not at all.
func (i instance) keep(dir string) error {
	path := filepath.Join(dir, instanceFile)
	if err := os.WriteFile(path+".new", []byte(i.name+" "+i.fingerprint+"\n"), 0o600); err != nil {
		return fmt.Errorf("write instance name: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write instance name: %w", err)
	}
	return nil
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// oneLedger refuses to take a folder from one ledger to another: its log refers to the grants, data keys and releases of the first.
func oneLedger(c Config) error {
	switch {
	case c.shared() && exists(c.Data, ledgerFile):
		return fmt.Errorf("%s keeps its ledger in a file of its own: leave --ledger out, or give an empty --data", c.Data)
	case !c.shared() && exists(c.Data, instanceFile):
		return fmt.Errorf("%s belongs to a ledger on PostgreSQL: name it with --ledger URL or BOON_LEDGER", c.Data)
	}
	return nil
}

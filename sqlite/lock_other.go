//go:build !unix

package sqlite

import "os"

// tryLock opens the file; the writer's own lock on the database then keeps a second writer out.
func tryLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}

package postgres

import (
	"fmt"
	"time"

	"boon"
)

func instant(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

func ownerKey(i boon.Identifier) []byte { return append([]byte{byte(i.Namespace)}, i.Hash[:]...) }

func ownerOf(key []byte) (i boon.Identifier, err error) {
	if len(key) != 1+len(i.Hash) {
		return i, fmt.Errorf("an identifier of %d bytes is malformed", len(key))
	}
	i.Namespace = boon.Namespace(key[0])
	copy(i.Hash[:], key[1:])
	return i, nil
}

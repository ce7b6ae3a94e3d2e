package pebblestore

import (
	"encoding/binary"
	"time"

	"boon"
	"boon/internal/wire"

	"github.com/zeebo/xxh3"
)

const (
	prefixMessage = 'd'
	prefixUser    = 'k'
	prefixLog     = 'l'
	prefixMeta    = 'm'
)

var keyPartitions = []byte{prefixMeta, 'p', 'a', 'r', 't', 'i', 't', 'i', 'o', 'n', 's'}

func trimmedKey(partition uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte("mtrimmed"), partition)
}

func logKey(buf []byte, partition uint32, position boon.Position) []byte {
	buf = append(buf[:0], prefixLog)
	buf = binary.BigEndian.AppendUint32(buf, partition)
	return binary.BigEndian.AppendUint64(buf, uint64(position))
}

func logPosition(key []byte) boon.Position {
	return boon.Position(binary.BigEndian.Uint64(key[len(key)-8:]))
}

func userKey(buf, key []byte) []byte {
	return append(append(buf[:0], prefixUser), key...)
}

// messageHash stands for a MessageID. Whoever could craft a collision could as well repeat the id itself.
type messageHash [16]byte

func hashMessage(id string) messageHash { return xxh3.HashString128(id).Bytes() }

func messageKey(buf []byte, hash messageHash) []byte {
	return append(append(buf[:0], prefixMessage), hash[:]...)
}

// after is the least key behind all that start with prefix; nil when there is none.
func after(prefix []byte) []byte {
	end := clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

const secondsPerDay = 24 * 60 * 60

func dayOf(t time.Time) int64 {
	day := t.Unix() / secondsPerDay
	if t.Unix()%secondsPerDay < 0 {
		day--
	}
	return day
}

func encodeMessage(buf []byte, day int64, position boon.Position) []byte {
	w := wire.Writer{Buf: buf[:0]}
	w.Int(day)
	w.Uint(uint64(position))
	return w.Buf
}

func decodeMessage(value []byte) (day int64, position boon.Position, err error) {
	r := wire.NewReader(value)
	day, position = r.Int(), boon.Position(r.Uint())
	return day, position, r.Err()
}

const entryVersion = 1

// encodeEntry is: version, owner's namespace and hash, time received, payload to the end. The MessageID is not stored.
func encodeEntry(buf []byte, e *boon.LogEntry) []byte {
	w := wire.Writer{Buf: buf[:0]}
	w.Byte(entryVersion)
	w.Byte(byte(e.Owner.Namespace))
	w.Raw(e.Owner.Hash[:])
	w.Time(e.Received)
	w.Raw(e.Payload)
	return w.Buf
}

// decodeEntry copies value, which the iterator takes back.
func decodeEntry(value []byte) (boon.LogEntry, error) {
	r := wire.NewReader(value)
	if r.Byte() != entryVersion {
		return boon.LogEntry{}, wire.ErrMalformed
	}
	e := boon.LogEntry{Owner: boon.Identifier{Namespace: boon.Namespace(r.Byte())}}
	copy(e.Owner.Hash[:], r.Raw(len(e.Owner.Hash)))
	e.Received = r.Time()
	e.Payload = clone(r.Raw(r.Len()))
	if r.Err() != nil {
		return boon.LogEntry{}, r.Err()
	}
	return e, nil
}

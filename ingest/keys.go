package ingest

import (
	"encoding/binary"
	"time"

	"boon"
)

// Keys of the online state. The first byte says what a value is.
const (
	keyPerson     = 'p' // identifier -> Person
	keyApplied    = 'a' // partition -> position
	keyWhole      = 'w' // partition, part -> Whole
	keySettlement = 's' // partition, position -> Settlement, between the money's commit and the state's
	keyTimer      = 't' // due, identifier, trigger
	keyExposure   = 'x' // decision -> Seen
	keyWatch      = 'v' // day, sku, identifier, looked or bought -> when
	keyCell       = 'f' // day, bound, partition, group, subject -> govern.Count
	keySales      = 'u' // sku -> units that settled orders sold, by day
	keyShared     = 'y' // sku -> the same of each process, as it was shared last
)

func personKey(id boon.Identifier) []byte {
	k := make([]byte, 0, 18)
	k = append(k, keyPerson, byte(id.Namespace))
	return append(k, id.Hash[:]...)
}

func partitionKey(kind byte, partition uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, partition)
}

func settlementKey(partition uint32, at boon.Position) []byte {
	return binary.BigEndian.AppendUint64(partitionKey(keySettlement, partition), uint64(at))
}

func timerKey(due time.Time, id boon.Identifier, trigger string) []byte {
	k := binary.BigEndian.AppendUint64([]byte{keyTimer}, uint64(due.UnixNano()))
	k = append(k, byte(id.Namespace))
	k = append(k, id.Hash[:]...)
	return append(k, trigger...)
}

func parseTimerKey(k []byte) (due time.Time, id boon.Identifier, trigger string, ok bool) {
	if len(k) < 26 {
		return due, id, "", false
	}
	due = time.Unix(0, int64(binary.BigEndian.Uint64(k[1:9]))).UTC()
	id.Namespace = boon.Namespace(k[9])
	copy(id.Hash[:], k[10:26])
	return due, id, string(k[26:]), true
}

func salesKey(sku string) []byte { return append([]byte{keySales}, sku...) }

func exposureKey(decision string) []byte { return append([]byte{keyExposure}, decision...) }

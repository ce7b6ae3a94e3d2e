package boon

import "time"

// Write is one key's change within an atomic batch; a nil Value deletes the key.
type Write struct {
	Key   []byte
	Value []byte
}

// LogEntry is one event as the log keeps it: Payload is sealed under Owner's key. Position is given by the log.
type LogEntry struct {
	Partition uint32
	Position  Position
	MessageID string // de-duplication key; not stored in the clear
	Owner     Identifier
	Received  time.Time
	Payload   []byte
}

// Appended is what the log did with one entry.
type Appended struct {
	Position  Position // of the entry, or of the one it repeats (0 when that is no longer known)
	Duplicate bool
}

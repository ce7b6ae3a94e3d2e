package boon

import "time"

// ReleaseInfo is one line of the list of releases.
type ReleaseInfo struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author,omitempty"`
}

// AuditEntry is one act of an operator. Seq grows with time.
type AuditEntry struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Detail  []byte    `json:"detail,omitempty"`
}

// Page is a part of a long list; After is what the next page is asked with, 0 after the last.
type Page[T any] struct {
	Items []T
	After int64
}

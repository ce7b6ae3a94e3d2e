package boon

import "time"

// Trigger is a named pattern over the event stream.
type Trigger struct {
	ID         string        `json:"id"`
	When       Pattern       `json:"when,omitzero"`
	Cooldown   time.Duration `json:"cooldown,omitempty"`
	Placements []string      `json:"placements,omitempty"` // empty: those of the offers that name this trigger
}

// Pattern is what a trigger waits for. It begins with one Event, with Any of several, or with a Sequence; then a Count within a window, and an absence.
type Pattern struct {
	Event    string        `json:"event,omitempty"`
	Where    string        `json:"where,omitempty"` // CEL
	Any      []Step        `json:"any,omitempty"`
	Sequence []Step        `json:"sequence,omitempty"` // all of them, in this order, within Within
	Count    int64         `json:"count,omitempty"`
	Within   time.Duration `json:"within,omitempty"`
	By       string        `json:"by,omitempty"` // CEL: what is counted, or followed, apart
	Apart    time.Duration `json:"apart,omitempty"`
	Absent   *Absence      `json:"absent,omitempty"`
}

// Step is an event that may have to meet a condition.
type Step struct {
	Event string `json:"event"`
	Where string `json:"where,omitempty"` // CEL
}

// Absence fires when neither Event nor Any of several has followed: For long, or for as many of the shopper's own purchase cycles as Cycles says.
type Absence struct {
	Event  string        `json:"event,omitempty"`
	Where  string        `json:"where,omitempty"` // CEL
	Any    []Step        `json:"any,omitempty"`
	For    time.Duration `json:"for,omitempty"`
	Cycles Micros        `json:"cycles,omitempty"`
}

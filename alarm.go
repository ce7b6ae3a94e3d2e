package boon

import "time"

// Alarm is something that a human has to know of: an overrun, a limit that stopped an offer, codes that exclude each other on one order, codes that are guessed.
type Alarm struct {
	ID      string            `json:"id"`
	At      time.Time         `json:"at"`
	Rule    string            `json:"rule"`    // overrun, stop_loss, code_guessing ...
	Subject string            `json:"subject"` // the budget, offer, campaign or client it is about
	Detail  string            `json:"detail"`  // a plain sentence, with the next step where there is one
	Figures map[string]string `json:"figures,omitempty"`
}

// StoredAlarm is an alarm with its place in the list. Seq grows in the order in which alarms were stored.
type StoredAlarm struct {
	Seq int64 `json:"seq"`
	Alarm
}

package boon

import (
	"fmt"
	"time"
)

// Purpose is what personal data may be used for.
type Purpose uint8

// The purposes. Their numbers are stored: never renumber.
const (
	PurposeAnalytics Purpose = iota + 1
	PurposePersonalization
	PurposeEmail
	PurposeSMS
	PurposePush
	PurposeProbabilisticLinking
	PurposeModelTraining
	PurposeSale      // sale or sharing with third parties: what GPC refuses
	PurposeMarketing // an objection here is absolute, whatever else was granted
)

var purposeNames = [...]string{"", "analytics", "personalization", "email", "sms", "push", "probabilistic_linking", "model_training", "sale", "marketing"}

// Purposes lists every purpose in the order of its number.
func Purposes() []Purpose {
	all := make([]Purpose, 0, len(purposeNames)-1)
	for p := PurposeAnalytics; int(p) < len(purposeNames); p++ {
		all = append(all, p)
	}
	return all
}

func (p Purpose) String() string {
	if int(p) < len(purposeNames) {
		return purposeNames[p]
	}
	return fmt.Sprintf("purpose(%d)", uint8(p))
}

// ParsePurpose reads the name of a purpose.
func ParsePurpose(name string) (Purpose, error) {
	for i, s := range purposeNames {
		if s == name && i > 0 {
			return Purpose(i), nil
		}
	}
	return 0, fmt.Errorf("unknown consent purpose %q", name)
}

// MarshalText writes the purpose's name.
func (p Purpose) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the purpose's name.
func (p *Purpose) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePurpose(string(text))
	return err
}

// Choice is one recorded answer to one purpose.
type Choice struct {
	Purpose Purpose   `json:"purpose"`
	Granted bool      `json:"granted"`
	At      time.Time `json:"at"`
	Source  string    `json:"source"` // "context", "traits", "gpc", "api"
}

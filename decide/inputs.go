package decide

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"boon"
	"boon/feature"
	"boon/internal/pack"
)

// Engine is the version of the arithmetic. A change that would move a byte of a record raises it.
const Engine = 8

// Inputs are everything a decision read. They are kept in the record.
type Inputs struct {
	Request   boon.Request      `json:"request"`
	ProfileID string            `json:"profileId"`
	Members   []boon.Identifier `json:"members"`
	Vouched   []boon.Identifier `json:"vouched,omitempty"` // of Members, those that a server links to who asks; the wallet is theirs
	Personal  bool              `json:"personal"`
	Consent   []Gate            `json:"consent,omitempty"`  // purposes that were asked and denied
	Vector    feature.Vector    `json:"-"`                  // in the record under "vector"
	Products  []boon.Product    `json:"products,omitempty"` // of the cart, of the product looked at, and gifts
	Held      []Held            `json:"held,omitempty"`
	Shown     []boon.Shown      `json:"shown,omitempty"`
	Dismissed []boon.Dismissal  `json:"dismissed,omitempty"`
	Timezone  string            `json:"timezone,omitempty"` // where the person's days turn
	Standing  Standing          `json:"standing"`
	Refused   []Refused         `json:"refused,omitempty"` // by the commit, in the order it happened
	ReleaseID string            `json:"releaseId"`
	RatesID   string            `json:"ratesId"`
	Seed      uint64            `json:"seed"`
}

// Gate is one purpose that consent does not allow now.
type Gate struct {
	Purpose boon.Purpose `json:"purpose"`
	Detail  string       `json:"detail"`
}

// Held is what a decision reads of one grant of the person, whatever its state.
type Held struct {
	ID        string          `json:"id"`
	Offer     string          `json:"offer"`
	Level     boon.Micros     `json:"level,omitempty"`
	State     boon.GrantState `json:"state"`
	Owner     boon.Identifier `json:"owner"`
	Channel   string          `json:"channel,omitempty"` // by which a decision gave it
	Used      bool            `json:"used,omitempty"`    // an order redeemed it at least once
	IssuedAt  time.Time       `json:"issuedAt"`
	ExpiresAt time.Time       `json:"expiresAt"`
}

// Refused is an offer that the commit could not take.
type Refused struct {
	Offer  string      `json:"offer"`
	Reason boon.Reason `json:"reason"`
	Detail string      `json:"detail,omitempty"`
	Limit  string      `json:"limit,omitempty"` // of the contact policy, where one refused
}

// Record is the whole of one decision.
type Record struct {
	Engine     int
	Inputs     Inputs
	Candidates []boon.Candidate
	Decision   boon.Decision
}

// stored is the form of a record but for its vector, as it is read.
type stored struct {
	Engine     int              `json:"engine"`
	Inputs     *Inputs          `json:"inputs"`
	Decision   *boon.Decision   `json:"decision"`
	Candidates []boon.Candidate `json:"candidates"`
}

// Encode is the record's canonical form, one JSON object; equal records give equal bytes.
func (r Record) Encode() ([]byte, error) {
	short, err := r.AppendShort(make([]byte, 0, 4096+128*len(r.Candidates)))
	if err != nil {
		return nil, err
	}
	return pack.AppendText(make([]byte, 0, 4*len(short)), short)
}

// AppendShort writes what Encode gives behind body, as the short text that is stored; after an error body is to be dropped.
func (r Record) AppendShort(body []byte) ([]byte, error) {
	body = append(body, `{"vector":`...)
	body = r.Inputs.Vector.AppendShort(body)
	body = append(body, `,"candidates":`...)
	body, err := appendCandidates(body, r.Candidates)
	if err != nil {
		return nil, fmt.Errorf("encode decision record: %w", err)
	}
	m := members{b: append(body, ',')}
	m.number("engine", int64(r.Engine))
	m.inputs(&r.Inputs)
	m.decision(&r.Decision)
	if m.err != nil {
		return nil, fmt.Errorf("encode decision record: %w", m.err)
	}
	last := len(m.b) - 1
	m.b[last] = '}'
	return m.b, nil
}

// DecodeRecord reads what Encode wrote.
func DecodeRecord(data []byte) (Record, error) {
	var r Record
	var vector struct {
		Vector *feature.Vector `json:"vector"`
	}
	rest := stored{Inputs: &r.Inputs, Decision: &r.Decision}
	if err := json.Unmarshal(data, &rest); err != nil {
		return r, fmt.Errorf("decode decision record: %w", err)
	}
	vector.Vector = &r.Inputs.Vector
	if err := json.Unmarshal(data, &vector); err != nil {
		return r, fmt.Errorf("decode decision record: %w", err)
	}
	if len(r.Inputs.Vector.Ints) == 0 {
		return r, errors.New("decode decision record: it holds no feature vector")
	}
	r.Engine, r.Candidates = rest.Engine, rest.Candidates
	return r, nil
}

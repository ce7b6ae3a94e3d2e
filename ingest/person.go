package ingest

import (
	"fmt"
	"time"

	"boon"
	"boon/consent"
	"boon/feature"
	"boon/govern"
	"boon/identity"
	"boon/internal/wire"
	"boon/model"
	"boon/trigger"
)

// Person is everything that online state keeps under one identifier.
type Person struct {
	Node    identity.Node
	Consent consent.State
	State   feature.State
	Memory  trigger.Memory
	Told    boon.Told
	Open    []Exposure // decisions whose outcome is still open, oldest first
	Fired   []string   // ids of the decisions that triggers asked for, oldest first

	Measured []govern.Member // for bounds on fairness, in their order
}

// Exposure is one decision that waits for its outcome.
type Exposure struct {
	Arm model.Arm
	At  time.Time
}

// How much of the past a person keeps besides features.
const (
	maxOpen  = 32
	maxFired = 16
)

// personVersion 2 keeps the channel of what was shown, and what was waved away; 3 keeps what triggers decided; 4 what is counted for fairness.
const personVersion = 4

// Encode is the person's stored form.
func (p *Person) Encode() []byte {
	state := p.State.Encode()
	w := wire.Writer{Buf: make([]byte, 0, 256+len(state)+32*(len(p.Node.Edges)+len(p.Open)+len(p.Told.Shown)))}
	w.Byte(personVersion)
	w.Bytes(p.Node.Encode())
	w.Bytes(p.Consent.Encode())
	w.Bytes(state)
	w.Bytes(p.Memory.Encode())
	writeTold(&w, p.Told)
	w.Uint(uint64(len(p.Open)))
	for _, o := range p.Open {
		w.String(o.Arm.Offer)
		w.Int(int64(o.Arm.Level))
		w.Time(o.At)
	}
	w.Uint(uint64(len(p.Fired)))
	for _, id := range p.Fired {
		w.String(id)
	}
	w.Uint(uint64(len(p.Measured)))
	for _, m := range p.Measured {
		govern.WriteMember(&w, m)
	}
	return w.Buf
}

// DecodePerson reads what Encode wrote.
func DecodePerson(data []byte) (*Person, error) {
	r := wire.NewReader(data)
	version := r.Byte()
	if version < 1 || version > personVersion {
		return nil, fmt.Errorf("decode person: unknown version %d", version)
	}
	p := &Person{}
	if err := p.decodeStates(r); err != nil {
		return nil, fmt.Errorf("decode person: %w", err)
	}
	p.Told = readTold(r, version)
	for range r.Count(3) {
		p.Open = append(p.Open, Exposure{model.Arm{Offer: r.String(), Level: boon.Micros(r.Int())}, r.Time()})
	}
	for range since(3, version, r, 1) {
		p.Fired = append(p.Fired, r.String())
	}
	for range since(4, version, r, 4) {
		p.Measured = append(p.Measured, govern.ReadMember(r))
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("decode person: %w", r.Err())
	}
	return p, nil
}

// since counts the parts that follow, of so many bytes at least each, where the version stored has them.
func since(first, version byte, r *wire.Reader, size int) int {
	if version < first {
		return 0
	}
	return r.Count(size)
}

// fired notes a decision that a trigger asked for.
func (p *Person) fired(decision string) {
	p.Fired = append(p.Fired, decision)
	p.Fired = p.Fired[max(0, len(p.Fired)-maxFired):]
}

func (p *Person) decodeStates(r *wire.Reader) (err error) {
	if p.Node, err = identity.Decode(r.Bytes()); err != nil {
		return err
	}
	if p.Consent, err = consent.Decode(r.Bytes()); err != nil {
		return err
	}
	if p.State, err = feature.Decode(r.Bytes()); err != nil {
		return err
	}
	p.Memory, err = trigger.DecodeMemory(r.Bytes())
	return err
}

// expose opens an outcome.
func (p *Person) expose(arm model.Arm, at time.Time) {
	p.Open = append(p.Open, Exposure{arm, at})
	p.Open = p.Open[max(0, len(p.Open)-maxOpen):]
}

// close takes the exposures of the last horizon that an order at now answers, and drops the older ones.
func (p *Person) close(now time.Time, horizon time.Duration) []Exposure {
	var answered []Exposure
	for _, o := range p.Open {
		if age := now.Sub(o.At); age >= 0 && age <= horizon {
			answered = append(answered, o)
		}
	}
	p.Open = nil
	return answered
}

package ingest

import (
	"bytes"
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
	Node   identity.Node
	State  feature.State
	Memory trigger.Memory
	Told   boon.Told
	Open   []Exposure // decisions whose outcome is still open, oldest first
	Fired  []string   // ids of the decisions that triggers asked for, oldest first

	Measured []govern.Member // for bounds on fairness, in their order

	chosen *consent.State // nil: nothing, as of most
}

// Consent is what they chose.
func (p *Person) Consent() consent.State {
	if p.chosen == nil {
		return consent.State{}
	}
	return *p.chosen
}

// chose takes an event's choices in.
func (p *Person) chose(e *boon.Event) {
	if len(e.Choices) > 0 || e.Context.GPC {
		chosen := p.Consent()
		consent.Fold(&chosen, *e)
		p.choose(chosen)
	}
}

func (p *Person) choose(s consent.State) {
	if p.chosen = nil; s != (consent.State{}) {
		p.chosen = new(consent.State)
		*p.chosen = s
	}
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
func (p *Person) Encode() []byte { return new(personWriter).encode(p) }

// personWriter encodes one person after the other in the same room.
type personWriter struct {
	wire.Writer
	state []byte
}

// encode is the stored form, of its own size.
func (w *personWriter) encode(p *Person) []byte {
	w.state = p.State.Append(w.state[:0])
	w.Buf = append(w.Buf[:0], personVersion)
	w.Bytes(p.Node.Encode())
	w.Bytes(p.Consent().Encode())
	w.Bytes(w.state)
	w.Bytes(p.Memory.Encode())
	writeTold(&w.Writer, p.Told)
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
		govern.WriteMember(&w.Writer, m)
	}
	return bytes.Clone(w.Buf)
}

// DecodePerson reads what Encode wrote.
func DecodePerson(data []byte) (*Person, error) { return decodePerson(data, true) }

// decodePerson reads a person, whole or but what a decision goes by: who they are, what they chose, earned and were told.
func decodePerson(data []byte, whole bool) (*Person, error) {
	r := wire.NewReader(data)
	version := r.Byte()
	if version < 1 || version > personVersion {
		return nil, fmt.Errorf("decode person: unknown version %d", version)
	}
	p := &Person{}
	memory, err := p.decodeStates(r)
	if err == nil && whole {
		p.Memory, err = trigger.DecodeMemory(memory)
	}
	if err != nil {
		return nil, fmt.Errorf("decode person: %w", err)
	}
	if p.Told = readTold(r, version); whole {
		p.decodePast(r, version)
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("decode person: %w", r.Err())
	}
	return p, nil
}

// decodePast reads what only the applier goes by.
func (p *Person) decodePast(r *wire.Reader, version byte) {
	p.Open = list[Exposure](r.Count(3))
	for i := range p.Open {
		p.Open[i] = Exposure{model.Arm{Offer: r.String(), Level: boon.Micros(r.Int())}, r.Time()}
	}
	p.Fired = list[string](since(3, version, r, 1))
	for i := range p.Fired {
		p.Fired[i] = r.String()
	}
	p.Measured = list[govern.Member](since(4, version, r, 4))
	for i := range p.Measured {
		p.Measured[i] = govern.ReadMember(r)
	}
}

// list has n things, and is none for none.
func list[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
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

// decodeStates leaves the memory of triggers as it is stored.
func (p *Person) decodeStates(r *wire.Reader) (memory []byte, err error) {
	if p.Node, err = identity.Decode(r.Bytes()); err != nil {
		return nil, err
	}
	chosen, err := consent.Decode(r.Bytes())
	if err != nil {
		return nil, err
	}
	p.choose(chosen)
	if p.State, err = feature.Decode(r.Bytes()); err != nil {
		return nil, err
	}
	return r.Bytes(), nil
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

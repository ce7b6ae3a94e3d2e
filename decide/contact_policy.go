package decide

import (
	"slices"

	"boon"
)

// purposes are what messages by a channel need whatever the shop says.
var purposes = map[string]boon.Purpose{"email": boon.PurposeEmail, "sms": boon.PurposeSMS, "push": boon.PurposePush}

// gatherContact compiles what the bundle says of channels and contacts.
func (p *Policy) gatherContact() {
	b := &p.Release.Bundle
	p.contact = b.ContactPolicy()
	p.needs = map[string][]boon.Purpose{}
	for channel, purpose := range purposes {
		p.needs[channel] = []boon.Purpose{purpose}
	}
	for _, channel := range b.Channels {
		p.message[channel.ID] = channel.Cost
		if purpose, err := boon.ParsePurpose(channel.Consent); err == nil && purpose != purposes[channel.ID] {
			p.needs[channel.ID] = append(p.needs[channel.ID], purpose)
		}
	}
	p.asked = p.asks()
}

// asks are the purposes that a decision asks consent for: those that it always did, then what else channels need.
func (p *Policy) asks() []boon.Purpose {
	all := []boon.Purpose{boon.PurposePersonalization, boon.PurposeEmail, boon.PurposeSMS, boon.PurposePush}
	for _, channel := range p.Release.Bundle.Channels {
		for _, purpose := range p.needs[channel.ID] {
			if !slices.Contains(all, purpose) {
				all = append(all, purpose)
			}
		}
	}
	return all
}

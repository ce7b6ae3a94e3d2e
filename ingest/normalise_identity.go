package ingest

import (
	"slices"

	"boon"
)

// identify hashes every identifier that the message names. The owner is the user, else the anonymous visitor; the rest is linked.
func (n *normaliser) identify() {
	m := n.m
	user, hasUser := n.hash(boon.NamespaceUser, m.UserID)
	anonymous, hasAnonymous := n.hash(boon.NamespaceAnonymous, m.AnonymousID)
	switch {
	case hasUser:
		n.event.Owner = user
	case hasAnonymous:
		n.event.Owner = anonymous
	default:
		n.err = boon.Invalid("userId", "userId or anonymousId is required")
		return
	}
	if hasAnonymous {
		n.link(anonymous)
	}
	n.linkPrevious(hasUser)
	n.linkPerson(m.properties)
	n.linkPerson(m.contextValue("traits"))
	if m.Kind == boon.KindIdentify {
		n.linkPerson(m.traits)
	}
	device := m.contextValue("device")
	n.linkField(boon.NamespaceDevice, device.get("id"))
	n.linkField(boon.NamespaceDevice, device.get("advertisingId"))
}

// linkPrevious links the previousId of an alias as an anonymousId, and behind it as a userId, for Segment's clients send either: what the log knows settles
// which it is.
func (n *normaliser) linkPrevious(hasUser bool) {
	m := n.m
	previous, ok := n.hash(boon.NamespaceAnonymous, m.PreviousID)
	if !ok {
		return
	}
	visitor := slices.Contains(n.event.Linked, previous) || n.event.Owner == previous
	n.link(previous)
	if user, ok := n.hash(boon.NamespaceUser, m.PreviousID); ok && hasUser && !visitor {
		n.link(user)
	}
}

// linkPerson links the e-mail address and the phone number of an object that describes the shopper.
func (n *normaliser) linkPerson(v value) {
	n.linkField(boon.NamespaceEmail, v.get("email"))
	n.linkField(boon.NamespacePhone, v.get("phone"))
}

func (n *normaliser) linkField(ns boon.Namespace, v value) {
	if !v.present() {
		return
	}
	if id, ok := n.hash(ns, v.text()); ok {
		n.link(id)
	}
}

func (n *normaliser) link(id boon.Identifier) {
	if id != n.event.Owner && !slices.Contains(n.event.Linked, id) {
		n.event.Linked = append(n.event.Linked, id)
	}
}

func (n *normaliser) hash(ns boon.Namespace, raw string) (boon.Identifier, bool) {
	if raw == "" {
		return boon.Identifier{}, false
	}
	clean, ok := n.Clean(ns, raw)
	if !ok {
		return boon.Identifier{}, false
	}
	n.keepSecret(raw)
	return n.Hasher.Hash(ns, clean), true
}

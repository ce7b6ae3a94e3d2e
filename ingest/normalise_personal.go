package ingest

import (
	"slices"
	"strings"

	"boon"
)

// secretLength is the length from which a value is looked for inside other texts; shorter ones ("Ann", "42") would strike at random.
const secretLength = 6

// maxSecrets is how many values are looked for; a message with more is not read for what it repeats, its longer texts are all left out.
const maxSecrets = 64

// Fields that are dropped without going to the vault.
const (
	dropIdentifier = "id"
	dropDerived    = "derived" // a coarser form stays in the event: device class, country
)

// personalField names the personal field that a key stands for, whatever its spelling (first_name, firstName, "First Name"); "" for all others.
func personalField(key string) string {
	var folded [20]byte
	n := 0
	for i := range len(key) {
		c := key[i]
		if c == '_' || c == '-' || c == ' ' || c == '$' {
			continue
		}
		if n == len(folded) {
			return ""
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		folded[n] = c
		n++
	}
	return foldedField(folded[:n])
}

func foldedField(folded []byte) string {
	switch string(folded) {
	case "email", "emailaddress", "mail":
		return "email"
	case "phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "cellphone":
		return "phone"
	case "firstname", "givenname":
		return "first_name"
	case "lastname", "familyname", "surname", "middlename", "maidenname":
		return "last_name"
	case "fullname", "displayname", "customername", "recipientname":
		return "name"
	case "username", "login", "nickname", "screenname":
		return "username"
	case "birthday", "birthdate", "dateofbirth", "dob":
		return "birthday"
	case "avatar", "avatarurl", "picture", "photo":
		return "avatar"
	case "address", "shippingaddress", "billingaddress", "streetaddress", "street", "address1", "address2", "addressline1", "addressline2",
		"postalcode", "postcode", "zip", "zipcode":
		return "address"
	case "ip", "ipaddress":
		return "ip"
	case "useragent", "useragentdata", "latitude", "longitude":
		return dropDerived
	case "userid", "customerid", "anonymousid", "visitorid", "deviceid", "advertisingid", "idfa", "idfv", "gaid", "externalid", "externalids",
		"emailhash", "hashedemail", "ssn", "password", "token", "authorization":
		return dropIdentifier
	}
	return ""
}

// personObject reports the members of properties that describe a person, so that their "name" and "id" are personal.
func personObject(key string) bool {
	switch key {
	case "customer", "user", "buyer", "shopper", "recipient", "person", "contact", "member", "traits", "billing", "delivery":
		return true
	}
	return false
}

// contacts moves the shopper's personal fields into contacts, and gathers every personal value, whoever's it is.
func (n *normaliser) contacts() {
	n.gather(n.m.traits, true, n.m.Kind == boon.KindIdentify)
	n.gather(n.m.properties, false, true)
	n.gatherContext(n.m.context)
	n.gatherContext(n.m.defaults)
}

func (n *normaliser) gatherContext(v value) {
	n.gather(v.get("traits"), true, true)
	n.gatherField("ip", v.get("ip"), true)
	n.gatherField("push_token", v.get("device").get("token"), true)
	n.keepSecret(v.get("device").get("name").text())
}

// gather walks an object; person says that a bare "name" in it is a person's, own that it describes the shopper.
func (n *normaliser) gather(object value, person, own bool) {
	for m := object.members(); m.next(); {
		field := personalField(m.key)
		if person && m.key == "name" {
			field = "name"
		}
		if field != "" {
			n.gatherField(field, m.value, own)
			continue
		}
		switch m.value.kind() {
		case tapeObject:
			n.gather(m.value, person || personObject(m.key), false)
		case tapeArray:
			for i := m.value.items(); m.key != "products" && i.next(); {
				n.gather(i.value, person, false)
			}
		}
	}
}

func (n *normaliser) gatherField(field string, v value, own bool) {
	if !v.present() || field == dropDerived {
		return
	}
	n.keepSecret(v.text())
	if v.kind() == tapeObject {
		n.gather(v, true, false)
	}
	if own && field != dropIdentifier {
		n.addContact(field, v)
	}
}

// addContact keeps the first value of each field.
func (n *normaliser) addContact(field string, v value) {
	text := strings.TrimSpace(v.text())
	if k := v.kind(); k == tapeObject || k == tapeArray {
		text = v.raw()
	}
	has := slices.ContainsFunc(n.found, func(c Contact) bool { return c.Field == field })
	if text == "" || has {
		return
	}
	n.found = append(n.found, Contact{Owner: n.event.Owner, Field: field, Value: text, At: n.event.Time})
}

func (n *normaliser) keepSecret(text string) {
	if text = strings.TrimSpace(text); len(text) >= secretLength && len(n.secrets) <= maxSecrets {
		n.secrets = append(n.secrets, text)
	}
}

// unlessPersonal is the text, or "" when it repeats a personal value of this message or looks like an e-mail address.
func (n *normaliser) unlessPersonal(text string) string {
	if n.personal(text) {
		return ""
	}
	return text
}

func (n *normaliser) personal(text string) bool {
	if len(text) < secretLength {
		return false
	}
	if len(n.secrets) > maxSecrets {
		return true
	}
	for _, s := range n.secrets {
		if containsFold(text, s) {
			return true
		}
	}
	return looksLikeEmail(text)
}

// containsFold is strings.Contains without regard to the case of ASCII letters.
func containsFold(text, part string) bool {
	first := part[0] | 0x20
	for i := 0; i+len(part) <= len(text); i++ {
		if text[i]|0x20 == first && strings.EqualFold(text[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// looksLikeEmail finds something@something.something, plain or URL-encoded, anywhere in the text.
func looksLikeEmail(text string) bool {
	at := strings.IndexByte(text, '@')
	if at < 0 {
		if at = strings.Index(text, "%40"); at < 0 {
			return false
		}
	}
	if at == 0 || !isWord(text[at-1]) {
		return false
	}
	host := strings.TrimPrefix(strings.TrimPrefix(text[at:], "@"), "%40")
	dot := strings.IndexByte(host, '.')
	return dot > 0 && dot+1 < len(host) && isWord(host[0]) && isWord(host[dot+1])
}

func isWord(c byte) bool {
	return c >= 0x80 || c == '_' || c == '-' || c == '+' || (c >= '0' && c <= '9') || (c|0x20 >= 'a' && c|0x20 <= 'z')
}

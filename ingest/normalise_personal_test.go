package ingest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNothingPersonalIsEncoded puts a shopper's identifiers and personal values wherever clients put them, and into free text besides: none of
// them may be found in the bytes that the log keeps.
func TestNothingPersonalIsEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		person := drawPerson(t)
		raw := must(json.Marshal(person.message(t)))
		m, err := Decode(raw, 0, receipt)
		if err != nil {
			t.Fatal(err)
		}
		event, contacts, err := Normalise(m, testOptions(rapid.Bool().Draw(t, "replay")))
		if err != nil {
			t.Fatal(err)
		}
		data := bytes.ToLower(Encode(event))
		for _, secret := range person.secrets() {
			if bytes.Contains(data, []byte(strings.ToLower(secret))) {
				t.Fatalf("%q is in the event of %s: rest %s, traits %v", secret, raw, event.Rest, event.Traits)
			}
		}
		for _, c := range contacts {
			if c.Owner != event.Owner || c.Value == "" {
				t.Fatalf("a contact of nobody: %+v", c)
			}
		}
		if !bytes.Contains(data, []byte("kept-value")) {
			t.Fatalf("what is not personal was lost: %s", event.Rest)
		}
	})
}

type person struct{ user, anonymous, email, phone, first, last, street, ip, device, token, birthday string }

func drawPerson(t *rapid.T) person {
	word := rapid.StringMatching(`[A-Za-z]{7,12}`)
	return person{
		user:      "U-" + rapid.StringMatching(`[0-9]{6,10}`).Draw(t, "user"),
		anonymous: rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}`).Draw(t, "anonymous"),
		email:     word.Draw(t, "local") + "@" + word.Draw(t, "host") + ".example",
		phone:     rapid.StringMatching(`\+[1-9][0-9]{9,12}`).Draw(t, "phone"),
		first:     word.Draw(t, "first"), last: word.Draw(t, "last"),
		street: rapid.StringMatching(`[1-9]{1,3} [A-Z][a-z]{6,9} Street`).Draw(t, "street"),
		ip:     rapid.StringMatching(`1[0-9]{2}\.2[0-4][0-9]\.[1-9]{2}\.[1-9]{2}`).Draw(t, "ip"),
		device: rapid.StringMatching(`[0-9A-F]{8}-[0-9A-F]{4}`).Draw(t, "device"),
		token:  rapid.StringMatching(`[0-9a-f]{32}`).Draw(t, "token"), birthday: rapid.StringMatching(`19[0-9]{2}-0[1-9]-1[0-9]`).Draw(t, "birthday"),
	}
}

func (p person) secrets() []string {
	return []string{p.user, p.anonymous, p.email, p.phone, p.first, p.last, p.street, p.ip, p.device, p.token, p.birthday}
}

// message scatters the person over a message.
func (p person) message(t *rapid.T) map[string]any {
	pick := func(label string, spellings ...string) string { return rapid.SampledFrom(spellings).Draw(t, label) }
	fields := map[string]any{
		pick("k-email", "email", "Email", "e-mail", "emailAddress"): p.email, pick("k-phone", "phone", "phone_number", "mobile"): p.phone,
		pick("k-first", "firstName", "first_name", "First Name"): p.first, pick("k-last", "lastName", "last_name", "surname"): p.last,
		pick("k-address", "address", "shipping_address"): map[string]any{"street": p.street, "city": "Leeds"},
		"birthday": p.birthday, "username": p.first + p.last, "kept": "kept-value",
	}
	echo := rapid.SampledFrom(p.secrets())
	free := map[string]any{
		"note": "for " + echo.Draw(t, "echo") + " only", "list": []any{echo.Draw(t, "item"), 1, map[string]any{"deep": strings.ToUpper(echo.Draw(t, "deep"))}},
		"url": "https://shop.example/?who=" + echo.Draw(t, "url"), "kept": "kept-value", "customer": map[string]any{"name": p.first + " " + p.last, "id": p.user},
	}
	kind := pick("kind", "track", "identify", "page", "screen", "group")
	m := map[string]any{
		"type": kind, "event": "Products Searched", "groupId": "g", "messageId": "m", "userId": p.user, "anonymousId": p.anonymous,
		"name": "Hello " + p.first, "traits": fields, "properties": free,
		"context": map[string]any{
			"ip": p.ip, "userAgent": "Mozilla/5.0 (" + p.token + ")", "device": map[string]any{"id": p.device, "token": p.token, "name": p.first + "'s phone"},
			"traits": fields, "page": map[string]any{"title": "Welcome " + p.last, "search": "?email=" + strings.Replace(p.email, "@", "%40", 1)},
		},
	}
	if kind == "track" {
		free["query"] = echo.Draw(t, "query")
	}
	return m
}

func TestLooksLikeEmail(t *testing.T) {
	for text, want := range map[string]bool{
		"ann@example.com": true, "mail ann.smith+x@mail.example now": true, "?e=ann%40example.com": true,
		"@brand": false, "2 @ 3.50": false, "a@b": false, "12@ 3.4": false, "price@": false, "100%40": false,
	} {
		if got := looksLikeEmail(text); got != want {
			t.Errorf("looksLikeEmail(%q) = %v", text, got)
		}
	}
}

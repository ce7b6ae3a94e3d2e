package offer

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"boon"
)

func tokens() Tokens {
	var d Tokens
	d.Profile.FirstName, d.Value, d.Code = "Ada", "10", "ABCD"
	d.ExpiresAt = time.Date(2026, 1, 5, 23, 30, 0, 0, time.UTC)
	d.Cart.Total = boon.Money{Minor: 12900, Currency: "USD"}
	d.Shop.ID, d.Product.Title = "grocer", "Tea"
	return d
}

func TestMessages(t *testing.T) {
	for source, want := range map[string][2]string{ // with every token, and with none
		`{{.Profile.FirstName | default "You"}}: {{.Value}}% off`:         {"Ada: 10% off", "You: % off"},
		`Until {{.ExpiresAt | date}}`:                                     {"Until 5 January 2026", "Until "},
		`{{.ExpiresAt | default "soon" | date}}`:                          {"5 January 2026", "soon"},
		`{{.Cart.Total | money}} at {{.Shop.ID | upper}}`:                 {"129.00 USD at GROCER", " at "},
		`{{if .Code}}Use {{.Code | lower}}{{else}}Nothing to type{{end}}`: {"Use abcd", "Nothing to type"},
		`{{.Product.Title | default "this"}} {{"&"}} more`:                {"Tea & more", "this & more"},
		"": {"", ""},
	} {
		m, err := ParseMessage(boon.Message{Title: source, Body: source})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		for i, d := range []Tokens{tokens(), {}} {
			if got := m.Render(d); got.Title != want[i] || got.Body != want[i] {
				t.Errorf("%s: got %q, want %q", source, got.Title, want[i])
			}
		}
	}
}

func TestMessageMistakes(t *testing.T) {
	for source, want := range map[string]string{
		"{{.Profile.Email}}":             "line 1, column 3: message.title: there is no token .Profile.Email",
		"Hi\n  {{.Cart.Total.Text}}":     "line 2, column 5: message.title: there is no token .Cart.Total.Text",
		"{{.ExpiresAt.Unix}}":            "there is no token .ExpiresAt.Unix",
		"{{.Nope}}":                      "line 1, column 3: message.title: there is no token .Nope",
		"{{.Profile}}":                   "there is no token .Profile",
		"{{.}}":                          "is not part of the message language",
		"{{range .Code}}x{{end}}":        "is not part of the message language",
		"{{with .Code}}x{{end}}":         "is not part of the message language",
		"{{$x := .Code}}{{$x}}":          "variables are not part of the message language",
		`{{define "x"}}y{{end}}`:         "define and block",
		`{{template "x"}}`:               "is not part of the message language",
		"{{printf \"%999999d\" 1}}":      "there is no function printf",
		"{{call .Code}}":                 "there is no function call",
		"{{.Value":                       "unclosed action",
		"{{nope .Value}}":                `function "nope" not defined`,
		"{{.Value | default}}":           "wrong number of args",
		"{{if .Code}}x":                  "unexpected EOF",
		strings.Repeat("x", maxSource+1): "the most is 4096",
	} {
		err := CheckMessage(boon.Message{Title: source})
		if !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q", source, err, want)
		}
	}
}

func TestMessagesAreClean(t *testing.T) {
	m, err := ParseMessage(boon.Message{Title: "{{.Profile.FirstName}}", Body: "{{.Profile.FirstName}}"})
	if err != nil {
		t.Fatal(err)
	}
	var d Tokens
	d.Profile.FirstName = "A\x00d\u202ea\r <b>&'\""
	if got := m.Render(d).Title; got != `Ada <b>&'"` {
		t.Errorf("got %q", got)
	}
	if got := m.RenderHTML(d).Title; got != "Ada &lt;b&gt;&amp;&#39;&#34;" {
		t.Errorf("got %q", got)
	}
	d.Profile.FirstName = strings.Repeat("é", 3*maxBody)
	if got := m.Render(d); utf8.RuneCountInString(got.Title) != maxTitle || utf8.RuneCountInString(got.Body) != maxBody {
		t.Errorf("%d and %d runes", utf8.RuneCountInString(got.Title), utf8.RuneCountInString(got.Body))
	}
}

func TestDatesAreLocal(t *testing.T) {
	m, err := ParseMessage(boon.Message{Title: "{{.ExpiresAt | date}}"})
	if err != nil {
		t.Fatal(err)
	}
	d := tokens()
	d.Zone = time.FixedZone("east", 3600)
	for range 2 { // the zone of one shopper must not stay for the next
		if got := m.Render(d).Title; got != "6 January 2026" {
			t.Errorf("got %q", got)
		}
		if got := m.Render(tokens()).Title; got != "5 January 2026" {
			t.Errorf("got %q", got)
		}
	}
}

// usualMessages are written without text/template, oddMessages by it.
var (
	usualMessages = []string{
		`{{.Profile.FirstName | default "You"}}: {{.Value}}% off {{/* why */}}`, `{{.ExpiresAt}} {{.Cart.Total}} {{.Shop.ID}} {{.Product.Title}}`,
		`{{default "soon" .ExpiresAt | date}} {{date .ExpiresAt}} {{"x" | upper}} {{- lower .Code -}} `, `{{.Cart.Total | default "0" | money | lower}}`,
		`{{if .Code}}a{{else if .ExpiresAt}}b{{.Value}}{{end}}{{if .Product.Title | default ""}}c{{else}}d{{end}}`, `{{if "x"}}{{end}}`, `{{default .Code .Value}}`,
	}
	oddMessages = []string{
		`{{default 3 .Value}}`, `{{1.5}}`, `{{true}}`, `{{if true}}a{{end}}`, `{{(.Code)}}`, `{{default (.Code | lower) .Value}}`, `{{if "x"}}{{upper (lower .Code)}}{{end}}`,
		`{{if .Code}}{{.Value | default}}{{end}}`, `a{{if .Code}}{{upper .Code .Value}}{{end}}`, `{{if .Code}}{{.Code | default "a" "b"}}{{end}}`, `{{if .Code}}{{upper}}{{end}}`,
		`{{if .Code}}{{.Code "x"}}{{end}}`, `{{if .Code}}{{.Code | .Value}}{{end}}`,
	}
)

// A message is written as text/template writes it, in any zone, whoever it is that writes it.
func TestMessagesAreWrittenAsByTextTemplate(t *testing.T) {
	for i, source := range append(usualMessages, oddMessages...) {
		m, err := ParseMessage(boon.Message{Title: source})
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		for _, zone := range []*time.Location{nil, time.UTC, time.FixedZone("east", 3600)} {
			d := tokens()
			d.Zone = zone
			if usual := agrees(t, m, d); usual != (i < len(usualMessages)) {
				t.Errorf("%s: written without text/template: %v", source, usual)
			}
			agrees(t, m, Tokens{Zone: zone})
		}
	}
}

// agrees says whether a title is written without text/template.
func agrees(t *testing.T, m *Template, d Tokens) bool {
	t.Helper()
	compiled := m.title.template()
	if compiled == nil || compiled.Tree == nil || compiled.Root == nil {
		return false
	}
	got, usual := write(compiled, &d)
	if want := execute(compiled, &d); usual && got != want {
		t.Errorf("%s: got %q, text/template writes %q", m.title.source, got, want)
	}
	return usual
}

func FuzzMessage(f *testing.F) {
	for _, s := range []string{`{{.Value | default "x"}}`, `{{if .Code}}a{{else if .Value}}b{{end}}`, `{{.ExpiresAt | date | upper}}`, `{{default 3 .Value}}`} {
		f.Add(s, "Ada")
	}
	for _, s := range append(usualMessages, oddMessages...) {
		f.Add(s, "Ada")
	}
	f.Fuzz(func(t *testing.T, source, name string) {
		m, err := ParseMessage(boon.Message{Title: source})
		if err != nil {
			return
		}
		d := tokens()
		d.Profile.FirstName = name
		agrees(t, m, d)
		agrees(t, m, Tokens{})
		if got := m.Render(d).Title; !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxTitle {
			t.Fatalf("%q", got)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	for name, zone := range map[string]*time.Location{"utc": time.UTC, "east": time.FixedZone("east", 3600)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			m, err := ParseMessage(boon.Message{Title: `{{.Profile.FirstName | default "You"}}: {{.Value}}% off`, Body: `Until {{.ExpiresAt | date}}`})
			if err != nil {
				b.Fatal(err)
			}
			d := tokens()
			d.Zone = zone
			for b.Loop() {
				m.Render(d)
			}
		})
	}
}

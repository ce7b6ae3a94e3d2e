package offer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"text/template"
	"text/template/parse"
	"time"
	"unicode"
	"unicode/utf8"

	"boon"
)

// Length bounds, in bytes of source and runes of output.
const (
	maxSource = 4096
	maxTitle  = 200
	maxBody   = 2000
)

// Tokens is all that a message can say about its shopper. The zero value of a token counts as missing.
type Tokens struct {
	Profile   struct{ FirstName string }
	Value     string // the level in words of its type: "10", "3.00", "200"
	ExpiresAt time.Time
	Code      string
	Cart      struct{ Total boon.Money }
	Shop      struct{ ID string }
	Product   struct{ Title string }
	Zone      *time.Location // of the dates; nil is UTC
}

var tokenNames = map[string]bool{
	"Profile.FirstName": true, "Value": true, "ExpiresAt": true, "Code": true,
	"Cart.Total": true, "Shop.ID": true, "Product.Title": true,
}

// Template is a checked message. It may be used by many goroutines. A part is compiled when it is first rendered, and kept: of a shop's thousands of
// offers few are ever shown by one process, and compiled they are most of what a release holds in memory.
type Template struct{ title, body, why part }

type part struct {
	field, source string
	compiled      atomic.Pointer[template.Template]
}

// CheckMessage refuses a message with a syntax error, an unknown token or function, or one that is too long; the error has field and position.
func CheckMessage(m boon.Message) error {
	_, err := ParseMessage(m)
	return err
}

// ParseMessage compiles a message. Its language is a part of Go's text/template: tokens, text, if, and the functions
// default, date, money, upper and lower.
func ParseMessage(m boon.Message) (*Template, error) {
	t := &Template{title: part{field: "message.title", source: m.Title}, body: part{field: "message.body", source: m.Body}, why: part{field: "message.why", source: m.Why}}
	for _, p := range []*part{&t.title, &t.body, &t.why} {
		if _, err := parsePart(p.field, p.source); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Render writes the message as plain text, without control characters and within bounds. It never fails: what cannot be rendered is empty.
func (t *Template) Render(data Tokens) boon.Message {
	return boon.Message{Title: t.title.render(&data, maxTitle), Body: t.body.render(&data, maxBody), Why: t.why.render(&data, maxBody)}
}

// RenderHTML is Render with the characters that mean something to HTML escaped, for a page that shows the text as markup.
func (t *Template) RenderHTML(data Tokens) boon.Message {
	m := t.Render(data)
	return boon.Message{Title: EscapeHTML(m.Title), Body: EscapeHTML(m.Body), Why: EscapeHTML(m.Why)}
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// EscapeHTML makes plain text safe as HTML text and as a quoted attribute.
func EscapeHTML(text string) string { return htmlEscaper.Replace(text) }

// parsePart compiles a text; nil when it has no tokens and stands for itself.
func parsePart(field, source string) (*template.Template, error) {
	if len(source) > maxSource {
		return nil, boon.Invalid(field, "the text has %d bytes, the most is %d", len(source), maxSource)
	}
	if !strings.Contains(source, "{{") {
		return nil, nil
	}
	t, err := template.New(field).Option("missingkey=zero").Funcs(functions(time.UTC)).Parse(source)
	if err != nil {
		return nil, parseError(field, err)
	}
	if len(t.Templates()) > 1 {
		return nil, boon.Invalid(field, "define and block are not part of the message language")
	}
	if t.Tree == nil || t.Root == nil {
		return t, nil
	}
	if bad := forbidden(t.Root); bad != nil {
		return nil, positioned(field, source, bad)
	}
	// every token is tried with every value missing, so that a wrong argument shows now and not before a shopper
	if err := t.Execute(new(strings.Builder), Tokens{}); err != nil {
		return nil, parseError(field, err)
	}
	return t, nil
}

var position = regexp.MustCompile(`^template: [^:]*:(\d+)(?::(\d+))?: (?:executing "[^"]*" at )?`)

func parseError(field string, err error) error {
	out := boon.Invalid(field, "%s", position.ReplaceAllString(err.Error(), ""))
	if at := position.FindStringSubmatch(err.Error()); at != nil {
		out.Line, _ = strconv.Atoi(at[1])
		out.Column, _ = strconv.Atoi(at[2])
	}
	return out
}

func positioned(field, source string, bad *offence) error {
	before := source[:min(int(bad.at), len(source))]
	out := boon.Invalid(field, "%s", bad.text)
	out.Line = 1 + strings.Count(before, "\n")
	out.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return out
}

func functions(zone *time.Location) template.FuncMap {
	return template.FuncMap{
		"default": defaultTo,
		"date":    func(value any) string { return dateText(value, zone) },
		"money":   moneyText,
		"upper":   upperText,
		"lower":   lowerText,
	}
}

func defaultTo(fallback, value any) any {
	if missing(value) {
		return fallback
	}
	return value
}

func missing(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v) == ""
	case time.Time:
		return v.IsZero()
	case boon.Money:
		return v.Currency == ""
	}
	return value == nil
}

func text(value any) string {
	if missing(value) {
		return ""
	}
	return fmt.Sprint(value)
}

// dateText writes "2 January 2006"; a text passes as it is, so that date may follow default.
func dateText(value any, zone *time.Location) string {
	if t, ok := value.(time.Time); ok && !t.IsZero() {
		return t.In(zone).Format("2 January 2006")
	}
	return text(value)
}

func moneyText(value any) string { return text(value) }

func upperText(value any) string { return strings.ToUpper(text(value)) }

func lowerText(value any) string { return strings.ToLower(text(value)) }

// template is nil for a text without tokens.
func (p *part) template() *template.Template {
	if t := p.compiled.Load(); t != nil {
		return t
	}
	t, _ := parsePart(p.field, p.source) // it was checked
	p.compiled.Store(t)
	return t
}

func (p *part) render(data *Tokens, limit int) string {
	t := p.template()
	if t == nil {
		return clean(p.source, limit)
	}
	if t.Tree == nil || t.Root == nil {
		return ""
	}
	if text, usual := write(t, data); usual {
		return clean(text, limit)
	}
	return clean(execute(t, data), limit)
}

// execute writes a template in whatever way the language allows; "" with a mistake.
func execute(t *template.Template, data *Tokens) string {
	if data.Zone != nil && data.Zone != time.UTC {
		if c, err := t.Clone(); err == nil {
			t = c.Funcs(functions(data.Zone))
		}
	}
	var out strings.Builder
	if err := t.Execute(&out, *data); err != nil {
		return ""
	}
	return out.String()
}

// clean drops control and format characters (a right-to-left override in a first name must not turn the sentence round)
// and cuts at a rune, never inside one. Newlines stay.
func clean(text string, limit int) string {
	if len(text) <= limit && printable(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError) {
			return -1
		}
		return r
	}, text)
	n := 0
	for i := range text {
		if n == limit {
			return text[:i]
		}
		n++
	}
	return text
}

// printable is whether a text is ASCII that one sees, and spaces.
func printable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// offence is a part of a template that the message language leaves out.
type offence struct {
	at   parse.Pos
	text string
}

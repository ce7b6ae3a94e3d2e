package api

import (
	"bytes"
	"unicode/utf8"

	"boon"
)

// scan reads a decision's request as clients write it, in one pass: members by their exact names, each text without escapes, plain decimals. Whatever
// else it meets, a mistake too, is odd, and encoding/json has to read the body; so what is told of it is said in one place.
type scan struct {
	body []byte
	at   int
	odd  bool
}

// scanDecision reads what encoding/json would read, or says that it has to.
func scanDecision(body []byte) (in decisionRequest, usual bool) {
	s := scan{body: body}
	s.decision(&in)
	s.space()
	return in, !s.odd && s.at == len(body)
}

func (s *scan) decision(in *decisionRequest) {
	for more := s.open('{', '}'); more; more = s.next('}') {
		switch string(s.name()) {
		case "profile":
			s.profile(&in.Profile)
		case "placements":
			in.Placements = s.texts()
		case "trigger":
			in.Trigger = s.text()
		case "context":
			s.context(&in.Context)
		case "cart":
			if in.Cart == nil {
				in.Cart = new(cartRequest)
			}
			s.cart(in.Cart)
		case "sku":
			in.SKU = s.text()
		case "dryRun":
			in.DryRun = s.flag()
		case "explain":
			in.Explain = s.flag()
		case "idempotencyKey":
			in.IdempotencyKey = s.text()
		default:
			s.odd = true
		}
	}
}

func (s *scan) profile(p *profileRequest) {
	for more := s.open('{', '}'); more; more = s.next('}') {
		switch string(s.name()) {
		case "anonymousId":
			p.AnonymousID = s.text()
		case "userId":
			p.UserID = s.text()
		case "email":
			p.Email = s.text()
		case "phone":
			p.Phone = s.text()
		case "deviceId":
			p.DeviceID = s.text()
		default:
			s.odd = true
		}
	}
}

func (s *scan) context(c *boon.Context) {
	for more := s.open('{', '}'); more; more = s.next('}') {
		switch string(s.name()) {
		case "channel":
			c.Channel = s.text()
		case "device":
			c.Device = s.text()
		case "country":
			c.Country = s.text()
		case "region":
			c.Region = s.text()
		case "timezone":
			c.Timezone = s.text()
		case "locale":
			c.Locale = s.text()
		case "store":
			c.Store = s.text()
		case "gpc":
			c.GPC = s.flag()
		default:
			s.odd = true
		}
	}
}

func (s *scan) cart(c *cartRequest) {
	for more := s.open('{', '}'); more; more = s.next('}') {
		switch string(s.name()) {
		case "id":
			c.ID = s.text()
		case "currency":
			c.Currency = boon.Currency(s.text())
		case "lines":
			s.odd = s.odd || c.Lines != nil // a second list goes over the first, line by line
			c.Lines = s.lines()
		case "shipping":
			c.Shipping = s.decimal()
		case "tax":
			c.Tax = s.decimal()
		case "coupons":
			c.Coupons = s.texts()
		default:
			s.odd = true
		}
	}
}

func (s *scan) lines() []lineRequest {
	lines := make([]lineRequest, 0, min(bytes.Count(s.body[s.at:], []byte{'{'}), maxLines))
	for more := s.open('[', ']'); more; more = s.next(']') {
		lines = append(lines, lineRequest{})
		s.line(&lines[len(lines)-1])
	}
	return lines
}

func (s *scan) line(l *lineRequest) {
	for more := s.open('{', '}'); more; more = s.next('}') {
		switch string(s.name()) {
		case "id":
			l.ID = s.text()
		case "sku":
			l.SKU = s.text()
		case "category":
			l.Category = s.text()
		case "quantity":
			l.Quantity = s.whole()
		case "price":
			l.Price = s.decimal()
		case "listPrice":
			l.ListPrice = s.decimal()
		case "discounts":
			l.Discounts = s.discounts()
		case "tax":
			l.Tax = s.decimal()
		default:
			s.odd = true
		}
	}
}

func (s *scan) discounts() []lineDiscount {
	list := []lineDiscount{}
	for more := s.open('[', ']'); more; more = s.next(']') {
		list = append(list, lineDiscount(s.text()))
	}
	return list
}

func (s *scan) texts() []string {
	list := []string{}
	for more := s.open('[', ']'); more; more = s.next(']') {
		list = append(list, s.text())
	}
	return list
}

func (s *scan) space() {
	for s.at < len(s.body) {
		switch s.body[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the byte that is next, 0 at the end.
func (s *scan) peek() byte {
	if s.at < len(s.body) {
		return s.body[s.at]
	}
	return 0
}

// take is whether the next byte after space is c, which it takes.
func (s *scan) take(c byte) bool {
	if s.space(); s.peek() != c {
		return false
	}
	s.at++
	return true
}

// open begins an object or a list and says whether something is in it.
func (s *scan) open(begin, end byte) bool {
	if !s.take(begin) {
		s.odd = true
		return false
	}
	return !s.take(end)
}

// next goes on to what comes after a value and says whether that is one more.
func (s *scan) next(end byte) bool {
	if s.odd || s.take(end) {
		return false
	}
	s.odd = !s.take(',')
	return !s.odd
}

// name is that of a member, up to its value.
func (s *scan) name() []byte {
	name := s.quoted()
	s.odd = s.odd || !s.take(':')
	return name
}

func (s *scan) text() string { return string(s.quoted()) }

// quoted is what stands between quotes, and for itself. It lies in the body.
func (s *scan) quoted() []byte {
	if !s.take('"') {
		s.odd = true
		return nil
	}
	text, ascii := plain(s.body[s.at:])
	s.at += len(text)
	if s.odd = s.odd || s.peek() != '"' || !ascii && !utf8.Valid(text); s.odd {
		return nil
	}
	s.at++
	return text
}

// plain is the text up to a quote, an escape or a control character, and whether it is all ASCII.
func plain(text []byte) (_ []byte, ascii bool) {
	ascii = true
	for i, c := range text {
		switch {
		case c == '"' || c == '\\' || c < ' ':
			return text[:i], ascii
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return text, ascii
}

// decimal is an amount in quotes, or a number without sign and exponent.
func (s *scan) decimal() decimalText {
	if s.space(); s.peek() == '"' {
		return decimalText(s.quoted())
	}
	from := s.at
	if s.natural(); s.peek() == '.' {
		s.at++
		s.digits()
	}
	return decimalText(s.body[from:s.at])
}

func (s *scan) whole() *int64 {
	s.space()
	n, digits := int64(0), s.natural()
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	s.odd = s.odd || len(digits) > 18
	return &n
}

// natural is digits of which the first is 0 only where it stands alone.
func (s *scan) natural() []byte {
	digits := s.digits()
	s.odd = s.odd || len(digits) > 1 && digits[0] == '0'
	return digits
}

// digits are at least one.
func (s *scan) digits() []byte {
	from := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	s.odd = s.odd || s.at == from
	return s.body[from:s.at]
}

func (s *scan) flag() bool {
	s.space()
	for _, word := range [...]string{"true", "false"} {
		if bytes.HasPrefix(s.body[s.at:], []byte(word)) {
			s.at += len(word)
			return word == "true"
		}
	}
	s.odd = true
	return false
}

package journal

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"boon"
)

// Writer writes entries in some format. Close ends the text; it does not close what it is written to.
type Writer interface {
	Entry(e Entry) error
	Close() error
}

// Formats lists the formats that NewWriter knows.
func Formats() []string { return []string{"hledger", "beancount", "csv"} }

// NewWriter writes a journal in a format of [Formats], dated by the calendar of zone. An unknown format is invalid_request.
func NewWriter(format string, out io.Writer, zone *time.Location) (Writer, error) {
	t := text{out: bufio.NewWriterSize(out, 1<<16), zone: zone, seen: map[string]bool{}}
	switch format {
	case "hledger":
		return newHledger(t), nil
	case "beancount":
		return newBeancount(t), nil
	case "csv":
		return newTable(t), nil
	}
	return nil, boon.Invalid("format", "%q is none of %s.", format, strings.Join(Formats(), ", "))
}

// text is what the formats share. A write that failed is told by Close: bufio keeps the first error.
type text struct {
	out  *bufio.Writer
	zone *time.Location
	seen map[string]bool
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// first reports whether a name comes for the first time.
func (t *text) first(name string) bool {
	known := t.seen[name]
	t.seen[name] = true
	return !known
}

// Close implements Writer.
func (t *text) Close() error {
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// failed is the error that stopped the output, so that an export of millions ends with the first one.
func (t *text) failed() error {
	_, err := t.out.Write(nil)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// plain writes any byte but a few harmless ones as %XX, so that a name or an order id can end nothing and begin nothing.
func plain(s, harmless string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; alphanumeric(c) || strings.IndexByte(harmless, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func amount(p boon.Posting) string {
	return boon.Money{Minor: p.Minor, Currency: p.Account.Currency}.String()
}

package redeem

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"boon"
	"boon/offer"
)

// MaxImport is how many codes one file may have.
const MaxImport = 10_000_000

// maxFaults is how many bad lines are named before the rest is counted only.
const maxFaults = 20

// CodeFile is a file of codes for one offer's pool.
type CodeFile struct {
	Offer  string
	Digest [32]byte // of offer and content: the same file again changes nothing
	At     time.Time
	Codes  []string // in offer.Normalise's form, sorted, no two alike: so that a store appends to its index instead of writing all of it again
	Lines  []int    // of each code in the file, from 1
}

// Import says what became of a file.
type Import struct {
	Offer    string `json:"offer"`
	Codes    int64  `json:"codes" doc:"in the file"`
	Total    int64  `json:"total" doc:"codes that the offer's pool has now"`
	Repeated bool   `json:"repeated" doc:"this very file was imported before; nothing changed"`
}

// CodeStore stores files of codes, each whole or not at all. A code that is stored already, of whichever offer, is a [Taken]; progress, where it is not
// nil, is told how many codes of the file are stored. CodesOf reads up to max codes of one offer from a number on, as Pools counts them.
type CodeStore interface {
	CodesOf(ctx context.Context, offer string, from int64, max int) ([]string, error)
	ImportCodes(ctx context.Context, f CodeFile, progress func(done int)) (Import, error)
}

// Taken lists codes of a file, by their place in it, that are stored already, and the offers that have them.
type Taken struct {
	Places []int
	Offers []string
}

func (t *Taken) Error() string { return fmt.Sprintf("%d codes are stored already", len(t.Places)) }

// Faults are the bad lines of a file of codes.
type Faults struct {
	list  []fault
	total int
}

type fault struct {
	line int
	text string
}

func (f *Faults) add(line int, format string, args ...any) {
	if f.total++; len(f.list) < 2*maxFaults {
		f.list = append(f.list, fault{line, fmt.Sprintf(format, args...)})
	}
}

// orNil is a refusal that names the lines, when there are any.
func (f *Faults) orNil() error {
	if f.total == 0 {
		return nil
	}
	slices.SortFunc(f.list, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	var texts []string
	for _, x := range f.list[:min(len(f.list), maxFaults)] {
		texts = append(texts, fmt.Sprintf("line %d: %s", x.line, x.text))
	}
	if more := f.total - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d lines more", more))
	}
	return boon.Invalid("codes", "nothing was imported: %s", strings.Join(texts, "; "))
}

// ReadCodes reads one code a line; of a CSV file its first column, past a heading `code`. The error names every line at fault, up to twenty.
func ReadCodes(offerID string, from io.Reader) (CodeFile, error) {
	f := CodeFile{Offer: offerID}
	digest := sha256.New()
	fmt.Fprintf(digest, "%d:%s", len(offerID), offerID)
	lines := bufio.NewScanner(io.TeeReader(from, digest))
	lines.Buffer(make([]byte, 64<<10), 64<<10)
	var faults Faults
	n := 0
	for lines.Scan() {
		n++
		text := cell(lines.Bytes(), n)
		if text == "" || n == 1 && strings.EqualFold(text, "code") {
			continue
		}
		if !WellFormed(text) || len(offer.Normalise(text)) < 2 {
			faults.add(n, "%q is not a code: 2 to 64 letters, digits, _ and -", cut(text))
			continue
		}
		if len(f.Codes) == MaxImport {
			return f, boon.Refuse(boon.ReasonTooLarge, "a file has at most %d codes; split it", MaxImport)
		}
		f.Codes, f.Lines = append(f.Codes, offer.Normalise(text)), append(f.Lines, n)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return f, boon.Invalid("codes", "line %d is too long to be a code", n+1)
	} else if err != nil {
		return f, fmt.Errorf("read codes: %w", err)
	}
	digest.Sum(f.Digest[:0])
	if len(f.Codes) == 0 && faults.total == 0 {
		return f, boon.Invalid("codes", "the file holds no codes")
	}
	f.sort(&faults)
	return f, faults.orNil()
}

// sort puts the codes into order and notes those that are twice in the file.
func (f *CodeFile) sort(faults *Faults) {
	sort.Sort((*byCode)(f))
	for i := 1; i < len(f.Codes); i++ {
		if f.Codes[i] == f.Codes[i-1] {
			faults.add(f.Lines[i], "the code %q is on line %d already", f.Codes[i], f.Lines[i-1])
		}
	}
}

type byCode CodeFile

func (f *byCode) Len() int { return len(f.Codes) }

func (f *byCode) Less(i, j int) bool {
	return f.Codes[i] < f.Codes[j] || f.Codes[i] == f.Codes[j] && f.Lines[i] < f.Lines[j]
}

func (f *byCode) Swap(i, j int) {
	f.Codes[i], f.Codes[j] = f.Codes[j], f.Codes[i]
	f.Lines[i], f.Lines[j] = f.Lines[j], f.Lines[i]
}

// cell is the first column of a line.
func cell(line []byte, n int) string {
	if n == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	if bytes.IndexByte(line, '"') < 0 {
		first, _, _ := bytes.Cut(line, []byte{','})
		return string(bytes.TrimSpace(first))
	}
	row, err := csv.NewReader(bytes.NewReader(line)).Read()
	if err != nil || len(row) == 0 {
		return string(line)
	}
	return strings.TrimSpace(row[0])
}

// WellFormed reports whether a text may be somebody's code: 2 to 64 letters, digits, _ and -, the first a letter or digit.
func WellFormed(code string) bool {
	for i := range len(code) {
		c := code[i]
		alnum := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !alnum && (i == 0 || c != '_' && c != '-') {
			return false
		}
	}
	return len(code) >= 2 && len(code) <= 64
}

func cut(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "..."
	}
	return text
}

// Import takes a file of codes into the pool of a live offer. Refusals: not_found, invalid_request (which names the lines).
func (d *Desk) Import(ctx context.Context, store CodeStore, f CodeFile, now time.Time, progress func(done int)) (Import, error) {
	o, _, found := d.Terms.Live(f.Offer)
	if !found {
		return Import{}, boon.Refuse(boon.ReasonNotFound, "there is no offer %s", f.Offer)
	}
	if !o.Codes.Imported {
		return Import{}, boon.Invalid("offer", "offer %s takes no imported codes; write codes: {mode: pool, imported: true} in its bundle", f.Offer)
	}
	var faults Faults
	for i, code := range f.Codes {
		if id, lead := d.leads(code); lead {
			faults.add(f.Lines[i], "the code %q is the offer %q's already, or looks like one of its generated codes", code, id)
		}
	}
	if err := faults.orNil(); err != nil {
		return Import{}, err
	}
	f.At = now
	done, err := store.ImportCodes(ctx, f, progress)
	var taken *Taken
	if errors.As(err, &taken) {
		for i, place := range taken.Places {
			faults.add(f.Lines[place], "the code %q is in the pool of offer %q already", f.Codes[place], taken.Offers[i])
		}
		return Import{}, faults.orNil()
	}
	return done, err
}

// leads names the live offer that a code leads to without a look at what is imported.
func (d *Desk) leads(code string) (string, bool) {
	if o, _, public := d.Terms.Coded(code); public {
		return o.ID, true
	}
	return d.Terms.Pooled(code)
}

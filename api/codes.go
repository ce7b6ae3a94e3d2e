package api

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"boon"
	"boon/redeem"
)

const (
	limitCodes = 512 << 20 // bytes of a file of codes, after decompression
	allCodes   = 1 << 40
)

// code says what a code is.
func (s *server) code(w http.ResponseWriter, r *http.Request, _ caller) error {
	state, err := s.ports.Codes.Check(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, state)
}

// codes writes a pool as it is read, so that a million codes take no memory.
func (s *server) codes(w http.ResponseWriter, r *http.Request, _ caller) error {
	count, err := number(r, "count", allCodes, allCodes)
	if err != nil {
		return err
	}
	from, err := number(r, "from", 1, allCodes)
	if err != nil {
		return err
	}
	states, err := switched(r, "state")
	if err != nil {
		return err
	}
	out := csvCodes{w: w, lines: bufio.NewWriterSize(w, 64<<10), states: states}
	err = s.ports.Codes.List(r.Context(), r.PathValue("id"), from-1, count, out.write)
	if err != nil && out.begun {
		panic(http.ErrAbortHandler) // a cut connection is the only way to say that what was sent is not all
	}
	if err != nil {
		return err
	}
	out.begin()
	_ = out.lines.Flush() // the client went away: nobody is left to tell
	return nil
}

// csvCodes writes codes as lines of CSV; nothing in them needs quotes.
type csvCodes struct {
	w      http.ResponseWriter
	lines  *bufio.Writer
	states bool
	begun  bool
}

func (c *csvCodes) begin() {
	if c.begun {
		return
	}
	c.begun = true
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.lines.WriteString("code,number")
	if c.states {
		_, _ = c.lines.WriteString(",state")
	}
	_ = c.lines.WriteByte('\n')
}

func (c *csvCodes) write(code redeem.PoolCode) error {
	c.begin()
	line := strconv.AppendInt(append(append(c.lines.AvailableBuffer(), code.Code...), ','), code.Number, 10)
	if c.states {
		state, err := code.State()
		if err != nil {
			return err
		}
		line = append(append(line, ','), state...)
	}
	_, err := c.lines.Write(append(line, '\n'))
	return err
}

// importCodes takes a file of codes, as it is or compressed. A client that accepts application/x-ndjson reads a line {done, of} now and then, and last the
// answer or the problem.
func (s *server) importCodes(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := openBody(r, limitCodes)
	if err != nil {
		return err
	}
	lines := importLines{w: w, wanted: strings.Contains(r.Header.Get("Accept"), linesType)}
	file := http.MaxBytesReader(nil, io.NopCloser(body), limitCodes)
	done, err := s.ports.Codes.Import(r.Context(), r.PathValue("id"), file, lines.progress)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = boon.Refuse(boon.ReasonTooLarge, "The file is longer than %d bytes; split it.", limitCodes)
	}
	switch {
	case lines.next > 0 && err != nil:
		return lines.write(problemOf(err))
	case lines.next > 0:
		return lines.write(done)
	case err != nil:
		return err
	}
	return writeJSON(w, http.StatusOK, done)
}

const (
	linesType   = "application/x-ndjson"
	everyImport = 10_000 // codes, from one line of progress to the next
)

// importLines tells a client how far an import is.
type importLines struct {
	w      http.ResponseWriter
	wanted bool
	next   int // codes at which to tell; above 0 once the answer began
}

func (l *importLines) progress(done, of int) {
	if !l.wanted || done < l.next {
		return
	}
	if l.next == 0 {
		l.w.Header().Set("Content-Type", linesType)
		l.w.Header().Set("Cache-Control", "no-store")
		l.w.WriteHeader(http.StatusOK)
	}
	l.next = done + everyImport
	_ = l.write(map[string]int{"done": done, "of": of}) // who went away is told nothing
	_ = http.NewResponseController(l.w).Flush()
}

func (l *importLines) write(line any) error { return json.NewEncoder(l.w).Encode(line) }

package api

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"

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

// importCodes takes a file of codes, as it is or compressed.
func (s *server) importCodes(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := openBody(r, limitCodes)
	if err != nil {
		return err
	}
	done, err := s.ports.Codes.Import(r.Context(), r.PathValue("id"), http.MaxBytesReader(nil, io.NopCloser(body), limitCodes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return boon.Refuse(boon.ReasonTooLarge, "The file is longer than %d bytes; split it.", limitCodes)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, done)
}

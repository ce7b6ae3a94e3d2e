package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
)

// head is what a client needs of an answer's head to find where its body ends (RFC 9112, section 6.3).
type head struct {
	status  int
	length  int // of the body, bytes; -1: not told
	chunked bool
}

// readAnswer reads an answer to GET, POST, PUT or DELETE. It reads the head where it lies in the buffer and makes nothing but the body, where net/http
// makes a map of all fields: in a measurement the client's garbage slows the server that shares the process.
func readAnswer(in *bufio.Reader) (status int, body []byte, err error) {
	h, err := readHead(in)
	if err != nil {
		return 0, nil, fmt.Errorf("read head of answer: %w", err)
	}
	if body, err = h.body(in); err != nil {
		return 0, nil, fmt.Errorf("read body of answer: %w", err)
	}
	return h.status, body, nil
}

func readHead(in *bufio.Reader) (head, error) {
	h := head{length: -1}
	line, err := readLine(in)
	if err != nil {
		return h, err
	}
	version, rest, _ := bytes.Cut(line, []byte(" "))
	code, _, _ := bytes.Cut(rest, []byte(" "))
	h.status, err = strconv.Atoi(string(code))
	if string(version) != "HTTP/1.1" || err != nil || h.status < 200 {
		return h, fmt.Errorf("%q begins no answer of HTTP/1.1", line)
	}
	for {
		if line, err = readLine(in); err != nil || len(line) == 0 {
			return h, err
		}
		if err := h.field(line); err != nil {
			return h, err
		}
	}
}

// field reads one field of the head.
func (h *head) field(line []byte) (err error) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	switch {
	case !ok:
		return fmt.Errorf("%q is no field", line)
	case bytes.EqualFold(name, []byte("Content-Length")):
		if h.length, err = strconv.Atoi(string(value)); err != nil || h.length < 0 {
			return fmt.Errorf("%q is no length", line)
		}
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		if h.chunked = bytes.EqualFold(value, []byte("chunked")); !h.chunked {
			return fmt.Errorf("%q is not understood", line)
		}
	}
	return nil
}

func (h head) body(in *bufio.Reader) ([]byte, error) {
	switch {
	case h.status == http.StatusNoContent || h.status == http.StatusNotModified:
		return nil, nil
	case h.chunked:
		return readChunks(in)
	case h.length < 0:
		return nil, errors.New("it has no length and no chunks")
	}
	body := make([]byte, h.length)
	_, err := io.ReadFull(in, body)
	return body, err
}

// readChunks reads a chunked body and the fields after it, up to their empty line.
func readChunks(in *bufio.Reader) ([]byte, error) {
	body, err := io.ReadAll(httputil.NewChunkedReader(in))
	for err == nil {
		var line []byte
		if line, err = readLine(in); len(line) == 0 {
			break
		}
	}
	return body, err
}

// readLine is good until the next read. A line longer than the buffer is an error.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return bytes.TrimRight(line, "\r\n"), err
}

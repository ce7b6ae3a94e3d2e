package engine

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"boon"
	"boon/ingest"
)

// line is one line of an events file.
type line struct {
	number int
	text   []byte
}

// parsed is a chunk of lines, decoded.
type parsed struct {
	file     int
	last     int // number of the last line of the chunk
	read     int64
	bytes    int64
	messages []ingest.Message
	numbers  []int // line of each message
	refused  []lineError
	ready    *ingest.Prepared
}

type lineError struct {
	line int
	err  error
}

const (
	chunkLines = 512
	maxLine    = 4 << 20 // a longer line is refused whole
)

// openEvents opens a file, seen through gzip where it is one.
func openEvents(path string) (io.ReadCloser, *counter, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open events: %w", err)
	}
	count := &counter{r: f}
	buffered := bufio.NewReaderSize(count, 1<<20)
	if magic, err := buffered.Peek(2); err == nil && bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
		}
		return struct {
			io.Reader
			io.Closer
		}{z, f}, count, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{buffered, f}, count, nil
}

// counter counts the bytes of the file that were read, for the progress bar.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// eachChunk reads lines after skip and hands them over in chunks, blank ones left out but counted as lines.
func eachChunk(ctx context.Context, r io.Reader, skip int, fn func(last int, lines []line) error) error {
	in := bufio.NewReaderSize(r, 1<<20)
	number, chunk := 0, make([]line, 0, chunkLines)
	for {
		text, err := readLine(in)
		if len(text) > 0 || err == nil {
			number++
			if number > skip && len(bytes.TrimSpace(text)) > 0 {
				chunk = append(chunk, line{number, text})
			}
		}
		if len(chunk) == chunkLines || (err != nil && len(chunk) > 0) {
			if err := fn(number, chunk); err != nil {
				return err
			}
			chunk = make([]line, 0, chunkLines)
		}
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", number+1, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// readLine reads to the end of the line; what is past maxLine is dropped, and the line then does not parse.
func readLine(in *bufio.Reader) ([]byte, error) {
	var text []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(text) < maxLine {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(text, "\r\n"), err
		}
	}
}

// parse decodes a chunk. An event of a file has its own time; it is vouched for, since it lies on the server.
func parse(file, last int, lines []line, received time.Time, digest string) parsed {
	p := parsed{file: file, last: last, read: int64(len(lines)), messages: make([]ingest.Message, 0, len(lines)), numbers: make([]int, 0, len(lines))}
	for _, l := range lines {
		m, err := ingest.Decode(l.text, 0, received)
		if err == nil && m.Timestamp.IsZero() {
			err = boon.Invalid("timestamp", "an event of a file needs its time")
		}
		if err != nil {
			p.refused = append(p.refused, lineError{l.number, err})
			continue
		}
		m.Verified = true
		if m.MessageID == "" {
			m.MessageID = lineID(digest, file, l.number)
		}
		p.messages, p.numbers = append(p.messages, m), append(p.numbers, l.number)
	}
	return p
}

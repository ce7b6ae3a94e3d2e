package bench

import (
	"bufio"
	"strings"
	"testing"
)

func TestAnswersEndWhereTheirHeadSays(t *testing.T) {
	const next = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct {
		name, text string
		status     int
		body       string
	}{
		{"length", "HTTP/1.1 201 Created\r\nDate: x:y\r\ncontent-length:  3 \r\n\r\nabc", 201, "abc"},
		{"no reason", "HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n", 400, ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", 200, "abc"},
		{"fields after chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "a"},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, ""},
	} {
		in := bufio.NewReader(strings.NewReader(c.text + next))
		status, body, err := readAnswer(in)
		rest, _ := in.Peek(len(next))
		if status != c.status || string(body) != c.body || err != nil || string(rest) != next {
			t.Errorf("%s: %d, %q, %v, then %q", c.name, status, body, err, rest)
		}
	}
}

func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
		"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nno field\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nto the end", "HTTP/1.1 200 " + strings.Repeat("x", 5000),
	} {
		if status, body, err := readAnswer(bufio.NewReader(strings.NewReader(text))); err == nil {
			t.Errorf("%.60q: %d, %q", text, status, body)
		}
	}
}

// The client shares the process with the server that it measures.
func TestAnAnswerCostsItsBody(t *testing.T) {
	text := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: 0123456789abcdef\r\nContent-Length: 600\r\n\r\n" + strings.Repeat("x", 600)
	from := strings.NewReader(text)
	in := bufio.NewReader(from)
	if n := testing.AllocsPerRun(100, func() {
		from.Reset(text)
		in.Reset(from)
		if _, _, err := readAnswer(in); err != nil {
			t.Fatal(err)
		}
	}); n > 2 {
		t.Errorf("%.0f allocations, one is expected", n)
	}
}

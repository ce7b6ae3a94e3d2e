package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// Client speaks HTTP/1.1 to one server, over a connection for each caller at work. It costs less than the server that it measures: a call is a write and
// a read by its caller, with no goroutine in between. The connection that came free last goes first. It is safe for concurrent use.
type Client struct {
	address string
	head    string // of every request
	mu      sync.Mutex
	idle    []*line
}

// line is a connection.
type line struct {
	net.Conn
	read *bufio.Reader
	out  bytes.Buffer
}

// NewClient calls the server at address (host:port) with an API key.
func NewClient(address, key string) *Client {
	return &Client{address: address, head: "Host: " + address + "\r\nAuthorization: Bearer " + key + "\r\n"}
}

// Send makes a call and reads the whole answer. HEAD, whose answer tells the length of a body that does not follow, is refused.
func (c *Client) Send(method, path, contentType string, body []byte) (status int, answer []byte, err error) {
	if method == http.MethodHead {
		return 0, nil, errors.New("call: HEAD is not spoken here")
	}
	l, err := c.take()
	if err != nil {
		return 0, nil, fmt.Errorf("call: %w", err)
	}
	status, answer, err = l.call(method, path, c.head, contentType, body)
	if err != nil {
		_ = l.Close() // it is of no more use, and err says why
		return 0, nil, fmt.Errorf("call: %w", err)
	}
	c.give(l)
	return status, answer, nil
}

func (c *Client) take() (*line, error) {
	c.mu.Lock()
	if last := len(c.idle) - 1; last >= 0 {
		defer c.mu.Unlock()
		l := c.idle[last]
		c.idle = c.idle[:last]
		return l, nil
	}
	c.mu.Unlock()
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		return nil, err
	}
	return &line{Conn: conn, read: bufio.NewReader(conn)}, nil
}

func (c *Client) give(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, l)
}

// Close ends the connections that are idle.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.idle {
		_ = l.Close() // nothing is on its way
	}
	c.idle = nil
	return nil
}

func (l *line) call(method, path, head, contentType string, body []byte) (int, []byte, error) {
	l.out.Reset()
	for _, part := range []string{method, " ", path, " HTTP/1.1\r\n", head, "Content-Type: ", contentType, "\r\nContent-Length: ", strconv.Itoa(len(body)), "\r\n\r\n"} {
		l.out.WriteString(part)
	}
	l.out.Write(body)
	if _, err := l.Write(l.out.Bytes()); err != nil {
		return 0, nil, err
	}
	return readAnswer(l.read)
}

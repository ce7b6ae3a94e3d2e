package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Message is one thing to tell.
type Message struct {
	ID   string // the receiver knows a repetition by it
	Body []byte // JSON
}

// Sender posts messages, signed with its secret.
type Sender struct {
	Secret []byte
	Client *http.Client
}

// timeout is of one attempt.
const timeout = 10 * time.Second

// NewSender is a sender that follows no redirect and waits ten seconds for an answer.
func NewSender(secret []byte) *Sender {
	return &Sender{secret, &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Send posts a message to url; at is the time of the attempt. An error says that it has to be sent again.
func (s *Sender) Send(ctx context.Context, url string, m Message, at time.Time) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(m.Body))
	if err != nil {
		return fmt.Errorf("make webhook: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Boon")
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", Sign(s.Secret, m.ID, at, m.Body))
	answer, err := s.Client.Do(r)
	if err != nil {
		return fmt.Errorf("post webhook: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection serves again
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("post webhook: the receiver answered %s", answer.Status)
	}
	return nil
}

// Sign is the signature of a message at a time.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SecretText is a secret as receivers are told it.
func SecretText(secret []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(secret) }

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type streamCmd struct {
	URL       string   `required:"" help:"Address of a running server." placeholder:"http://127.0.0.1:8080"`
	Key       string   `help:"Server key." env:"BOON_API_KEY"`
	Placement []string `help:"Only decisions for this placement." placeholder:"ID"`
	Offer     []string `help:"Only decisions that gave this offer." placeholder:"ID"`
	Outcome   []string `enum:"offer,nudge,none,holdout" help:"Only decisions with this outcome: offer, nudge, none or holdout." placeholder:"OUTCOME"`
	Trigger   []string `help:"Only decisions for this trigger." placeholder:"ID"`
	JSON      bool     `help:"Print one JSON object a line."`
}

// Validate implements kong's check of a command line.
func (c *streamCmd) Validate() error {
	if c.URL == "" {
		return nil // that it is missing is said elsewhere
	}
	return address(c.URL)
}

func (c *streamCmd) Help() string {
	return `Example: boon stream --outcome offer --url http://127.0.0.1:8080

A connection that breaks is made again, and goes on where it was; what was missed is said. It ends when it is interrupted.`
}

const (
	streamSilence  = 45 * time.Second // three heartbeats: the connection is dead
	streamRetry    = time.Second
	streamRetryMax = 30 * time.Second
)

func (c *streamCmd) Run(ctx context.Context, con *console) error {
	l := streamListener{cmd: c, con: con}
	for wait := streamRetry; ; wait = min(2*wait, streamRetryMax) {
		began, err := l.listen(ctx)
		var final lasting
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &final), l.last == "":
			return err
		case began:
			wait = streamRetry
		}
		fmt.Fprintf(con.err, "connection lost (%v), again in %s\n", err, wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// lasting is an error that stays when the request is made again.
type lasting struct{ error }

// streamListener keeps across connections what was read last.
type streamListener struct {
	cmd  *streamCmd
	con  *console
	last string
}

// listen reads one connection to its end. It began when the server let it in.
func (l *streamListener) listen(ctx context.Context) (began bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	resp, err := l.connect(ctx)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return false, refusal(resp)
	}
	quiet := time.AfterFunc(streamSilence, func() { cancel(fmt.Errorf("nothing was heard for %s", streamSilence)) })
	defer quiet.Stop()
	err = l.read(resp.Body, func() { quiet.Reset(streamSilence) })
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return true, err
}

func (l *streamListener) connect(ctx context.Context) (*http.Response, error) {
	query := url.Values{"placement": l.cmd.Placement, "offer": l.cmd.Offer, "outcome": l.cmd.Outcome, "trigger": l.cmd.Trigger}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(l.cmd.URL, "/")+"/v1/stream?"+query.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	authorize(req, l.cmd.Key)
	if l.last != "" {
		req.Header.Set("Last-Event-ID", l.last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, unreachable(l.cmd.URL, err)
	}
	return resp, nil
}

func refusal(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode < http.StatusInternalServerError {
		return lasting{problem(resp.StatusCode, data)}
	}
	return problem(resp.StatusCode, data)
}

// read takes events apart; alive is called for every line.
func (l *streamListener) read(body io.Reader, alive func()) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	var event, data string
	for lines.Scan() {
		alive()
		field, value, _ := strings.Cut(lines.Text(), ": ") // of a comment, and of the empty line that ends an event, the field is empty
		switch field {
		case "id":
			l.last = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if err := l.print(event, data); err != nil {
				return lasting{err}
			}
			event, data = "", ""
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.EOF
}

// streamedDecision is what a line shows.
type streamedDecision struct {
	ID, ProfileID, Trigger string
	At                     time.Time
	Placements             []struct {
		Placement, Outcome, Offer, Value, Reason string
		Propensity                               float64
	}
}

func (l *streamListener) print(event, data string) error {
	switch {
	case event == "gap":
		return l.gap(data)
	case event != "decision":
		return nil
	case l.cmd.JSON:
		_, err := fmt.Fprintln(l.con.out, data)
		return err
	}
	var d streamedDecision
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	for _, p := range d.Placements {
		_, err := fmt.Fprintf(l.con.out, "%s  %-20s  %-7s  %-24s  %-8s  %-16s  %.3f  %s  %s  %s\n",
			d.At.Local().Format(time.TimeOnly), p.Placement, p.Outcome, dash(p.Offer), dash(p.Value), p.Reason, p.Propensity, d.ProfileID, d.ID, d.Trigger)
		if err != nil {
			return err
		}
	}
	return nil
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// gap says what was missed: beside the decisions in JSON, else where progress is told.
func (l *streamListener) gap(data string) error {
	if l.cmd.JSON {
		_, err := fmt.Fprintln(l.con.out, data)
		return err
	}
	var gap struct{ Missed *int64 }
	if err := json.Unmarshal([]byte(data), &gap); err != nil {
		return fmt.Errorf("read gap: %w", err)
	}
	if gap.Missed == nil {
		fmt.Fprintln(l.con.err, "an unknown number of decisions was missed")
		return nil
	}
	fmt.Fprintf(l.con.err, "%d decisions were missed\n", *gap.Missed)
	return nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"
)

type eventsCmd struct {
	Aside eventsAsideCmd `cmd:"" help:"Show events that could not be applied, or not be taken to the log after an outage, when they were tried last, and why."`
	Retry eventsRetryCmd `cmd:"" help:"Try one of them again, or all."`
}

// asideEvents are events that are set aside, as a server tells them.
type asideEvents struct {
	Events []asideEvent `json:"events"`
}

type asideEvent struct {
	ID        uint64    `json:"id"`
	Outage    bool      `json:"outage"`
	Event     string    `json:"event"`
	More      int       `json:"more"`
	MessageID string    `json:"messageId"`
	Order     string    `json:"order"`
	Owner     string    `json:"owner"`
	At        time.Time `json:"at"`
	Cause     string    `json:"cause"`
	Waiting   bool      `json:"waiting"`
}

func (e asideEvent) row() string {
	at, from, event := "?", "log", cmp.Or(e.Event, "?")
	if !e.At.IsZero() {
		at = e.At.Format(time.RFC3339)
	}
	if e.Outage {
		from = "outage"
	}
	if e.More > 0 {
		event = fmt.Sprintf("%s +%d", event, e.More)
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s", e.ID, at, from, event, e.Order, e.MessageID, e.Owner, e.Cause)
}

type eventsAsideCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *eventsAsideCmd) Help() string {
	return "Example: boon events aside --url http://127.0.0.1:8080"
}

func (c *eventsAsideCmd) Run(ctx context.Context, con *console) error {
	var answer asideEvents
	return list(ctx, con, c.target, c.JSON, "/v1/events/aside", &answer, func(w *tabwriter.Writer) {
		for _, e := range answer.Events {
			fmt.Fprintln(w, e.row())
		}
	})
}

type eventsRetryCmd struct {
	target
	ID   uint64 `arg:"" optional:"" help:"The event, as boon events aside shows it."`
	All  bool   `help:"All that are set aside."`
	JSON bool   `help:"Print one JSON document."`
}

// Validate implements kong's check of a command line.
func (c eventsRetryCmd) Validate() error {
	if err := c.target.Validate(); err != nil || (c.ID != 0) != c.All {
		return err
	}
	return errors.New("give the ID of an event, or --all")
}

func (c *eventsRetryCmd) Help() string {
	return `Example: boon events retry 4711 --url http://127.0.0.1:8080

It is applied as it came, after all that is applied already; of what an outage kept from the log, the whole call. What cannot be applied still stays set aside, with the newer reason, and the command
ends with 1.`
}

// retryPatience is how long a retry is waited for.
const retryPatience = 30 * time.Second

// tried is what came of a retry.
type tried struct {
	ID    uint64 `json:"id"`
	State string `json:"state"` // applied, aside, waiting
	Cause string `json:"cause,omitempty"`
}

func (c *eventsRetryCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	path := "/v1/events/aside/retry"
	if !c.All {
		path = fmt.Sprintf("/v1/events/aside/%d/retry", c.ID)
	}
	var begun asideEvents
	if err := cl.call(ctx, http.MethodPost, path, "", nil, &begun); err != nil {
		return err
	}
	outcome, err := retried(ctx, cl, begun.Events)
	if err != nil {
		return err
	}
	return c.tell(con, outcome)
}

// retried waits until none of these events waits, or patience ends.
func retried(ctx context.Context, cl *client, begun []asideEvent) ([]tried, error) {
	for deadline := time.Now().Add(retryPatience); ; {
		var now asideEvents
		if err := cl.call(ctx, http.MethodGet, "/v1/events/aside", "", nil, &now); err != nil {
			return nil, err
		}
		outcome, waiting := outcomes(begun, now.Events)
		if !waiting || time.Now().After(deadline) {
			return outcome, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// outcomes is what came of events: what is no longer set aside is applied.
func outcomes(begun, standing []asideEvent) (all []tried, waiting bool) {
	left := make(map[uint64]asideEvent, len(standing))
	for _, e := range standing {
		left[e.ID] = e
	}
	all = make([]tried, len(begun))
	for i, b := range begun {
		switch e, ok := left[b.ID]; {
		case !ok:
			all[i] = tried{ID: b.ID, State: "applied"}
		case e.Waiting:
			all[i], waiting = tried{ID: b.ID, State: "waiting"}, true
		default:
			all[i] = tried{ID: b.ID, State: "aside", Cause: e.Cause}
		}
	}
	return all, waiting
}

func (c *eventsRetryCmd) tell(con *console, all []tried) error {
	left := 0
	for _, t := range all {
		if t.State != "applied" {
			left++
		}
		if !c.JSON {
			fmt.Fprintln(con.out, t.text())
		}
	}
	if c.JSON {
		if err := writeJSON(con.out, map[string]any{"events": all}); err != nil {
			return err
		}
	}
	if left > 0 {
		return fmt.Errorf("%d of %d events are not applied", left, len(all))
	}
	return nil
}

func (t tried) text() string {
	switch t.State {
	case "aside":
		return fmt.Sprintf("%d  still set aside: %s", t.ID, t.Cause)
	case "waiting":
		return fmt.Sprintf("%d  waits its turn; boon events aside shows what comes of it", t.ID)
	}
	return fmt.Sprintf("%d  applied", t.ID)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"boon"
)

type alarmsCmd struct {
	target
	After  int64 `help:"Only what came after this number." placeholder:"N"`
	Follow bool  `help:"Wait for more, until interrupted."`
	JSON   bool  `help:"Print one JSON object a line."`
	Secret bool  `help:"Show the secret that signs alarms to the shop's webhook, and nothing else."`
}

func (c *alarmsCmd) Help() string {
	return "Example: boon alarms --follow --url http://127.0.0.1:8080"
}

// followEvery is how often --follow asks.
const followEvery = time.Second

func (c *alarmsCmd) Run(ctx context.Context, con *console) error {
	if c.Secret {
		return request(ctx, con, c.target, http.MethodGet, "/v1/alarms/secret", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	for after := c.After; ; {
		next, err := c.print(ctx, con, cl, after)
		if err != nil {
			return err
		}
		if next > after {
			after = next
			continue
		}
		if !c.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

// print shows a page and returns the number of its last alarm.
func (c *alarmsCmd) print(ctx context.Context, con *console, cl *client, after int64) (int64, error) {
	var answer struct{ Alarms []boon.StoredAlarm }
	if err := cl.call(ctx, http.MethodGet, fmt.Sprintf("/v1/alarms?after=%d", after), "", nil, &answer); err != nil {
		if ctx.Err() != nil {
			return after, nil
		}
		return after, err
	}
	for _, a := range answer.Alarms {
		after = a.Seq
		if c.JSON {
			if err := json.NewEncoder(con.out).Encode(a); err != nil {
				return after, err
			}
			continue
		}
		fmt.Fprintf(con.out, "%d  %s  %s  %s\n", a.Seq, a.At.Format(time.RFC3339), a.Rule, a.Detail)
	}
	return after, nil
}

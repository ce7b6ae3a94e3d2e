package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"
)

// subject is what is paused or resumed.
type subject struct {
	Offer    string `help:"An offer." placeholder:"ID"`
	Campaign string `help:"A campaign: all its offers." placeholder:"ID"`
	Category string `help:"A category: all offers that are about goods of it." placeholder:"PATH"`
	Channel  string `help:"A channel: all its placements." placeholder:"NAME"`
	All      bool   `help:"Every offer at once."`
}

// named is what was given, by the name it has in the API.
func (s subject) named() map[string]string {
	all := map[string]string{"offer": s.Offer, "campaign": s.Campaign, "category": s.Category, "channel": s.Channel}
	maps.DeleteFunc(all, func(_, id string) bool { return id == "" })
	if s.All {
		all["all"] = "1"
	}
	return all
}

// said is the same in words.
func (s subject) said() string {
	for kind, id := range s.named() { // one holds
		if kind != "all" {
			return kind + " " + id
		}
	}
	return "every offer"
}

// one refuses none and several.
func (s subject) one() error {
	if len(s.named()) != 1 {
		return errors.New("give one of --offer ID, --campaign ID, --category PATH, --channel NAME and --all")
	}
	return nil
}

type pauseCmd struct {
	acting
	subject
	Reason string `required:"" help:"Why; the audit keeps it." placeholder:"TEXT"`
	Refuse bool   `help:"Refuse grants that were given before, too."`
}

// Validate implements kong's check of a command line.
func (c pauseCmd) Validate() error { return cmp.Or(c.target.Validate(), c.one()) }

func (c *pauseCmd) Help() string {
	return `Example: boon pause --offer ten-off --reason "priced wrongly" --url http://127.0.0.1:8080

--all is the kill switch for the whole shop. A pause is in force when the command ends; other processes on the same database follow at once.`
}

func (c *pauseCmd) Run(ctx context.Context, con *console) error {
	body := map[string]any{"offer": c.Offer, "campaign": c.Campaign, "category": c.Category, "channel": c.Channel, "all": c.All,
		"reason": c.Reason, "honour": !c.Refuse}
	return c.do(ctx, con, http.MethodPost, "/v1/pauses", body, "paused "+c.said())
}

type resumeCmd struct {
	acting
	subject
	Reason string `help:"Why; the audit keeps it." placeholder:"TEXT"`
}

// Validate implements kong's check of a command line.
func (c resumeCmd) Validate() error { return cmp.Or(c.target.Validate(), c.one()) }

func (c *resumeCmd) Help() string {
	return "Example: boon resume --offer ten-off --reason repriced --url http://127.0.0.1:8080"
}

func (c *resumeCmd) Run(ctx context.Context, con *console) error {
	q := url.Values{}
	for name, value := range c.named() {
		q.Set(name, value)
	}
	if c.Reason != "" {
		q.Set("reason", c.Reason)
	}
	return c.do(ctx, con, http.MethodDelete, "/v1/pauses?"+q.Encode(), nil, "resumed "+c.said())
}

type pausesCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *pausesCmd) Help() string { return "Example: boon pauses --url http://127.0.0.1:8080" }

func (c *pausesCmd) Run(ctx context.Context, con *console) error {
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, "/v1/pauses", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct {
		Pauses []struct {
			Kind, ID, By, Reason string
			At                   time.Time
		}
	}
	if err := cl.call(ctx, http.MethodGet, "/v1/pauses", "", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	for _, p := range answer.Pauses {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.At.Format(time.RFC3339), p.Kind, p.ID, p.By, p.Reason)
	}
	return w.Flush()
}

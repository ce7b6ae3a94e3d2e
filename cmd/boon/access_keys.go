package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"boon"
)

type keysAddCmd struct {
	target
	Name   string   `required:"" help:"Of who will hold it: the audit and four eyes go by it." placeholder:"NAME"`
	Scopes []string `required:"" help:"What it may do: ingest, decide, redeem, read, write, approve, privacy." placeholder:"read,write"`
	JSON   bool     `help:"Print one JSON document."`
}

func (c *keysAddCmd) Help() string {
	return "Example: boon keys add --name ada --scopes read,write,approve --data ./data\n\nThe secret is printed once and kept nowhere."
}

func (c *keysAddCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	body, err := json.Marshal(map[string]any{"name": c.Name, "scopes": c.Scopes})
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	var raw []byte
	if err := cl.call(ctx, http.MethodPost, "/v1/keys", "application/json", body, &raw); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, raw)
	}
	var made struct{ Secret string }
	if err := json.Unmarshal(raw, &made); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	_, err = fmt.Fprintln(con.out, made.Secret)
	return err
}

type keysListCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *keysListCmd) Help() string { return "Example: boon keys list --data ./data" }

func (c *keysListCmd) Run(ctx context.Context, con *console) error {
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, "/v1/keys", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct{ Keys []boon.AccessKey }
	if err := cl.call(ctx, http.MethodGet, "/v1/keys", "", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	for _, k := range answer.Keys {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Name, k.At.Format(time.DateOnly), strings.Join(k.Scopes, ","))
	}
	return w.Flush()
}

type keysDropCmd struct {
	acting
	Name string `required:"" help:"Name of the key." placeholder:"NAME"`
}

func (c *keysDropCmd) Help() string { return "Example: boon keys drop --name ada --data ./data" }

func (c *keysDropCmd) Run(ctx context.Context, con *console) error {
	return c.do(ctx, con, http.MethodDelete, "/v1/keys/"+url.PathEscape(c.Name), nil, "dropped "+c.Name)
}

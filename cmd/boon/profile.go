package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

type profileCmd struct {
	Show      profileShowCmd      `cmd:"" help:"Show a profile: its identifiers, links, consent and features."`
	Decisions profileDecisionsCmd `cmd:"" help:"List what triggers decided for a profile, newest first."`
	Unlink    profileUnlinkCmd    `cmd:"" help:"Cut the link between two identifiers; the components are computed again."`
}

type profileShowCmd struct {
	Ref string `arg:"" help:"Profile id, or namespace:value (user:u1, anonymous:a1, email:x@example.org)."`
	target
	JSON bool `help:"Print one JSON document (the same text)."`
}

func (c *profileShowCmd) Help() string { return "Example: boon profile show user:u1 --data ./data" }

func (c *profileShowCmd) Run(ctx context.Context, con *console) error {
	return request(ctx, con, c.target, http.MethodGet, "/v1/profiles/"+url.PathEscape(c.Ref), nil)
}

type profileDecisionsCmd struct {
	Ref     string `arg:"" help:"Profile id, or namespace:value (user:u1, anonymous:a1, email:x@example.org)."`
	Trigger string `help:"Only what this trigger decided."`
	target
	JSON bool `help:"Print one JSON document (the same text)."`
}

func (c *profileDecisionsCmd) Help() string {
	return "Example: boon profile decisions user:u1 --trigger abandoned-cart --data ./data"
}

func (c *profileDecisionsCmd) Run(ctx context.Context, con *console) error {
	path := "/v1/profiles/" + url.PathEscape(c.Ref) + "/decisions?" + url.Values{"trigger": {c.Trigger}}.Encode()
	return request(ctx, con, c.target, http.MethodGet, path, nil)
}

type profileUnlinkCmd struct {
	A string `arg:"" help:"One identifier (namespace:value)."`
	B string `arg:"" help:"The other."`
	target
	JSON bool `help:"Print one JSON document (the same text)."`
}

func (c *profileUnlinkCmd) Help() string {
	return "Example: boon profile unlink user:u1 anonymous:kiosk-7 --url http://127.0.0.1:8080"
}

func (c *profileUnlinkCmd) Run(ctx context.Context, con *console) error {
	body, err := json.Marshal(map[string]string{"a": c.A, "b": c.B})
	if err != nil {
		return err
	}
	return request(ctx, con, c.target, http.MethodPost, "/v1/profiles/unlink", body)
}

// request makes one call and prints the answer.
func request(ctx context.Context, con *console, to target, method, path string, body []byte) error {
	cl, err := to.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer []byte
	if err := cl.call(ctx, method, path, "application/json", body, &answer); err != nil {
		return err
	}
	return printJSON(con.out, answer)
}

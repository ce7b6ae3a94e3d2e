package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"boon"
	"boon/engine"
)

// proposal is a proposal as a server tells it.
type proposal struct {
	ID, By, Note, Base, Release, Changes, Decider, Reply string
	State                                                boon.ProposalState
}

func (p proposal) print(w io.Writer) {
	fmt.Fprintf(w, "%s %s, by %s, for %s\n", p.ID, p.State, p.By, p.Release)
	if p.Note != "" {
		fmt.Fprintln(w, "  note:", p.Note)
	}
	if p.Decider != "" {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s by %s: %s", p.State, p.Decider, p.Reply), ": "))
	}
	for line := range strings.SplitSeq(strings.TrimRight(p.Changes, "\n"), "\n") {
		fmt.Fprintln(w, " ", line)
	}
}

type proposeCmd struct {
	bundleFiles
	target
	Note string `help:"Why, for who decides." placeholder:"TEXT"`
	JSON bool   `help:"Print one JSON document."`
}

func (c *proposeCmd) Help() string {
	return "Example: boon propose -f examples/boutique --note 'Easter' --url http://127.0.0.1:8080\n\nNothing comes into force until somebody else approves it: boon approve ID with the key of another person."
}

func (c *proposeCmd) Run(ctx context.Context, con *console) error {
	src, warnings, err := engine.ReadBundle(c.File)
	if err != nil {
		return err
	}
	tellWarnings(con, warnings)
	text, err := engine.ExportBundle(src.Bundle)
	if err != nil {
		return err
	}
	query := url.Values{}
	put(query, "note", c.Note)
	return tellProposal(ctx, con, c.target, "/v1/releases?"+query.Encode(), "application/yaml", text, c.JSON)
}

// tellProposal posts what makes or decides a proposal, and prints the proposal.
func tellProposal(ctx context.Context, con *console, t target, path, contentType string, body []byte, asJSON bool) error {
	cl, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var raw []byte
	if err := cl.call(ctx, http.MethodPost, path, contentType, body, &raw); err != nil {
		return err
	}
	if asJSON {
		return printJSON(con.out, raw)
	}
	var p proposal
	if err := json.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	p.print(con.out)
	return nil
}

type approvalsCmd struct {
	target
	All  bool `help:"Show those that are decided too."`
	JSON bool `help:"Print one JSON document (of all)."`
}

func (c *approvalsCmd) Help() string {
	return "Example: boon approvals --url http://127.0.0.1:8080"
}

func (c *approvalsCmd) Run(ctx context.Context, con *console) error {
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, "/v1/approvals", nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct{ Proposals []proposal }
	if err := cl.call(ctx, http.MethodGet, "/v1/approvals", "", nil, &answer); err != nil {
		return err
	}
	for _, p := range answer.Proposals {
		if c.All || p.State == boon.ProposalOpen {
			p.print(con.out)
		}
	}
	return nil
}

// decision is what the two commands that decide have in common.
type decision struct {
	ID string `arg:"" help:"Proposal, as boon approvals shows it."`
	target
	Reply string `help:"Why, for the proposer and the audit." placeholder:"TEXT"`
	JSON  bool   `help:"Print one JSON document."`
}

func (d decision) send(ctx context.Context, con *console, what string) error {
	body, err := json.Marshal(map[string]string{"reply": d.Reply})
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	return tellProposal(ctx, con, d.target, "/v1/approvals/"+url.PathEscape(d.ID)+"/"+what, "application/json", body, d.JSON)
}

type approveCmd struct{ decision }

func (c *approveCmd) Help() string {
	return "Example: boon approve prp_06drv6b9035z62xdcamzfw71g4 --url http://127.0.0.1:8080 --key \"$BOBS_KEY\""
}

func (c *approveCmd) Run(ctx context.Context, con *console) error {
	return c.send(ctx, con, "approve")
}

type rejectCmd struct{ decision }

func (c *rejectCmd) Help() string {
	return "Example: boon reject prp_06drv6b9035z62xdcamzfw71g4 --reply 'too deep' --url http://127.0.0.1:8080"
}

func (c *rejectCmd) Run(ctx context.Context, con *console) error { return c.send(ctx, con, "reject") }

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"boon"
)

type explainCmd struct {
	Decision string `arg:"" help:"Decision id (dec_...)."`
	target
	JSON bool `help:"Print the whole record and the check as one JSON document."`
}

func (c *explainCmd) Help() string {
	return "Example: boon explain dec_01k8... --url http://127.0.0.1:8080"
}

// replayed is the answer of POST /v1/decisions/{id}/replay.
type replayed struct {
	Equal       bool     `json:"equal"`
	Differences []string `json:"differences,omitempty"`
}

func (c *explainCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var record, why json.RawMessage
	var check replayed
	path := "/v1/decisions/" + url.PathEscape(c.Decision)
	if err := cl.call(ctx, http.MethodGet, path, "", nil, &record); err != nil {
		return err
	}
	if err := cl.call(ctx, http.MethodGet, path+"/explain", "", nil, &why); err != nil {
		return err
	}
	if err := cl.call(ctx, http.MethodPost, path+"/replay", "application/json", nil, &check); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(con.out, map[string]any{"record": record, "explain": why, "replay": check})
	}
	return printExplanation(con, why, check)
}

func printExplanation(con *console, raw json.RawMessage, check replayed) error {
	var r struct {
		Candidates []boon.Candidate `json:"candidates"`
		Decision   boon.Decision    `json:"decision"`
		Exposure   struct{ Viewed, Clicked, Dismissed, Saved int64 }
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	d := r.Decision
	fmt.Fprintf(con.out, "%s  %s  profile %s  release %s\n", d.ID, d.At.Format("2006-01-02 15:04:05Z07:00"), d.ProfileID, d.ReleaseID)
	for _, p := range d.Picks {
		fmt.Fprintf(con.out, "%s: %s %s (%s), propensity %.3f %s\n", p.Placement, p.Outcome, p.Offer, p.Reason, p.Propensity, p.Detail)
	}
	for _, l := range d.LeftOut {
		fmt.Fprintf(con.out, "%s: %d offers left out beyond the bound of %d, the first of them %v\n", l.Placement, l.Count, l.Bound, l.Offers)
	}
	fmt.Fprintf(con.out, "shown %d times, clicked %d, dismissed %d, saved %d\n", r.Exposure.Viewed, r.Exposure.Clicked, r.Exposure.Dismissed, r.Exposure.Saved)
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\noffer\tlevel\tverdict\treason\tp0\tp\tcost\tdelta\t")
	for _, k := range r.Candidates {
		name := k.Offer
		if name == "" {
			name = "(nothing)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.3f\t%.3f\t%d\t%.1f\t%s\n", name, k.Level, k.Verdict, k.Reason, k.P0, k.P, k.Cost, k.Delta, k.Detail)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	verdict := "computed again: every byte of the record is equal"
	if !check.Equal {
		verdict = fmt.Sprintf("computed again: the record DIFFERS in %v", check.Differences)
	}
	_, err := fmt.Fprintln(con.out, verdict)
	return err
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"
)

type overrideCmd struct {
	Pin  overridePinCmd  `cmd:"" help:"Have an offer win over every other that is allowed."`
	Ban  overrideBanCmd  `cmd:"" help:"Have an offer refused, or every offer to one shopper."`
	Drop overrideDropCmd `cmd:"" help:"Take a pin or a ban back."`
	List overrideListCmd `cmd:"" help:"Show what is pinned and banned, by whom and why."`
}

// overriding is what a pin and a ban have in common.
type overriding struct {
	acting
	ID        string        `help:"A name for it; by default made of the act and what it is about. The same name again replaces it." placeholder:"NAME"`
	Reason    string        `required:"" help:"Why; the audit keeps it." placeholder:"TEXT"`
	For       time.Duration `help:"It ends by itself after so long." placeholder:"48h"`
	User      string        `help:"Only for the shopper with this userId." placeholder:"ID"`
	Segment   string        `help:"Only in this segment." placeholder:"ID"`
	Placement string        `help:"Only at this placement." placeholder:"ID"`
}

func (c *overriding) put(ctx context.Context, con *console, act, offer string) error {
	body := map[string]any{"act": act, "reason": c.Reason, "offer": offer, "segment": c.Segment, "placement": c.Placement}
	if c.User != "" {
		body["profile"] = map[string]string{"userId": c.User}
	}
	if c.For > 0 {
		body["until"] = time.Now().Add(c.For).UTC()
	}
	id := cmp.Or(c.ID, strings.Join([]string{act, cmp.Or(offer, c.User)}, "-"))
	return c.do(ctx, con, http.MethodPut, "/v1/overrides/"+url.PathEscape(id), body, id+" is in force")
}

type overridePinCmd struct {
	overriding
	Offer string `arg:"" help:"The offer."`
}

func (c *overridePinCmd) Help() string {
	return `Example: boon override pin ten-off --for 48h --placement checkout --reason "store opening" --url http://127.0.0.1:8080`
}

func (c *overridePinCmd) Run(ctx context.Context, con *console) error {
	return c.put(ctx, con, "pin", c.Offer)
}

type overrideBanCmd struct {
	overriding
	Offer string `arg:"" optional:"" help:"The offer; without it, with --user, every offer."`
}

func (c *overrideBanCmd) Help() string {
	return `Example: boon override ban --user u17 --reason "resells our codes" --url http://127.0.0.1:8080`
}

func (c *overrideBanCmd) Run(ctx context.Context, con *console) error {
	return c.put(ctx, con, "ban", c.Offer)
}

type overrideDropCmd struct {
	acting
	ID     string `arg:"" help:"Its name."`
	Reason string `help:"Why; the audit keeps it." placeholder:"TEXT"`
}

func (c *overrideDropCmd) Help() string {
	return "Example: boon override drop pin-ten-off --url http://127.0.0.1:8080"
}

func (c *overrideDropCmd) Run(ctx context.Context, con *console) error {
	path := "/v1/overrides/" + url.PathEscape(c.ID) + "?" + url.Values{"reason": {c.Reason}}.Encode()
	return c.do(ctx, con, http.MethodDelete, path, nil, "dropped "+c.ID)
}

type overrideListCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *overrideListCmd) Help() string {
	return "Example: boon override list --url http://127.0.0.1:8080"
}

func (c *overrideListCmd) Run(ctx context.Context, con *console) error {
	var answer struct {
		Overrides []struct {
			ID, Act, Offer, By, Reason string
			Until                      *time.Time
		}
	}
	return list(ctx, con, c.target, c.JSON, "/v1/overrides", &answer, func(w *tabwriter.Writer) {
		for _, o := range answer.Overrides {
			until := "until it is dropped"
			if o.Until != nil {
				until = "until " + o.Until.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.Act, o.Offer, until, o.By, o.Reason)
		}
	})
}

// list prints what a path answers, as JSON or as rows of a table.
func list(ctx context.Context, con *console, t target, asJSON bool, path string, answer any, rows func(*tabwriter.Writer)) error {
	if asJSON {
		return request(ctx, con, t, http.MethodGet, path, nil)
	}
	cl, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	if err := cl.call(ctx, http.MethodGet, path, "", nil, answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	rows(w)
	return w.Flush()
}

type holdsCmd struct {
	List    holdsListCmd    `cmd:"" default:"withargs" help:"Show what waits for a human."`
	Approve holdsApproveCmd `cmd:"" help:"Grant what waits."`
	Reject  holdsRejectCmd  `cmd:"" help:"Decline what waits."`
}

type holdsListCmd struct {
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *holdsListCmd) Help() string { return "Example: boon holds list --url http://127.0.0.1:8080" }

func (c *holdsListCmd) Run(ctx context.Context, con *console) error {
	var answer struct {
		Holds []struct {
			ID, Offer, Value, ProfileID string
			ExpiresAt                   time.Time
		}
	}
	return list(ctx, con, c.target, c.JSON, "/v1/holds", &answer, func(w *tabwriter.Writer) {
		for _, h := range answer.Holds {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\tuntil %s\n", h.ID, h.Offer, h.Value, h.ProfileID, h.ExpiresAt.Format(time.RFC3339))
		}
	})
}

// holdRuling is what both answers to a hold take.
type holdRuling struct {
	acting
	ID   string `arg:"" help:"The hold."`
	Note string `help:"For the audit." placeholder:"TEXT"`
}

func (c *holdRuling) post(ctx context.Context, con *console, what, done string) error {
	body := map[string]string{"note": c.Note}
	return c.do(ctx, con, http.MethodPost, "/v1/holds/"+url.PathEscape(c.ID)+"/"+what, body, done+" "+c.ID)
}

type holdsApproveCmd struct{ holdRuling }

func (c *holdsApproveCmd) Help() string {
	return "Example: boon holds approve hld_… --note fine --url http://127.0.0.1:8080"
}

func (c *holdsApproveCmd) Run(ctx context.Context, con *console) error {
	return c.post(ctx, con, "approve", "approved")
}

type holdsRejectCmd struct{ holdRuling }

func (c *holdsRejectCmd) Help() string {
	return `Example: boon holds reject hld_… --note "too deep for this brand" --url http://127.0.0.1:8080`
}

func (c *holdsRejectCmd) Run(ctx context.Context, con *console) error {
	return c.post(ctx, con, "reject", "rejected")
}

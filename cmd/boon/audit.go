package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"boon/api"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"Show who changed what, newest first."`
	Verify auditVerifyCmd `cmd:"" help:"Follow the audit's chain and name the first broken link."`
}

type auditListCmd struct {
	target
	Limit  int   `default:"50" help:"Acts to show."`
	Before int64 `help:"Show the acts before this number." placeholder:"N"`
	JSON   bool  `help:"Print one JSON document."`
}

func (c *auditListCmd) Help() string { return "Example: boon audit list --data ./data --limit 20" }

func (c *auditListCmd) Run(ctx context.Context, con *console) error {
	query := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	if c.Before > 0 {
		query.Set("before", strconv.FormatInt(c.Before, 10))
	}
	path := "/v1/audit?" + query.Encode()
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, path, nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer struct{ Entries []api.AuditEntry }
	if err := cl.call(ctx, http.MethodGet, path, "", nil, &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	for _, a := range answer.Entries {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", a.ID, a.At.Format(time.RFC3339), a.Actor, a.Action, a.Object)
	}
	return w.Flush()
}

type auditVerifyCmd struct {
	target
	Head string `help:"End of the audit as noted earlier: finds what was cut off since." placeholder:"SEQ:HASH"`
	JSON bool   `help:"Print one JSON document."`
}

func (c *auditVerifyCmd) Help() string { return "Example: boon audit verify --data ./data" }

func (c *auditVerifyCmd) Run(ctx context.Context, con *console) error {
	query := url.Values{}
	put(query, "head", c.Head)
	v, err := verified(ctx, con, c.target, "/v1/audit/verify?"+query.Encode(), c.JSON)
	if err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintf(con.out, "%d acts checked\n", v.Checked.Acts)
		printVerified(con, v)
	}
	if !v.Balanced {
		return fmt.Errorf("the audit does not hold: %s", v.Findings[0])
	}
	fmt.Fprintln(con.err, "the audit holds")
	return nil
}

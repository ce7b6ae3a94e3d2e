package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"boon/api"
)

type ledgerCloseCmd struct {
	target
	Until string `required:"" help:"Last day to close, in the shop's time zone." placeholder:"2026-01-31"`
	By    string `required:"" help:"Who closes it, for the audit." placeholder:"NAME"`
	JSON  bool   `help:"Print one JSON document."`
}

func (c *ledgerCloseCmd) Help() string {
	return `Example: boon ledger close --until 2026-01-31 --by ada --data ./data

A closed period takes no more entries: what comes later is dated today and says what it adjusts. Nothing opens a period again.`
}

func (c *ledgerCloseCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	body, err := json.Marshal(map[string]string{"until": c.Until, "by": c.By})
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	var raw []byte
	if err := cl.call(ctx, http.MethodPost, "/v1/ledger/closings", "application/json", body, &raw); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, raw)
	}
	var closed api.ClosingAnswer
	if err := json.Unmarshal(raw, &closed); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	_, err = fmt.Fprintf(con.out, "closed up to %s by %s, %d accounts, journal head %s\n", closed.Day, closed.By, len(closed.Balances), closed.Head)
	return err
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// acting is a command that changes something and says so in a line, or as one JSON document.
type acting struct {
	target
	JSON bool `help:"Print one JSON document."`
}

// do sends what is asked for and tells that it is done.
func (a acting) do(ctx context.Context, con *console, method, path string, body any, done string) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	cl, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var answer []byte
	if err := cl.call(ctx, method, path, "application/json", data, &answer); err != nil {
		return err
	}
	if a.JSON {
		return printJSON(con.out, answer)
	}
	var told struct{ Warning string }
	if err := json.Unmarshal(answer, &told); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if told.Warning != "" {
		tellWarnings(con, []string{told.Warning})
	}
	_, err = fmt.Fprintln(con.err, done)
	return err
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"boon/redeem"
)

type codesImportCmd struct {
	Offer string `required:"" help:"Offer with codes: {mode: pool, imported: true}." placeholder:"ID"`
	File  string `arg:"" type:"path" help:"One code a line, or CSV with the codes in its first column; .gz is unpacked."`
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *codesImportCmd) Help() string {
	return "Every bad line is named and nothing is imported. The same file again changes nothing.\n\nExample: boon codes import --offer vip codes.csv.gz --url http://127.0.0.1:8080"
}

func (c *codesImportCmd) Run(ctx context.Context, con *console) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read codes: %w", err)
	}
	defer file.Close()
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	header := map[string]string{"Content-Type": "text/csv", "Accept": "application/x-ndjson"}
	if strings.HasSuffix(c.File, ".gz") {
		header["Content-Encoding"] = "gzip"
	}
	resp, err := cl.open(ctx, http.MethodPut, "/v1/offers/"+url.PathEscape(c.Offer)+"/codes", header, file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	defer resp.Body.Close()
	done, err := readImport(resp.Body, con.progress("import", false))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.JSON {
		return writeJSON(con.out, done)
	}
	if done.Repeated {
		_, err = fmt.Fprintf(con.out, "this file was imported before; the pool of %s has %d codes\n", done.Offer, done.Total)
		return err
	}
	_, err = fmt.Fprintf(con.out, "%d codes imported; the pool of %s has %d\n", done.Codes, done.Offer, done.Total)
	return err
}

// readImport reads lines of progress, and last the outcome.
func readImport(from io.Reader, bar func(done, total int64)) (done redeem.Import, err error) {
	for lines := json.NewDecoder(from); ; {
		var line struct {
			redeem.Import
			Done, Of int64
			Status   int
			Detail   string
		}
		if err := lines.Decode(&line); err != nil {
			return done, fmt.Errorf("read answer: %w", err)
		}
		switch {
		case line.Status > 0:
			return done, errors.New(line.Detail)
		case line.Offer != "":
			return line.Import, nil
		case bar != nil:
			bar(line.Done, line.Of)
		}
	}
}

type codesCheckCmd struct {
	Code string `arg:"" help:"The code as it is printed or typed."`
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *codesCheckCmd) Help() string {
	return "Example: boon codes check SPRING-7KM2-9QXH-4A --data ./data"
}

func (c *codesCheckCmd) Run(ctx context.Context, con *console) error {
	path := "/v1/codes/" + url.PathEscape(c.Code)
	if c.JSON {
		return request(ctx, con, c.target, http.MethodGet, path, nil)
	}
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	var s redeem.CodeState
	if err := cl.call(ctx, http.MethodGet, path, "", nil, &s); err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.out, sentence(s))
	return err
}

// sentence says in words what a code is.
func sentence(s redeem.CodeState) string {
	what := map[string]string{
		"public": "is public: everybody may use it", "free": "is free: whoever brings it has it", "assigned": "is assigned: grant " + s.Grant + " has it",
		"used": "is used", "ended": "is over: its grant " + s.Grant + " expired or was revoked",
		"mistyped": "has a typing error: its check character is wrong", "unknown": "is unknown",
	}[s.State]
	if s.Offer == "" {
		return fmt.Sprintf("%s %s", s.Code, what)
	}
	if s.Number > 0 {
		return fmt.Sprintf("%s %s (offer %s, %s, number %d)", s.Code, what, s.Offer, s.Kind, s.Number)
	}
	return fmt.Sprintf("%s %s (offer %s, %s)", s.Code, what, s.Offer, s.Kind)
}

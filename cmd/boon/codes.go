package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
)

type codesCmd struct {
	List     codesListCmd     `cmd:"" help:"Show codes of an offer's pool, and whose they are."`
	Export   codesExportCmd   `cmd:"" help:"Write the codes of an offer's pool as CSV, for a printer or an e-mail blast."`
	Generate codesGenerateCmd `cmd:"" help:"Make unlike codes that cannot be guessed, without an engine."`
	Import   codesImportCmd   `cmd:"" help:"Take a file of codes into an offer's pool, whole or not at all."`
	Check    codesCheckCmd    `cmd:"" help:"Say what a code is: its form, its offer, and whether it is free, somebody's or used."`
}

// part is some of a pool.
type part struct {
	Offer string `required:"" help:"Offer whose pool it is." placeholder:"ID"`
	From  int64  `default:"1" help:"Number of the first code."`
}

func (p part) path(count int64, states bool) string {
	q := url.Values{"from": {fmt.Sprint(p.From)}, "count": {fmt.Sprint(count)}}
	if states {
		q.Set("state", "1")
	}
	return "/v1/offers/" + url.PathEscape(p.Offer) + "/codes?" + q.Encode()
}

type codesListCmd struct {
	part
	Count int64 `default:"20" help:"How many."`
	CSV   bool  `name:"csv" help:"Print CSV."`
	target
	JSON bool `help:"Print one JSON document."`
}

func (c *codesListCmd) Help() string {
	return "Example: boon codes list --offer spring --count 50 --data ./data"
}

// listed is a code as list --json prints it.
type listed struct {
	Code   string `json:"code"`
	Number string `json:"number"`
	State  string `json:"state"`
}

func (c *codesListCmd) Run(ctx context.Context, con *console) error {
	var text bytes.Buffer
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	if _, err := cl.lines(ctx, c.path(c.Count, true), func(_ int64, line string) { fmt.Fprintln(&text, line) }); err != nil {
		return err
	}
	if c.CSV {
		_, err = con.out.Write(text.Bytes())
		return err
	}
	codes := []listed{}
	for _, line := range strings.Split(strings.TrimSpace(text.String()), "\n")[1:] {
		f := strings.Split(line, ",")
		codes = append(codes, listed{f[0], f[1], f[2]})
	}
	if c.JSON {
		return writeJSON(con.out, map[string]any{"offer": c.Offer, "codes": codes})
	}
	w := tabwriter.NewWriter(con.out, 2, 4, 2, ' ', 0)
	for _, x := range codes {
		fmt.Fprintf(w, "%s\t%s\t%s\n", x.Number, x.Code, x.State)
	}
	return w.Flush()
}

// lines reads an answer of CSV line by line, the heading as line 0; it says how many came after that.
func (c *client) lines(ctx context.Context, path string, each func(n int64, line string)) (n int64, err error) {
	resp, err := c.open(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	in := bufio.NewScanner(resp.Body)
	for n = -1; in.Scan(); {
		n++
		each(n, in.Text())
	}
	if err := in.Err(); err != nil {
		return 0, fmt.Errorf("read answer of %s: %w", path, err)
	}
	return n, nil
}

// open sends a request whose answer is read as it comes; a problem document becomes an error.
func (c *client) open(ctx context.Context, method, path string, header map[string]string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	authorize(req, c.key)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := c.stream(req)
	if err != nil {
		return nil, unreachable(c.base, err)
	}
	if resp.StatusCode < 400 {
		return resp, nil
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return nil, errors.Join(problem(resp.StatusCode, data), err)
}

type codesExportCmd struct {
	part
	Count  int64  `help:"How many; all when absent."`
	State  bool   `help:"Add whose each code is; this asks the ledger for every code."`
	CSV    bool   `name:"csv" hidden:"" help:"Write CSV, which is what export does."`
	Output string `short:"o" type:"path" help:"File to write, compressed when it ends in .gz; standard output otherwise." placeholder:"FILE"`
	target
}

func (c *codesExportCmd) Help() string {
	return "Example: boon codes export --offer spring --from 900001 --count 100000 -o leaflets.csv.gz --data ./data"
}

// exportPage is how many codes one call asks for.
const exportPage = 50_000

func (c *codesExportCmd) Run(ctx context.Context, con *console) error {
	cl, err := c.target.open(ctx)
	if err != nil {
		return err
	}
	defer cl.close()
	return con.into(c.Output, func(out io.Writer) error {
		bar := con.progress("codes", false)
		for done := int64(0); ; {
			page := int64(exportPage)
			if c.Count > 0 {
				page = min(page, c.Count-done)
			}
			n, err := cl.lines(ctx, c.path(page, c.State), func(n int64, line string) {
				if n > 0 || done == 0 {
					fmt.Fprintln(out, line) // what cannot be written shows when the buffer is flushed
				}
			})
			if err != nil {
				return err
			}
			c.From, done = c.From+n, done+n
			if bar != nil {
				bar(done, max(c.Count, done))
			}
			if n < page || done == c.Count {
				return nil
			}
		}
	})
}

// into lets write write a file, or standard output, through a buffer.
func (con *console) into(name string, write func(io.Writer) error) error {
	var file io.WriteCloser = closer{con.out}
	if name != "" {
		f, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("write codes: %w", err)
		}
		file = f
	}
	buffer := bufio.NewWriterSize(file, 1<<20)
	out, end := io.Writer(buffer), func() error { return nil }
	if strings.HasSuffix(name, ".gz") {
		zip := gzip.NewWriter(buffer)
		out, end = zip, zip.Close
	}
	if err := errors.Join(write(out), end(), buffer.Flush(), file.Close()); err != nil {
		return err
	}
	if name != "" {
		fmt.Fprintln(con.err, "wrote", name)
	}
	return nil
}

// closer is a writer that stays open.
type closer struct{ io.Writer }

func (closer) Close() error { return nil }

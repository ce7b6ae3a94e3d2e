package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"boon/engine"
	"boon/engine/archive"
)

type backupCmd struct {
	Create backupCreateCmd `cmd:"" default:"withargs" help:"Write the whole engine, as it stands at one moment, into one file."`
	Verify backupVerifyCmd `cmd:"" help:"Check every byte of a backup, and say what is in it."`
}

type backupCreateCmd struct {
	target
	Output     string `short:"o" required:"" help:"File to write, or - for standard output." placeholder:"FILE"`
	WithoutKey bool   `help:"Leave instance.key out: it is kept elsewhere."`
	JSON       bool   `help:"Print the manifest."`
}

// Validate implements kong's check of a command line.
func (c *backupCreateCmd) Validate() error {
	if c.JSON && c.Output == "-" {
		return errors.New("--json and --output - both want standard output; give a file")
	}
	return c.target.Validate()
}

func (c *backupCreateCmd) Help() string {
	return `Example: boon backup create --url http://127.0.0.1:8080 --output boon.backup ("create" may be left out)

The server goes on meanwhile. The file appears under its name when it is whole and was read back. It opens everything that the data folder opens: keep it as safe, or leave the key out.`
}

func (c *backupCreateCmd) Run(ctx context.Context, con *console) error {
	m, err := toBackup(c.Output, con.out, func(w io.Writer) error { return c.write(ctx, w) })
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(con.out, m)
	} else {
		_, err = fmt.Fprintln(con.err, contents(m))
	}
	if err != nil {
		return err
	}
	if m.Ledger != "sqlite" {
		_, err = fmt.Fprintln(con.err, `The ledger is not in it: it lies in PostgreSQL. Dump it with the engine stopped, or the two do not agree: pg_dump --format=custom --file=boon.pgdump "$BOON_LEDGER"`)
	}
	return err
}

// write takes the backup from a running server or of a folder.
func (c *backupCreateCmd) write(ctx context.Context, w io.Writer) error {
	if c.URL != "" {
		cl, err := c.open(ctx)
		if err != nil {
			return err
		}
		return cl.download(ctx, "/v1/backup"+map[bool]string{true: "?without-key=1"}[c.WithoutKey], w)
	}
	e, err := engine.Open(ctx, engine.Config{Data: c.Data, Ledger: c.Ledger, WrappingKey: c.WrappingKey, MustExist: true, Version: version})
	if err != nil {
		return err
	}
	_, err = e.Backup(ctx, w, c.WithoutKey)
	return errors.Join(err, e.Close())
}

// download writes an answer of any length.
func (c *client) download(ctx context.Context, path string, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	authorize(req, c.key)
	resp, err := c.send(req)
	if err != nil {
		return unreachable(c.base, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		return problem(resp.StatusCode, text)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("the server broke off; its log says why: %w", err)
	}
	return nil
}

// toBackup writes a backup and reads it along: a file comes under its name only when it is whole and on the disk.
func toBackup(name string, stdout io.Writer, write func(io.Writer) error) (m archive.Manifest, err error) {
	if name == "-" {
		return readAlong(stdout, write)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".boon-*") // only its owner reads it
	if err != nil {
		return m, fmt.Errorf("make file: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	m, err = readAlong(out, write)
	if err = errors.Join(err, out.Flush(), f.Sync(), f.Close()); err != nil {
		return m, err
	}
	return m, os.Rename(f.Name(), name)
}

// readAlong checks what is written while it is written.
func readAlong(out io.Writer, write func(io.Writer) error) (archive.Manifest, error) {
	read, along := io.Pipe()
	wrote := make(chan error, 1)
	go func() {
		err := write(io.MultiWriter(out, along))
		along.CloseWithError(err)
		wrote <- err
	}()
	m, err := archive.Read(read, discard)
	_, _ = io.Copy(io.Discard, read) // after an error the writer still has to end
	if failed := <-wrote; failed != nil {
		return m, failed
	}
	return m, err
}

func discard(string, io.Reader) error { return nil }

type backupVerifyCmd struct {
	File string `arg:"" help:"Backup to check, or - for standard input." placeholder:"FILE"`
	JSON bool   `help:"Print the manifest."`
}

func (c *backupVerifyCmd) Help() string { return "Example: boon backup verify boon.backup" }

func (c *backupVerifyCmd) Run(con *console) error {
	var m archive.Manifest
	err := fromBackup(c.File, con.in, func(r io.Reader) (err error) {
		m, err = archive.Read(r, discard)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(con.out, m)
	}
	fmt.Fprintln(con.out, contents(m))
	for _, t := range m.Totals {
		fmt.Fprintf(con.out, "%-16s %s %d\n", t.Account, t.Currency, t.Minor)
	}
	fmt.Fprintln(con.err, "the backup is whole")
	return nil
}

func fromBackup(name string, stdin io.Reader, read func(io.Reader) error) error {
	if name == "-" {
		return read(bufio.NewReaderSize(stdin, 1<<20))
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	defer f.Close()
	return read(bufio.NewReaderSize(f, 1<<20))
}

// contents says in a line what a backup holds.
func contents(m archive.Manifest) string {
	var size int64
	for _, p := range m.Parts {
		size += p.Size
	}
	key := "with its key"
	if !m.Key {
		key = "without its key"
	}
	return fmt.Sprintf("backup of %s: %d files, %d bytes, log to position %d, %d journal entries, release %s, %s",
		m.Taken.Format("2006-01-02 15:04:05 MST"), len(m.Parts), size, m.Position, m.Entries, m.Release, key)
}

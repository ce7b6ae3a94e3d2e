package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

// cli is the command line, one field a subcommand.
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Run the whole engine in one process."`
	Replay     replayCmd     `cmd:"" help:"Run real events from files through the whole engine at full speed."`
	Apply      applyCmd      `cmd:"" help:"Publish a bundle."`
	Diff       diffCmd       `cmd:"" help:"Show what a bundle would change."`
	Load       loadCmd       `cmd:"" help:"Load products, stock or prices from files."`
	Test       testCmd       `cmd:"" help:"Hold a bundle to what its scenarios expect."`
	Export     exportCmd     `cmd:"" help:"Write the published bundle as YAML."`
	Explain    explainCmd    `cmd:"" help:"Say why a decision came out as it did, and compute it again."`
	Stream     streamCmd     `cmd:"" help:"Show decisions as they are taken."`
	Profile    profileCmd    `cmd:"" help:"Show a profile, or cut a link between two identifiers."`
	Ledger     ledgerCmd     `cmd:"" help:"Verify the ledger, show balances, export the journal."`
	Codes      codesCmd      `cmd:"" help:"List, make, import and check the codes of pools."`
	Propose    proposeCmd    `cmd:"" help:"Propose a bundle that somebody else has to approve."`
	Approvals  approvalsCmd  `cmd:"" help:"Show what waits for approval."`
	Approve    approveCmd    `cmd:"" help:"Approve what somebody else proposed, and publish it."`
	Reject     rejectCmd     `cmd:"" help:"Decline a proposal, or withdraw your own."`
	Report     reportCmd     `cmd:"" help:"Show what was measured."`
	Audit      auditCmd      `cmd:"" help:"Show who changed what, and verify that nobody changed that."`
	Backup     backupCmd     `cmd:"" help:"Write a backup, also of a running server; check one."`
	Restore    restoreCmd    `cmd:"" help:"Make a data folder of a backup."`
	Pause      pauseCmd      `cmd:"" help:"Stop an offer, a campaign, a category, a channel or every offer at once."`
	Resume     resumeCmd     `cmd:"" help:"End a pause."`
	Pauses     pausesCmd     `cmd:"" help:"Show what is paused, by whom and why."`
	Override   overrideCmd   `cmd:"" help:"Pin or ban an offer without a release, for a while."`
	Holds      holdsCmd      `cmd:"" help:"Show what waits for a human, approve it or reject it."`
	Events     eventsCmd     `cmd:"" help:"Show events that could not be applied, and try them again."`
	Alarms     alarmsCmd     `cmd:"" help:"Show what a human has to know."`
	Keys       keysCmd       `cmd:"" help:"Make, list and drop API keys; wrap the instance key under another wrapping key."`
	Bench      benchCmd      `cmd:"" help:"Measure decisions and ingest on this machine."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Completion completionCmd `cmd:"" help:"Print a completion script for bash, zsh or fish."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // standard error is a terminal: progress may be drawn
	parser   *kong.Kong
}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // the live heap is small beside what decisions allocate and drop
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	os.Exit(run(ctx, os.Args[1:], &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: terminal}))
}

// run is the whole program but for the process: what it returns is the exit status.
func run(ctx context.Context, args []string, con *console) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("boon"),
		kong.Description("Boon gives every shopper the one offer that pays, and keeps every cent of it in a ledger."),
		kong.Writers(con.out, con.err),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.Vars{"version": versionLine()},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(con),
	)
	if err != nil {
		fmt.Fprintln(con.err, "boon:", err)
		return 1
	}
	con.parser = parser
	command, err := parser.Parse(withHelp(args))
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return usage(con, err)
	}
	if err := command.Run(); err != nil {
		fmt.Fprintf(con.err, "boon: %s%s\n", err, nextStep(err))
		return statusOf(err)
	}
	return 0
}

// statusOf is the exit status of an error: 1, unless the command says otherwise.
func statusOf(err error) int {
	var said *exit
	if errors.As(err, &said) {
		return said.status
	}
	return 1
}

// withHelp reads no arguments, and the word help before a command, as a call for help.
func withHelp(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

func usage(con *console, err error) int {
	fmt.Fprintln(con.err, "boon:", err)
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		fmt.Fprintf(con.err, "See: boon %s--help\n", commandPath(parse.Context))
	}
	return 2
}

func commandPath(c *kong.Context) string {
	if c == nil || c.Selected() == nil {
		return ""
	}
	return c.Selected().Path() + " "
}

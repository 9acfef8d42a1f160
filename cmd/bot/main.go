// Command bot removes accounts after a second person has approved it in Slack.
//
// This is the only place that wires the parts together, and the only one that reads flags, the environment and files.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"offboard/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends a stop that hangs
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes.
const (
	exitFault = 1 // what was asked for could not be done; one clear line says why
	exitUsage = 2 // the command line is wrong
)

// cli is the command line; one field a sub-command, each in a file of its own.
type cli struct {
	Serve    serveCmd    `cmd:"" help:"Run the bot."`
	Check    checkCmd    `cmd:"" help:"Check a configuration file and report every fault with its line."`
	Manifest manifestCmd `cmd:"" help:"Print the Slack app manifest: for Socket Mode, or with --url for HTTP."`
	Sandbox  sandboxCmd  `cmd:"" help:"Try the bot in a local workspace with local providers."`
	Journal  journalCmd  `cmd:"" help:"Move a journal, or accept that it has lost something."`
	Audit    auditCmd    `cmd:"" help:"Verify or print the journal's records."`
}

// env is what a sub-command may use of the world.
type env struct {
	ctx    context.Context //nolint:containedctx // the command's own, for the run of one command
	getenv func(string) string
	stdout io.Writer
	stderr io.Writer
}

// log writes JSON lines to stderr.
func (e *env) log() *slog.Logger { return slog.New(slog.NewJSONHandler(e.stderr, nil)) }

// run runs one command line and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("bot"), kong.Description("Offboards accounts after a second person has approved it in Slack."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return exitUsage
	}
	cmd, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help has been printed
		return exited
	case err != nil:
		fmt.Fprintf(stderr, "bot: %v\nTry: bot --help\n", err)
		return exitUsage
	}
	err = cmd.Run(&env{ctx: ctx, getenv: getenv, stdout: stdout, stderr: stderr})
	if faults, ok := errors.AsType[config.Faults](err); ok {
		fmt.Fprintln(stderr, faults)
		return exitFault
	}
	if err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return exitFault
	}
	return 0
}

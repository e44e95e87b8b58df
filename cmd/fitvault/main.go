// Command fitvault keeps a person's Fitbit history whole in one file and replays it into
// InfluxDB. This package turns arguments and environment into wired values, prints, and
// knows the exit codes; it holds no loop over data.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // containers have no zone data

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/fetch"
)

// The exit codes are a promise to scripts.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitSignIn      = 4
	exitQuota       = 5
	exitRetired     = 6
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code. It is the only place that
// prints an error.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr}
	root := a.command()
	root.Metadata = map[string]any{"args": args}
	err := root.Run(ctx, args)
	if err == nil {
		err = a.misled
	} else if !a.acted { // as a variable that does not read as its flag's kind
		err = &usageError{plain(err.Error())}
	}
	if err == nil {
		return exitDone
	}
	said := map[string]bool{}
	for _, one := range parts(err) {
		text := "fitvault: " + message(one) + "\n"
		hint := hint(codeOf(ctx, one), one)
		if hint == "" && a.kept && codeOf(ctx, one) == exitInterrupted {
			hint = "what was staged or exported so far is kept, and the next run continues"
		}
		if hint != "" {
			text += "  " + hint + "\n"
		}
		if !said[text] {
			fmt.Fprint(stderr, text)
		}
		said[text] = true
	}
	return exitCode(ctx, err)
}

// app is what every command shares.
type app struct {
	in       io.Reader
	out, err io.Writer
	misled   error // help was asked for a command that there is not
	kept     bool  // what was done so far lasts, and the next run continues
	acted    bool  // a command began; an error before that is one of the command line
}

// command returns the whole command tree.
func (a *app) command() *cli.Command {
	root := &cli.Command{
		Name:   "fitvault",
		Usage:  "keep your Fitbit history whole in one file, and replay it anywhere",
		Reader: a.in, Writer: a.out, ErrWriter: a.err,
		Flags: commonFlags(), EnableShellCompletion: true, HideVersion: true,
		ConfigureShellCompletionCommand: func(c *cli.Command) { c.Hidden = false; a.strict(c) },
		ExitErrHandler:                  func(context.Context, *cli.Command, error) {},
		Commands: []*cli.Command{
			a.demo(), a.login(), a.logout(), a.fetch(), a.importArchives(), a.export(), a.run(),
			a.zones(), a.status(), a.targets(), a.raw(), a.verify(), a.doctor(), a.emulate(), a.version(),
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return unknown("command", c.Args().First(), names(c.Commands))
			}
			return cli.ShowRootCommandHelp(c)
		},
	}
	a.strict(root)
	return root
}

// strict makes every command refuse what it does not know, with the nearest thing it does.
func (a *app) strict(c *cli.Command) {
	c.DisableSliceFlagSeparator = true // a path may hold a comma
	c.CommandNotFound = func(_ context.Context, c *cli.Command, word string) {
		a.misled = unknown("command", word, names(c.Commands))
	}
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		if flag, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: "); ok {
			return unknown("flag", "--"+strings.TrimLeft(flag, "-"), flagNames(c))
		}
		return &usageError{plain(err.Error())}
	}
	if inner := c.Action; inner != nil && len(c.Commands) == 0 {
		c.Action = func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() && c.ArgsUsage == "" {
				return &usageError{fmt.Sprintf("%s takes no argument, got %q", c.Name, c.Args().First())}
			}
			if err := a.check(c); err != nil && c.Name != "doctor" { // which tells all of them
				return err
			}
			a.acted = true
			return inner(ctx, c)
		}
	}
	for _, sub := range c.Commands {
		a.strict(sub)
	}
}

// usageError is a fault of the command line.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// partError says that a part failed and the rest is saved.
type partError struct{ message string }

func (e *partError) Error() string { return e.message }

// parts returns the errors that were joined to one.
func parts(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, one := range joined.Unwrap() {
		out = append(out, parts(one)...)
	}
	return out
}

// gravest orders the exit codes: of several ends, the first here counts.
var gravest = []int{exitInterrupted, exitUsage, exitRetired, exitSignIn, exitFailed, exitQuota, exitPartly, exitDone}

// exitCode tells what kind of end an error is, the gravest one when several were joined.
func exitCode(ctx context.Context, err error) int {
	code := exitDone
	if err == nil {
		return code
	}
	for _, one := range parts(err) {
		if c := codeOf(ctx, one); slices.Index(gravest, c) < slices.Index(gravest, code) {
			code = c
		}
	}
	return code
}

// codeOf is the exit code of one error.
func codeOf(ctx context.Context, err error) int {
	var usage *usageError
	var setting *fetch.SettingError
	var part *partError
	var signIn *fetch.SignInError
	var account *fetch.AccountError
	var quota *fetch.QuotaError
	var api *fetch.APIError
	var faults *faultsError
	var device *export.DeviceError
	switch {
	case errors.As(err, &faults):
		return faults.code
	case errors.As(err, &usage), errors.As(err, &setting), errors.As(err, &device):
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &account) && !account.SignIn:
		return exitPartly
	case errors.As(err, &api) && api.Gone():
		return exitRetired
	case errors.As(err, &signIn), errors.As(err, &account):
		return exitSignIn
	case errors.As(err, &quota):
		return exitQuota
	case errors.As(err, &part):
		return exitPartly
	}
	return exitFailed
}

func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}

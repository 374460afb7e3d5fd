// Package commandline is what the program needs of a command line beside
// urfave/cli: flags behind arguments, mistakes with a hint of what to type, help
// and manual pages that keep the order in which flags were declared, and answers
// for shells that complete.
package commandline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"
)

// A Mistake is one of the caller's, with a hint of what to type.
type Mistake struct {
	err  error
	hint string
}

func (m *Mistake) Error() string { return m.err.Error() }
func (m *Mistake) Unwrap() error { return m.err }

// Hint says what to type; empty: there is nothing to say.
func (m *Mistake) Hint() string { return m.hint }

func mistakef(format string, args ...any) *Mistake {
	return &Mistake{err: fmt.Errorf(format, args...)}
}

func (m *Mistake) hintf(format string, args ...any) *Mistake {
	m.hint = fmt.Sprintf(format, args...)
	return m
}

// Root is the program as a command.
func Root(app *cli.App) *cli.Command {
	return &cli.Command{Name: app.Name, HelpName: app.Name, Usage: app.Usage, ArgsUsage: app.ArgsUsage,
		Description: app.Description, Subcommands: app.Commands}
}

// Prepare has us speak in cli's place: it would print usage errors to stdout,
// and has its own idea of help.
func Prepare(commands []*cli.Command, path string) {
	for _, c := range commands {
		typed := path + " " + c.Name
		c.HelpName = typed
		c.HideHelp = true
		c.OnUsageError = func(_ *cli.Context, err error, _ bool) error {
			return badValue(c, err).hintf("see %s --help", typed)
		}
		Prepare(c.Subcommands, typed)
	}
}

// badValue says what is wrong with a flag's value, as people type it: a time
// without a unit above all.
func badValue(c *cli.Command, err error) *Mistake {
	m := invalidValue.FindStringSubmatch(err.Error())
	if m == nil {
		return mistakef("%w", err)
	}
	value, flag := m[1], m[2]
	for _, f := range c.Flags {
		if !slices.Contains(f.Names(), flag) {
			continue
		}
		switch f.(type) {
		case *cli.DurationFlag:
			if _, err := strconv.ParseFloat(value, 64); err == nil {
				return mistakef("%s %s: a time needs a unit: type %s %ss", Dashed(flag), value, Dashed(flag), value)
			}
			return mistakef("%s %q is no time: type a number and a unit, such as 5s, 2m or 1h", Dashed(flag), value)
		case *cli.IntFlag:
			return mistakef("%s %q is no whole number: type one, such as %s 10", Dashed(flag), value, Dashed(flag))
		case *cli.Float64Flag:
			return mistakef("%s %q is no number: type one, such as %s 50 or %s 0.5", Dashed(flag), value, Dashed(flag), Dashed(flag))
		}
	}
	return mistakef("%w", err)
}

// invalidValue reads the error of package flag, which has no type.
var invalidValue = regexp.MustCompile(`^invalid value "(.*)" for flag -+(\S+): `)

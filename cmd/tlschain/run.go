package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/reports"
)

// A process is what one run of the program touches of the world it was started
// in. Commands are its methods, so that a test can give them another world.
type process struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string

	failing   reports.ExitCoder // says why no report could be made, where the format has a form for it; nil: it has none
	complaint string            // the last one
}

// run is the program, shaped like a command: arguments without the program's
// name, the three streams and the environment in, an exit code out. When ctx
// ends the run is interrupted.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	out := &errWriter{Writer: stdout}
	p := &process{stdin: stdin, stdout: out, stderr: stderr, getenv: getenv}
	err := p.run(ctx, args)
	if ctx.Err() != nil {
		return exitInterrupted
	}
	if said := exitCode(exitClean); out.err != nil && (err == nil || errors.As(err, &said) && said != exitUsage) {
		err = fmt.Errorf("writing to standard output: %w", out.err) // what was found is lost, and nobody has said so
	}
	var code exitCode
	var own formatCode
	switch {
	case err == nil:
	case errors.As(err, &own):
		return int(own)
	case !errors.As(err, &code):
		p.complain(err)
		code = exitUsage
	}
	if code == exitUsage && p.failing != nil {
		own, _ := p.failing.Fail(p.complaint) // an output that cannot be written changes no exit code
		return own
	}
	return int(code)
}

func (p *process) run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == completeWord {
		return p.complete(args[1:])
	}
	app := p.app()
	line, err := commandline.Arrange(app, args, instead)
	if err != nil {
		return err
	}
	switch {
	case line.Help:
		return commandline.PrintHelp(p.stdout, line.Command)
	case line.Version:
		return p.version("text")
	}
	return app.RunContext(ctx, line.Args)
}

// app is the command tree. Help, usage errors and exit codes are ours: cli/v2
// prints usage errors to stdout and drops flags that follow an argument.
func (p *process) app() *cli.App {
	return &cli.App{
		Name:                      name,
		Usage:                     "judge the certificate chains that TLS servers present",
		ArgsUsage:                 "COMMAND",
		Description:               overview,
		Commands:                  p.commands(),
		Writer:                    p.stdout,
		ErrWriter:                 p.stderr,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true, // a file name may hold a comma
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return usagef("%w", err) },
	}
}

func (p *process) commands() []*cli.Command {
	commands := []*cli.Command{
		p.scanCommand(),
		p.checkCommand(),
		p.fixCommand(),
		p.explainCommand(),
		p.clientsCommand(),
		p.waiversCommand(),
		p.convertCommand(),
		p.auditCommand(),
		p.dataCommand(),
		p.schemaCommand(),
		p.completionCommand(),
		p.manCommand(),
		p.versionCommand(),
	}
	commandline.Prepare(commands, name)
	return commands
}

// complain writes an error as the user sees it: what failed, and what to type.
// Either may quote what somebody else wrote, such as the name of a file.
func (p *process) complain(err error) {
	p.complaint = reports.CleanError(err)
	fmt.Fprintf(p.stderr, "%s: %s\n", name, p.complaint)
	var usage interface {
		error
		Hint() string
	}
	if errors.As(err, &usage) && usage.Hint() != "" {
		fmt.Fprintf(p.stderr, "  hint: %s\n", reports.Clean(usage.Hint()))
	}
}

// takes is an action on one argument or more, and at most that many; those who give
// others are told what is wrong, and which command helps.
func takes(most int, wrong, hint string, do cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		if n := c.Args().Len(); n < 1 || n > most {
			return usagef("%s", wrong).hintf("%s %s", name, hint)
		}
		return do(c)
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/dataupdate"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) dataCheckCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "show how old the facts are and what is newer, and change nothing",
		Description: `Asks the same sources as data update does, or reads the folder of --from, and
tells what an update would bring. --offline asks nobody, and tells the age alone.

Exit code: 0 there is nothing newer, 1 there is, 2 some source could not be had
or would be refused. With --offline 1 says that the facts are over 60 days old.`,
		Flags:  sourceFlags(&cli.BoolFlag{Name: "offline", Usage: "ask nobody: the age alone"}),
		Action: p.dataCheck,
	}
}

func (p *process) dataCheck(c *cli.Context) error {
	u := p.updater()
	if _, err := fmt.Fprint(p.stdout, u.About()); err != nil {
		return err
	}
	if c.Bool("offline") {
		if u.Age() > reports.OldAfter*24*time.Hour {
			return exitCode(exitFindings)
		}
		return nil
	}
	o, err := p.newerFacts(c)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(p.stdout, o.Text()); err != nil {
		return err
	}
	switch {
	case o.Err() != nil:
		return o.Err()
	case !o.Changes.Empty():
		return exitCode(exitFindings)
	}
	return nil
}

func (p *process) dataExportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "write the facts in use to a folder, for data update --from on another machine", ArgsUsage: "DIR",
		Description: `Writes facts.bin, and facts.json with its SHA-256, date and sources. The machine
that reads them needs no network:

  tlschain data export /media/stick/facts
  tlschain data update --from /media/stick/facts`,
		Action: takes(1, "data export takes one folder", "data export ./facts", func(c *cli.Context) error {
			dir := c.Args().First()
			if dir == "" {
				return usagef("the name of the folder is empty").hintf("%s data export ./facts", name)
			}
			err := dataupdate.Export(p.facts(), dir)
			var path *os.PathError
			if errors.As(err, &path) {
				return usagef("%s: %w", dir, path.Err).hintf("name a folder, which is made if it is not there: %s data export ./facts", name)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "facts of %s are in %s\n", p.facts().Updated().Format(time.DateOnly), dir)
			return err
		}),
	}
}

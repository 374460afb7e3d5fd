package main

import (
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

func (p *process) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "write the manual pages, one for each command",
		ArgsUsage: "DIR",
		Description: `Packages have them installed already. Elsewhere:

  tlschain man ~/.local/share/man/man1`,
		Action: takes(1, "man takes a folder", "man ~/.local/share/man/man1", func(c *cli.Context) error {
			dir, err := openFolder("man", c.Args().First())
			if err != nil {
				return err
			}
			manual := &commandline.Manual{Program: name + " " + versionText(), Exit: exitCodes}
			return dir.writeMan(manual, commandline.Root(p.app()), nil)
		}),
	}
}

// writeMan writes the pages of a command and of those below it.
func (f folder) writeMan(manual *commandline.Manual, c, above *cli.Command) error {
	page, text := manual.Page(c, above)
	if err := wholefile.Write(filepath.Join(f.path, page+".1"), []byte(text), 0o644, false); err != nil {
		return err
	}
	for _, sub := range c.Subcommands {
		if sub.Hidden {
			continue
		}
		if err := f.writeMan(manual, sub, c); err != nil {
			return err
		}
	}
	return nil
}

// exitCodes are what the package comment and docs/reports.md say.
var exitCodes = []commandline.ExitCode{
	{Code: exitInterrupted, Text: "interrupted"},
	{Code: exitUsage, Text: "usage, configuration, a failure of the program's own, or no usable input"},
	{Code: exitFindings, Text: "a finding at or above --fail-on (error by default)"},
	{Code: exitUnjudged, Text: "some target, line or file could not be judged"},
	{Code: exitClean, Text: "none of these"},
}

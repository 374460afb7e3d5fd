package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

func (p *process) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "write the manual pages, one for each command",
		ArgsUsage: "DIR",
		Description: `Packages have them installed already. Elsewhere:

  tlschain man ~/.local/share/man/man1`,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("man takes a folder").hintf("%s man ~/.local/share/man/man1", name)
			}
			dir, err := openFolder("man", c.Args().First())
			if err != nil {
				return err
			}
			app := p.app()
			root := &cli.Command{Name: name, HelpName: name, Usage: app.Usage, Description: app.Description, Subcommands: app.Commands}
			return dir.writeMan(root, nil)
		},
	}
}

// writeMan writes the pages of a command and of those below it.
func (f folder) writeMan(c *cli.Command, above *cli.Command) error {
	page := strings.ReplaceAll(c.HelpName, " ", "-")
	if err := f.replace(page+".1", []byte(manPage(c, above)), 0o644, false); err != nil {
		return err
	}
	for _, sub := range c.Subcommands {
		if sub.Hidden {
			continue
		}
		if err := f.writeMan(sub, c); err != nil {
			return err
		}
	}
	return nil
}

// manPage is the manual page of a command in the language of man(7).
func manPage(c, above *cli.Command) string {
	page := func(c *cli.Command) string { return strings.ReplaceAll(c.HelpName, " ", "-") }
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s %s\"\n", strings.ToUpper(page(c)), name, versionText())
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(page(c)), roff(c.Usage))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(c.HelpName))
	if len(c.Flags) > 0 {
		b.WriteString("[flags]\n")
	}
	if len(c.Subcommands) > 0 {
		b.WriteString(".I COMMAND\n")
	} else if c.ArgsUsage != "" {
		fmt.Fprintf(&b, ".I %s\n", roff(c.ArgsUsage))
	}
	if c.Description != "" { // it is laid out by hand
		fmt.Fprintf(&b, ".SH DESCRIPTION\n.nf\n%s\n.fi\n", roff(strings.Trim(c.Description, "\n")))
	}
	if len(c.Subcommands) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range c.Subcommands {
			fmt.Fprintf(&b, ".TP\n.BR %s (1)\n%s\n", roff(page(sub)), roff(sentence(sub.Usage)))
		}
	}
	for _, group := range groupsOf(c.Flags) {
		title := "OPTIONS"
		if group.name != "Flags" {
			title += ": " + strings.ToUpper(group.name)
		}
		fmt.Fprintf(&b, ".SH \"%s\"\n", roff(title))
		for _, f := range group.flags {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(flagUsage(f)), roff(flagText(f)))
		}
	}
	if above == nil {
		b.WriteString(".SH \"EXIT STATUS\"\nThe first that matches:\n")
		for _, code := range exitCodes {
			fmt.Fprintf(&b, ".TP\n%d\n%s\n", code.code, roff(code.text))
		}
		return b.String()
	}
	fmt.Fprintf(&b, ".SH \"SEE ALSO\"\n.BR %s (1)\n", roff(page(above)))
	return b.String()
}

// exitCodes are what the package comment and docs/reports.md say.
var exitCodes = []struct {
	code int
	text string
}{
	{exitInterrupted, "interrupted"},
	{exitUsage, "usage, configuration, a failure of the program's own, or no usable input"},
	{exitFindings, "a finding at or above --fail-on (error by default)"},
	{exitUnjudged, "some target, line or file could not be judged"},
	{exitClean, "none of these"},
}

// roff escapes text: a backslash, a hyphen that is to stay one, and what would
// begin a request at the start of a line.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

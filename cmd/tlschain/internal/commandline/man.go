package commandline

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// An ExitCode is one of the program's, and what it says.
type ExitCode struct {
	Code int
	Text string
}

// A Manual is what pages say beside what commands say of themselves.
type Manual struct {
	Program string // its name and version
	Exit    []ExitCode
}

// Page is the manual page of a command in the language of man(7), and its name.
// above is the command that it is one of; nil: it is the program.
func (m *Manual) Page(c, above *cli.Command) (name, text string) {
	page := func(c *cli.Command) string { return strings.ReplaceAll(c.HelpName, " ", "-") }
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s\"\n", strings.ToUpper(page(c)), m.Program)
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
	if c.Description != "" {
		b.WriteString(".SH DESCRIPTION\n" + paragraphs(c.Description))
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
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(flagUsage(f)), roff(FlagText(f)))
		}
	}
	if above == nil {
		b.WriteString(".SH \"EXIT STATUS\"\nThe first that matches:\n")
		for _, code := range m.Exit {
			fmt.Fprintf(&b, ".TP\n%d\n%s\n", code.Code, roff(code.Text))
		}
		return page(c), b.String()
	}
	fmt.Fprintf(&b, ".SH \"SEE ALSO\"\n.BR %s (1)\n", roff(page(above)))
	return page(c), b.String()
}

// paragraphs are filled to the reader's width; what is indented, commands and
// tables, stays as it is.
func paragraphs(text string) string {
	var b strings.Builder
	verbatim := false
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		indented := strings.HasPrefix(line, " ")
		switch {
		case line == "\n":
			b.WriteString(".PP\n")
			continue
		case indented && !verbatim:
			b.WriteString(".nf\n")
		case !indented && verbatim:
			b.WriteString(".fi\n")
		}
		verbatim = indented
		b.WriteString(roff(line))
	}
	if verbatim {
		b.WriteString(".fi\n")
	}
	return b.String()
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

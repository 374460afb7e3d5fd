package commandline

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
)

const flagsWide = 26 // columns for a flag and its value

// PrintHelp writes a command's help: what it does, examples, its flags by
// group. cli/v2 would sort groups and flags by the alphabet, and put the least
// used first.
func PrintHelp(w io.Writer, c *cli.Command) error {
	var b reports.Page
	usage := c.HelpName
	if len(c.Flags) > 0 {
		usage += " [flags]"
	}
	if c.ArgsUsage != "" {
		usage += " " + c.ArgsUsage
	}
	fmt.Fprintf(&b, "%s\n", usage)
	if c.Usage != "" {
		b.WriteString("\n")
		b.Paragraph(sentence(c.Usage), "")
	}
	if c.Description != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.Trim(c.Description, "\n"))
	}
	if len(c.Subcommands) > 0 {
		wide := 0
		for _, sub := range c.Subcommands {
			wide = max(wide, len(sub.Name)+2)
		}
		fmt.Fprintf(&b, "\nCommands:\n")
		for _, sub := range c.Subcommands {
			b.Term(sub.Name, sub.Usage, wide)
		}
		fmt.Fprintf(&b, "\n%s COMMAND --help describes each.\n", c.HelpName)
	}
	for _, group := range groupsOf(c.Flags) {
		fmt.Fprintf(&b, "\n%s:\n", group.name)
		for _, f := range group.flags {
			b.Term(flagUsage(f), FlagText(f), flagsWide)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sentence makes one of a command's one-line description.
func sentence(s string) string {
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

type flagGroup struct {
	name  string
	flags []cli.Flag
}

// groupsOf keeps the order in which groups and flags were declared.
func groupsOf(flags []cli.Flag) []flagGroup {
	var groups []flagGroup
	for _, f := range flags {
		name := "Flags"
		if c, ok := f.(cli.CategorizableFlag); ok && c.GetCategory() != "" {
			name = c.GetCategory()
		}
		i := slices.IndexFunc(groups, func(g flagGroup) bool { return g.name == name })
		if i < 0 {
			i = len(groups)
			groups = append(groups, flagGroup{name: name})
		}
		groups[i].flags = append(groups[i].flags, f)
	}
	return groups
}

// flagUsage is the flag as it is typed, such as "-o, --output FILE". The value's
// name stands in backquotes in the flag's text.
func flagUsage(f cli.Flag) string {
	var names []string
	for _, n := range f.Names() {
		names = append(names, Dashed(n))
	}
	out := strings.Join(names, ", ")
	if takesValue(f) {
		value := "VALUE"
		if d, ok := f.(cli.DocGenerationFlag); ok {
			if _, after, found := strings.Cut(d.GetUsage(), "`"); found {
				value, _, _ = strings.Cut(after, "`")
			}
		}
		out += " " + value
	}
	return out
}

// FlagText is what the flag does.
func FlagText(f cli.Flag) string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	return strings.ReplaceAll(d.GetUsage(), "`", "")
}

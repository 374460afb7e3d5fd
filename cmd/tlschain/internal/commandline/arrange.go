package commandline

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/nearest"
)

// A Line is a command line sorted out.
type Line struct {
	Command *cli.Command // the command named, or the root
	Args    []string     // program, command path, flags, "--", arguments
	Help    bool         // --help was among the flags
	Version bool
}

// Arrange puts the flags of a command before its arguments: cli/v2 stops at the
// first argument and takes every flag after it as one more argument, in
// silence. Whatever is no flag of the command is an error here, with the
// nearest flag as the hint, so that a mistyped flag never becomes an argument.
// instead gives the hint for a flag that a command does not have and that people
// know from other programs; empty: there is none.
func Arrange(app *cli.App, args []string, instead func(c *cli.Command, flag string) string) (*Line, error) {
	root := Root(app)
	l := &Line{Command: root}
	path := []string{app.Name}
	var flags, arguments []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--" && len(l.Command.Subcommands) == 0:
			arguments = append(arguments, args[i+1:]...)
			i = len(args)
		case !isFlag(arg):
			if len(l.Command.Subcommands) == 0 {
				arguments = append(arguments, arg)
				continue
			}
			if arg == "help" {
				l.Help = true
				continue
			}
			next, err := subcommand(l.Command, path, arg)
			if err != nil {
				return nil, err
			}
			l.Command = next
			path = append(path, next.Name)
		case arg == "-h" || arg == "-help" || arg == "--help":
			l.Help = true
		case (arg == "--version" || arg == "-version") && l.Command == root:
			l.Version = true
		default:
			flag, err := findFlag(l.Command, path, arg)
			if err != nil {
				if hint := instead(l.Command, flagName(arg)); hint != "" {
					return nil, err.hintf("%s", hint)
				}
				return nil, err
			}
			flags = append(flags, arg)
			if strings.Contains(arg, "=") || !takesValue(flag) {
				continue
			}
			if i++; i == len(args) || isFlag(args[i]) {
				return nil, mistakef("%s needs a value", arg).
					hintf("%s; a value that begins with a hyphen is typed %s=VALUE", flagUsage(flag), arg)
			}
			flags = append(flags, args[i])
		}
	}
	if len(l.Command.Subcommands) > 0 && !l.Version {
		l.Help = l.Help || len(args) == 0
		if !l.Help {
			return nil, mistakef("%s: which command?", strings.Join(path, " ")).hintf("type one of %s", subcommands(l.Command, path))
		}
	}
	if err := tooMany(l.Command, path, arguments); err != nil && !l.Help {
		return nil, err
	}
	l.Args = append(append(append(path, flags...), "--"), arguments...)
	return l, nil
}

// tooMany reports the first argument beyond those that a command's ArgsUsage
// has room for: it would be left unread in silence.
func tooMany(c *cli.Command, path, arguments []string) error {
	room := len(strings.Fields(strings.ReplaceAll(c.ArgsUsage, " | ", "|")))
	if len(c.Subcommands) > 0 || strings.Contains(c.ArgsUsage, "...") || len(arguments) <= room {
		return nil
	}
	typed, extra := strings.Join(path, " "), arguments[room]
	wrong := mistakef("%s takes no argument %q", typed, extra)
	if _, err := findFlag(c, path, "--config"); err == nil && strings.HasSuffix(extra, ".yaml") {
		return wrong.hintf("did you mean --config %s?", extra)
	}
	return wrong.hintf("type %s; see %s --help", strings.TrimSpace(typed+" "+c.ArgsUsage), typed)
}

// isFlag reports whether an argument is meant as a flag. A lone hyphen is stdin.
func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

func subcommand(parent *cli.Command, path []string, arg string) (*cli.Command, error) {
	if c := parent.Command(arg); c != nil {
		return c, nil
	}
	var names []string
	for _, c := range parent.Subcommands {
		names = append(names, c.Names()...)
	}
	typed := strings.Join(path, " ")
	err := mistakef("there is no command %q", arg)
	if near := nearest.Word(arg, names); near != "" {
		return nil, err.hintf("did you mean %s %s?", typed, near)
	}
	if len(path) == 1 && strings.ContainsAny(arg, ".:@[") {
		return nil, err.hintf("to scan it, type %s", reports.Command("scan", arg))
	}
	return nil, err.hintf("see %s --help", typed)
}

// flagName is the name of a flag as it is typed.
func flagName(arg string) string {
	wanted, _, _ := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
	return wanted
}

func findFlag(c *cli.Command, path []string, arg string) (cli.Flag, *Mistake) {
	wanted := flagName(arg)
	var names []string
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			if name == wanted {
				return f, nil
			}
			names = append(names, name)
		}
	}
	typed := strings.Join(path, " ")
	err := mistakef("%s has no flag %s", typed, strings.SplitN(arg, "=", 2)[0])
	if near := nearest.Word(wanted, names); near != "" {
		return nil, err.hintf("did you mean %s? see %s --help", Dashed(near), typed)
	}
	if len(c.Subcommands) > 0 {
		return nil, err.hintf("type the command before its flags, one of %s", subcommands(c, path))
	}
	return nil, err.hintf("see %s --help", typed)
}

// subcommands is what may be typed after a command that only leads to others.
func subcommands(c *cli.Command, path []string) string {
	var list []string
	for _, sub := range c.Subcommands {
		if !sub.Hidden {
			list = append(list, sub.Name)
		}
	}
	return strings.Join(path, " ") + " " + strings.Join(list, ", ")
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return !ok || d.TakesValue()
}

// Dashed is a flag's name as it is typed.
func Dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

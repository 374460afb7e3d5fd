package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/nearest"
)

// A line is a command line sorted out.
type line struct {
	command *cli.Command // the command named, or the root
	argv    []string     // program, command path, flags, "--", arguments
	help    bool         // --help was among the flags
	version bool
}

// arrange puts the flags of a command before its arguments: cli/v2 stops at the
// first argument and takes every flag after it as one more argument, in
// silence. Whatever is no flag of the command is an error here, with the
// nearest flag as the hint, so that a mistyped flag never becomes a host.
func arrange(app *cli.App, args []string) (*line, error) {
	root := &cli.Command{Name: app.Name, HelpName: app.Name, Usage: app.Usage, ArgsUsage: app.ArgsUsage,
		Description: app.Description, Subcommands: app.Commands}
	l := &line{command: root}
	path := []string{app.Name}
	var flags, arguments []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--" && len(l.command.Subcommands) == 0:
			arguments = append(arguments, args[i+1:]...)
			i = len(args)
		case !isFlag(arg):
			if len(l.command.Subcommands) == 0 {
				arguments = append(arguments, arg)
				continue
			}
			if arg == "help" {
				l.help = true
				continue
			}
			next, err := subcommand(l.command, path, arg)
			if err != nil {
				return nil, err
			}
			l.command = next
			path = append(path, next.Name)
		case arg == "-h" || arg == "-help" || arg == "--help":
			l.help = true
		case (arg == "--version" || arg == "-version") && l.command == root:
			l.version = true
		default:
			flag, err := findFlag(l.command, path, arg)
			if err != nil {
				return nil, err
			}
			flags = append(flags, arg)
			if strings.Contains(arg, "=") || !takesValue(flag) {
				continue
			}
			if i++; i == len(args) || isFlag(args[i]) {
				return nil, usagef("%s needs a value", arg).
					hintf("%s; a value that begins with a hyphen is typed %s=VALUE", flagUsage(flag), arg)
			}
			flags = append(flags, args[i])
		}
	}
	if len(l.command.Subcommands) > 0 && !l.version {
		l.help = l.help || len(args) == 0
		if !l.help {
			return nil, usagef("%s: which command?", strings.Join(path, " ")).hintf("see %s --help", strings.Join(path, " "))
		}
	}
	if err := tooMany(l.command, path, arguments); err != nil && !l.help {
		return nil, err
	}
	l.argv = append(append(append(path, flags...), "--"), arguments...)
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
	wrong := usagef("%s takes no argument %q", typed, extra)
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
	err := usagef("there is no command %q", arg)
	if near := nearest.Word(arg, names); near != "" {
		return nil, err.hintf("did you mean %s %s?", typed, near)
	}
	if len(path) == 1 && strings.ContainsAny(arg, ".:@[") {
		return nil, err.hintf("to scan it, type %s", reports.Command("scan", arg))
	}
	return nil, err.hintf("see %s --help", typed)
}

func findFlag(c *cli.Command, path []string, arg string) (cli.Flag, error) {
	wanted, _, _ := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
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
	err := usagef("%s has no flag %s", typed, strings.SplitN(arg, "=", 2)[0])
	if instead, ok := elsewhere[wanted]; ok && c.Name == "scan" {
		return nil, err.hintf("%s", instead)
	}
	if near := nearest.Word(wanted, names); near != "" {
		return nil, err.hintf("did you mean %s? see %s --help", dashed(near), typed)
	}
	return nil, err.hintf("see %s --help", typed)
}

// elsewhere says what takes the place of flags that scan has in other programs.
var elsewhere = map[string]string{
	"starttls": "a target names its protocol: starttls+smtp://mail.example",
	"sni":      "a target names it: SERVERNAME@address:port, or --server-name NAME for all",
	"connect":  "the target is an argument: tlschain scan example.com:8443",
	"workers":  "how many connections run at once is --concurrency",
	"threads":  "how many connections run at once is --concurrency",
	"w":        "how many connections run at once is --concurrency",
	"json":     "type --format json",
	"csv":      "type --format csv",
	"html":     "type --format html -o report.html",
	"CAfile":   "type --roots FILE",
	"ca-file":  "type --roots FILE",
	"date":     "type --at DATE",
	"color":    "colours are for a terminal; NO_COLOR=1 before the command leaves them out",
	"no-color": "type NO_COLOR=1 before the command",
	"i":        "a list of targets is -f FILE",
	"input":    "a list of targets is -f FILE",
	"list":     "a list of targets is -f FILE",

	"kubeconfig": "type KUBECONFIG=FILE before the command",
	"as-client":  "certificates of clients are files: tlschain check --as-client client.pem",
	"insecure":   "every chain is captured, whatever is wrong with it",
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return !ok || d.TakesValue()
}

// dashed is a flag's name as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

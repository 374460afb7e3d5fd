package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"tlschain/audit/complete"
	"tlschain/rules/repair"
	"tlschain/rules/server"
	"tlschain/scanner"
)

func (p *process) fixCommand() *cli.Command {
	return &cli.Command{
		Name:      "fix",
		Usage:     "write the corrected chain, and say how to install it",
		ArgsUsage: "TARGET|FILE...",
		Description: `Finds the certificates that the server should send, proves by the same rules
and clients that they mend what is wrong, and writes them in the form that the
server takes, with the lines of configuration and the commands to type.

An argument that is a file is read as check reads it; all else is a target, as
scan takes it. With several, there is one file of issuers for each distinct
mend, and it says how many need it.

Certificates are written only if their bytes are at hand: sent by the server,
in --pool, or fetched with --aia. Else they are named.

Examples:
  tlschain fix example.com
  tlschain fix --server nginx -d /etc/nginx/tls --aia example.com
  tlschain fix --server iis --key privkey.pem --password-file word.txt site.pem
  tlschain fix --prefer widest --clients all fullchain.pem
  tlschain fix -f hosts.txt -d mends

Exit code: 0 all is mended or nothing was wrong, 1 something cannot be mended by
a list of certificates, 2 usage, 3 something could not be judged.`,
		Flags: joinFlags(
			[]cli.Flag{
				&cli.StringFlag{Name: "server", Category: "Mend", Usage: "the `KIND` of server: " + kindList() + " (default: ask it)"},
				&cli.StringFlag{Name: "d", Aliases: []string{"directory"}, Category: "Mend", Value: ".", Usage: "write into `FOLDER` (default: the current one)"},
				&cli.StringFlag{Name: "prefer", Category: "Mend", Value: string(repair.Minimal), Usage: "minimal (default): fewest bytes; widest: with the cross-certificates that may win more clients"},
				&cli.BoolFlag{Name: "best-effort", Category: "Mend", Usage: "write the best there is also where some chosen client still refuses it"},
				&cli.BoolFlag{Name: "with-root", Category: "Mend", Usage: "keep the root at the end, for a server whose DANE record names it"},
				&cli.StringFlag{Name: "key", Category: "Mend", Usage: "the server's private key, `FILE`, for forms that hold it"},
				&cli.BoolFlag{Name: "pfx", Category: "Mend", Usage: "write a PFX file too; it needs --key, and a password by --password-file or TLSCHAIN_PASSWORD"},
				&cli.StringFlag{Name: "password-file", Category: "Mend", Usage: "`FILE` whose first line is the password of PFX and JKS files, read and written"},
				&cli.StringFlag{Name: "password", Category: "Mend", Usage: "`PASSWORD` of the same; other users of the machine can read it"},
				&cli.StringSliceFlag{Name: "f", Aliases: []string{"file"}, Category: "Targets", Usage: "read targets from `LIST`, - for standard input; may be given several times"},
				&cli.StringFlag{Name: "port", Category: "Targets", Value: "443", Usage: "`PORTS` where a target names none, such as 443,8443 (default 443)"},
				&cli.StringFlag{Name: "server-name", Category: "Targets", Usage: "`NAME` to send as SNI and to check, for all"},
			},
			judgingFlags(),
			scannerFlags(),
		),
		Action: p.fix,
	}
}

func kindList() (text string) {
	for i, k := range server.Kinds() {
		if i > 0 {
			text += ", "
		}
		text += k.ID
	}
	return text
}

// A fixing is one run of fix.
type fixing struct {
	*process
	completer *complete.Completer
	kind      *server.Kind // nil: to be guessed
	folder    folder
	key       privateKey
	pfx       bool
	prefer    bool // the user said what to prefer
	force     bool
	verify    []string // flags that a later scan needs too, such as --add-roots
	password  string
	inputs    []string // files that must not be written over
}

func (p *process) fix(c *cli.Context) error {
	f := &fixing{process: p, pfx: c.Bool("pfx"), force: c.Bool("best-effort"), prefer: c.IsSet("prefer")}
	mend := repair.Options{Prefer: repair.Preference(c.String("prefer")), WithRoot: c.Bool("with-root")}
	if mend.Prefer != repair.Minimal && mend.Prefer != repair.Widest {
		return usagef("--prefer %q: type minimal or widest", mend.Prefer)
	}
	if id := c.String("server"); id != "" {
		kind, err := server.Lookup(id)
		if err != nil {
			return usagef("--server: %w", err)
		}
		f.kind = &kind
	}
	judge, err := p.newJudge(c, time.Now())
	if err != nil {
		return err
	}
	fetcher, err := newFetcher(c)
	if err != nil {
		return err
	}
	f.completer = complete.New(judge, complete.Options{Fetcher: fetcher, Bytes: true, Mend: mend})
	if f.folder, err = openFolder(c.String("d")); err != nil {
		return err
	}
	passwords, err := p.passwords(c)
	if err != nil {
		return err
	}
	if len(passwords) > 0 {
		f.password = passwords[0]
	}
	if f.key, err = p.privateKey(c.String("key")); err != nil {
		return err
	}
	if f.pfx && f.key.file == "" {
		return usagef("--pfx needs the private key").hintf("type --key FILE")
	}
	if f.pfx && f.password == "" {
		return usagef("--pfx needs a password for the file").hintf("type --password-file FILE, or set TLSCHAIN_PASSWORD")
	}
	for _, flag := range []string{"roots", "add-roots", "clients", "at"} {
		if c.IsSet(flag) {
			f.verify = append(f.verify, "--"+flag, c.String(flag))
		}
	}
	endpoints, err := f.endpoints(c, passwords)
	if err != nil {
		return err
	}
	return f.run(c.Context, endpoints)
}

// run mends what was found, and says what came of it.
func (f *fixing) run(ctx context.Context, all []*ailing) error {
	var mended []*ailing
	failed, unjudged := false, false
	for _, a := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if a.verdict == nil {
			unjudged = true
			fmt.Fprintf(f.stdout, "%s: %s\n\n", a.label, a.trouble)
			continue
		}
		f.explain(a)
		if a.outcome == hopeless {
			failed = true
		}
		if a.bundle != nil {
			mended = append(mended, a)
		}
	}
	if err := f.write(ctx, mended); err != nil {
		return err
	}
	switch {
	case len(all) == 0:
		return errors.New("no target could be used")
	case failed:
		return exitCode(exitFindings)
	case unjudged:
		return exitCode(exitUnjudged)
	}
	return nil
}

// endpoints judges everything that the arguments name.
func (f *fixing) endpoints(c *cli.Context, passwords []string) ([]*ailing, error) {
	paths, texts := filesAmong(c.Args().Slice())
	if len(paths)+len(texts)+len(c.StringSlice("f")) == 0 {
		return nil, usagef("nothing to mend").hintf("%s fix example.com, or %s fix fullchain.pem", name, name)
	}
	var all []*ailing
	reader := &files{process: f.process, serverName: c.String("server-name"), passwords: passwords, key: f.key.spki}
	for _, path := range paths {
		f.inputs = append(f.inputs, path)
		presentations, err := reader.read(path)
		if err != nil {
			return nil, &usageError{err: fmt.Errorf("%s: %w", path, err), hint: fileHint(err)}
		}
		for i, presented := range presentations {
			all = append(all, f.file(c.Context, path, labelOf(path, i, len(presentations)), presented))
		}
	}
	if len(texts)+len(c.StringSlice("f")) == 0 {
		return all, nil
	}
	ports, err := parsePorts(c.String("port"))
	if err != nil {
		return nil, err
	}
	sc, err := f.newScanner(c)
	if err != nil {
		return nil, err
	}
	list := &targetList{
		arguments: texts, files: c.StringSlice("f"), stdin: f.stdin,
		options: scanner.TargetOptions{Ports: ports, ServerName: c.String("server-name")},
	}
	done, err := list.prepare(c.Context, true)
	defer done()
	if err != nil {
		return nil, err
	}
	bar, err := f.newProgress("none", time.Now)
	if err != nil {
		return nil, err
	}
	run := &scanRun{ctx: c.Context, list: list, progress: bar}
	for observed := range sc.Scan(c.Context, run.targets()) {
		all = append(all, f.live(c.Context, observed)...)
	}
	return all, c.Context.Err()
}

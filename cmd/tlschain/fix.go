package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/install"
)

func (p *process) fixCommand() *cli.Command {
	return &cli.Command{
		Name:      "fix",
		Usage:     "write the corrected chain, and say how to install it",
		ArgsUsage: "TARGET|FILE...",
		Description: `Finds the certificates that the server should send, proves by the same rules
and clients that they fix what is wrong, and writes them in the form that the
server takes, with the lines of configuration and the commands to type.

An argument that is a file is read as check reads it; all else is a target, as
scan takes it. With several, there is one file of issuers for each distinct
fix, and it says how many need it.

Certificates are written only if their bytes are at hand: sent by the server,
in --pool, or fetched with --aia. Else they are named.

Examples:
  tlschain fix example.com
  tlschain fix --server nginx -d /etc/nginx/tls --aia example.com
  tlschain fix --server iis --key privkey.pem --password-file word.txt site.pem
  tlschain fix --prefer widest --clients all fullchain.pem
  tlschain fix -f hosts.txt -d fixed

Exit code: 0 all is fixed or nothing was wrong, 1 something cannot be fixed by
a list of certificates, 2 usage, 3 something could not be judged.`,
		Flags: slices.Concat(
			[]cli.Flag{
				&cli.StringFlag{Name: "server", Category: "Fix", Usage: "the `KIND` of server: " + kindList() + " (default: ask it)"},
				&cli.StringFlag{Name: "d", Aliases: []string{"directory"}, Category: "Fix", Value: ".",
					Usage: "write into `FOLDER` (default: the current one)"},
				&cli.StringFlag{Name: "prefer", Category: "Fix", Value: string(fix.Minimal), Usage: "minimal (default): fewest bytes; " +
					"widest: with the cross-certificates that may gain more clients"},
				&cli.BoolFlag{Name: "best-effort", Category: "Fix", Usage: "write the best there is also where some chosen client still refuses it"},
				&cli.BoolFlag{Name: "with-root", Category: "Fix", Usage: "keep the root at the end, for a server whose DANE record names it"},
				&cli.StringFlag{Name: "key", Category: "Fix", Usage: "the server's private key, `FILE`, for forms that hold it"},
				&cli.BoolFlag{Name: "pfx", Category: "Fix", Usage: "write a PFX file too; it needs --key, " +
					"and a password by --password-file or TLSCHAIN_PASSWORD"},
				&cli.StringFlag{Name: "password-file", Category: "Fix", Usage: "`FILE` whose first line is the password of PFX and JKS " +
					"files, read and written"},
				&cli.StringFlag{Name: "password", Category: "Fix", Usage: "`PASSWORD` of the same; other users of the machine can read it"},
				&cli.StringSliceFlag{Name: "f", Aliases: []string{"file"}, Category: "Targets", Usage: "read targets from `LIST`, - for " +
					"standard input; may be given several times"},
				&cli.StringFlag{Name: "port", Category: "Targets", Value: "443", Usage: "`PORTS` where a target names none, " +
					"such as 443,8443 (default 443)"},
				&cli.StringFlag{Name: "server-name", Category: "Targets", Usage: "`NAME` to send as SNI and to check, for all"},
			},
			judgingFlags(),
			[]cli.Flag{revocationFlag()},
			scannerFlags(),
			[]cli.Flag{langFlag("Fix")},
		),
		Action: p.fix,
	}
}

func kindList() string {
	var ids []string
	for _, k := range install.Kinds() {
		ids = append(ids, k.ID)
	}
	return strings.Join(ids, ", ")
}

// A fixing is one run of fix.
type fixing struct {
	*process
	engine   *tlschain.Engine
	kind     *install.Kind // nil: to be guessed
	language string        // of the steps
	folder   folder
	keyFile  string // as typed; empty: none was named
	key      certfile.PrivateKey
	pfx      bool
	password string
	ask      fix.Request
	names    install.Names // of the files that are written

	// What came of it so far. Of a long list, only what is to be written is kept.
	fixed            []*tlschain.FixTarget
	bundles          map[cert.Hash][]fix.Certificate
	seen             int
	failed, unjudged bool
}

func (p *process) fix(c *cli.Context) error {
	f := &fixing{process: p, pfx: c.Bool("pfx"), keyFile: c.String("key")}
	config, err := p.configOf(c)
	if err != nil {
		return err
	}
	if id := c.String("server"); id != "" {
		kind, err := install.Lookup(id)
		if err != nil {
			return usagef("--server: %w", err)
		}
		f.kind = &kind
	}
	if f.language, err = p.lang(c); err != nil {
		return err
	}
	if f.engine, err = p.newEngine(config, time.Now()); err != nil {
		return err
	}
	if f.folder, err = openFolder("-d", c.String("d")); err != nil {
		return err
	}
	passwords, err := p.passwords(c)
	if err != nil {
		return err
	}
	if len(passwords) > 0 {
		f.password = passwords[0]
	}
	if err := checkPasted("--key", f.keyFile); err != nil {
		return err
	}
	if f.key, err = p.privateKey(f.keyFile); err != nil {
		return err
	}
	if f.pfx && f.keyFile == "" {
		return usagef("--pfx needs the private key").hintf("type --key FILE")
	}
	if f.pfx && f.password == "" {
		return usagef("--pfx needs a password for the file").hintf("type --password-file FILE, or set TLSCHAIN_PASSWORD")
	}
	f.ask = fix.Request{Prefer: c.IsSet("prefer"), Always: f.kind != nil || f.pfx, BestEffort: c.Bool("best-effort"), Key: f.key.SPKI}
	if err := f.planAll(c, passwords); err != nil {
		return err
	}
	if err := f.write(c.Context); err != nil {
		return err
	}
	switch {
	case f.seen == 0:
		return errNoTarget
	case f.failed:
		return exitCode(exitFindings)
	case f.unjudged:
		return exitCode(exitUnjudged)
	}
	return nil
}

// take says what can be done about an endpoint, and keeps what is to be written.
func (f *fixing) take(a *tlschain.FixTarget) {
	f.seen++
	if a.Verdict == nil {
		f.unjudged = true
		f.printf("%s: it could not be judged: %s\n\n", a.Label, a.Observed.Failure)
		return
	}
	a.Decide(f.ask)
	reports.ExplainFix(f.stdout, a.Label, a.Verdict, a.Plan, a.Decision, f.keyFile)
	f.failed = f.failed || a.Outcome == fix.Hopeless || a.Outcome == fix.Lacking
	if a.Bundle == nil {
		return
	}
	if f.bundles == nil {
		f.bundles = make(map[cert.Hash][]fix.Certificate)
	}
	h := fix.HashOf(a.Bundle)
	if f.bundles[h] == nil {
		f.bundles[h] = a.Bundle
	}
	a.Bundle, a.Fix = f.bundles[h], tlschain.Fix{}
	f.fixed = append(f.fixed, a)
}

// filesAmong tells the arguments that are files from those that are targets.
func filesAmong(arguments []string) (paths, targets []string) {
	for _, a := range arguments {
		if info, err := os.Stat(a); err == nil && !info.IsDir() {
			paths = append(paths, a)
		} else {
			targets = append(targets, a)
		}
	}
	return paths, targets
}

// planAll plans the fix of everything that the arguments name.
func (f *fixing) planAll(c *cli.Context, passwords []string) error {
	paths, texts := filesAmong(c.Args().Slice())
	if len(paths)+len(texts)+len(c.StringSlice("f")) == 0 {
		return usagef("nothing to fix").hintf("%s fix example.com, or %s fix fullchain.pem", name, name)
	}
	config := f.engine.Config()
	file := tlschain.File{ServerName: config.ServerName, Key: f.key.SPKI, Passwords: passwords}
	for _, file.Name = range paths {
		presented, err := f.engine.Read(file)
		if err != nil {
			return fileError(file.Name, err)
		}
		for _, chain := range presented {
			f.take(tlschain.FixOfFile(file.Name, chain.Label, f.engine.PlanFixOf(c.Context, chain)))
		}
	}
	if len(texts)+len(c.StringSlice("f")) == 0 {
		return nil
	}
	list := &tlschain.TargetList{Arguments: texts, Files: c.StringSlice("f"), Stdin: f.stdin, Options: config.Targets()}
	if _, err := f.prepare(c.Context, list, false); err != nil {
		return err
	}
	bar, err := f.newProgress("none", time.Now)
	if err != nil {
		return err
	}
	run := &scanRun{Selection: tlschain.Selection{List: list}, progress: bar}
	for fixes := range f.engine.PlanFix(c.Context, run.targets(c.Context, f.engine)) {
		for _, a := range tlschain.FixesOfServer(fixes) {
			f.take(a)
		}
	}
	f.unjudged = f.unjudged || len(run.skipped) > 0
	if f.seen == 0 && c.Context.Err() == nil {
		return run.nothing()
	}
	return c.Context.Err()
}

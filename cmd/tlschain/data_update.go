package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/dataupdate"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
)

// sourceFlags say where facts are taken from.
func sourceFlags(more ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "from", Usage: "a folder, or the `URL` of a mirror of " + build.CCADBHome + " (default: all sources)"},
		&cli.StringSliceFlag{Name: "source", Usage: "only this one of ccadb, chrome, mozilla, debian, onecrl and preloads, " +
			"or `NAME=URL`: from a mirror of its folder (repeatable)"},
		&cli.DurationFlag{Name: "timeout", Value: dataupdate.AskFor, Usage: "at most `TIME` for all of it (default 10m)"},
	}, more...)
}

func (p *process) dataUpdateCommand() *cli.Command {
	return &cli.Command{
		Name:  "update",
		Usage: "take newer facts from those who publish them, or from a folder",
		Description: `Asks the Common CA Database, Chrome, Mozilla (root store, OneCRL and preloaded
intermediates) and Debian for what is new, over HTTPS and through the proxy that
HTTPS_PROXY names; SSL_CERT_FILE names other roots for these connections. What
Go, Java and Node.js carry inside comes with the program.

--from DIR reads a folder instead: what data export wrote, or files as they are
published: CCADB's reports (*.csv), certificates (*.pem, *.crt, *.cer),
root_store.textproto with root_store.certs, certdata.txt, Debian's package
ca-certificates (*.deb), onecrl.json, intermediates.json, stores.tsv (client,
version, date and SHA-256 of each anchor), chrome-root-store.tsv,
mozilla-root-store.tsv, debian-ca-certificates.tsv.

Each source is taken whole or not at all. One that lacks more than a fifth of
what is known is refused; --force takes it, and tells what is lost. All others
are taken nevertheless.

Exit code: 0 all were taken or are as they were, 2 some could not be.

Examples:
  tlschain data update
  tlschain data update --source onecrl --source chrome
  tlschain data update --from ./our-cas
  tlschain data update --from https://mirror.example.com/ccadb`,
		Flags: sourceFlags(&cli.BoolFlag{Name: "force", Usage: "take also what lacks much of what is known, or is older"}),
		Action: func(c *cli.Context) error {
			kept := p.keptFacts()
			if kept.File == "" {
				return usagef("there is no folder to keep the facts in").hintf("set HOME or XDG_CACHE_HOME")
			}
			o, err := p.newerFacts(c)
			if err != nil {
				return err
			}
			if err := kept.Keep(o); err != nil {
				return usagef("%w", err).hintf("make room there, or set XDG_CACHE_HOME to a folder that can be written; the facts in use stay")
			}
			text := o.Text()
			if o.File != nil {
				text += "kept in " + kept.File + "\n"
			}
			if _, err := fmt.Fprint(p.stdout, text); err != nil {
				return err
			}
			return o.Err()
		},
	}
}

// newerFacts asks for what is new, and keeps nothing.
func (p *process) newerFacts(c *cli.Context) (*dataupdate.Outcome, error) {
	u := p.updater()
	u.Force = c.Bool("force")
	if err := chooseSources(u, c.StringSlice("source")); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(c.Context, c.Duration("timeout"), errors.New("the time of --timeout is over"))
	defer cancel()
	from := c.String("from")
	if strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
		if err := chooseSources(u, []string{"ccadb=" + from}); err != nil {
			return nil, err
		}
		from = ""
	}
	if from != "" {
		info, err := os.Stat(from)
		if err == nil && !info.IsDir() {
			err = &fs.PathError{Err: errors.New("it is no folder")}
		}
		if err != nil {
			return nil, usagef("--from %s: %w", from, errors.Unwrap(err)).hintf("--from takes a folder, or a URL that begins with https://")
		}
		o, err := u.Read(ctx, os.DirFS(from))
		if err != nil {
			return nil, fmt.Errorf("making facts of %s: %w", from, err)
		}
		return o, nil
	}
	return u.Ask(ctx)
}

// updater knows the facts in use, and what the last update said.
func (p *process) updater() *dataupdate.Updater {
	u := &dataupdate.Updater{Facts: p.facts(), Now: time.Now, Getenv: p.getenv}
	if u.Facts != catalog.Embedded() {
		u.State = p.keptFacts().State()
	}
	return u
}

// chooseSources reads NAME and NAME=URL.
func chooseSources(u *dataupdate.Updater, words []string) error {
	for _, word := range words {
		id, home, mirror := strings.Cut(word, "=")
		if _, err := dataupdate.Known(id); err != nil {
			return usagef("--source: %w", err)
		}
		u.Only = append(u.Only, id)
		if !mirror {
			continue
		}
		if err := dataupdate.CheckHome(home); err != nil {
			return usagef("%s: %w", id, err).hintf("type --source %s=https://..., or --from and a folder", id)
		}
		if u.Homes == nil {
			u.Homes = make(map[string]string)
		}
		u.Homes[id] = home
	}
	return nil
}

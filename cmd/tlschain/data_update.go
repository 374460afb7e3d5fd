package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/dataupdate"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/rules/cert"
)

// askFor is how long asking all publishers may take.
const askFor = 10 * time.Minute

// sourceFlags say where facts are taken from.
func sourceFlags(more ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "from", Usage: "a folder, or the `URL` of a mirror of " + build.CCADBHome + " (default: all sources)"},
		&cli.StringSliceFlag{Name: "source", Usage: "only this one of ccadb, chrome, mozilla, debian, onecrl and preloads, " +
			"or `NAME=URL`: from a mirror of its folder (repeatable)"},
		&cli.DurationFlag{Name: "timeout", Value: askFor, Usage: "at most `TIME` for all of it (default 10m)"},
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
			target := p.factsFile()
			if target == "" {
				return usagef("there is no folder to keep the facts in").hintf("set HOME or XDG_CACHE_HOME")
			}
			o, err := p.newerFacts(c)
			if err != nil {
				return err
			}
			if err := keepOutcome(target, o); err != nil {
				return err
			}
			if err := p.tellUpdate(o, target); err != nil {
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
		if _, err := os.Stat(from); err != nil {
			return nil, usagef("--from %s: %w", from, errors.Unwrap(err)).hintf("--from takes a folder, or a URL that begins with https://")
		}
		o, err := u.Read(ctx, os.DirFS(from))
		if err != nil {
			return nil, fmt.Errorf("making facts of %s: %w", from, err)
		}
		return o, nil
	}
	return fetchFacts(ctx, u)
}

// fetchFacts asks the publishers, with a folder for what is on its way.
func fetchFacts(ctx context.Context, u *dataupdate.Updater) (*dataupdate.Outcome, error) {
	dir, err := os.MkdirTemp("", name+"-data-*")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the download: %w", err)
	}
	defer os.RemoveAll(dir)
	return u.Fetch(ctx, dir)
}

// askPublishers asks for what is new, for [audit.Refresher].
func (p *process) askPublishers(ctx context.Context) (facts *catalog.Facts, keep func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	o, err := fetchFacts(ctx, p.updater())
	if err != nil {
		return nil, nil, err
	}
	if o.File == nil {
		return nil, nil, o.Err()
	}
	return o.Facts, func() error { return keepOutcome(p.factsFile(), o) }, o.Err()
}

// updater knows the facts in use, and what the last update said.
func (p *process) updater() *dataupdate.Updater {
	u := &dataupdate.Updater{Facts: p.facts(), Now: time.Now, Getenv: p.getenv}
	if u.Facts == catalog.Embedded() {
		return u
	}
	facts, err := os.ReadFile(p.factsFile())
	if err != nil {
		return u
	}
	if text, err := os.ReadFile(stateFile(p.factsFile())); err == nil {
		u.State = dataupdate.ReadState(text, facts)
	}
	return u
}

// stateFile is where an update leaves word for the next one.
func stateFile(facts string) string { return filepath.Join(filepath.Dir(facts), "sources.json") }

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

// keepOutcome keeps newer facts, and then what the next update is told; facts
// without that are asked for again.
func keepOutcome(target string, o *dataupdate.Outcome) error {
	if o.File == nil {
		return nil
	}
	if err := keepFacts(target, o.File); err != nil {
		return err
	}
	text, err := o.State.Encode(o.File)
	if err != nil {
		return err
	}
	return keepFacts(stateFile(target), text)
}

// keepFacts puts a file in its place, whole.
func keepFacts(target string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(target), fs.FileMode(0o755)); err != nil {
		return fmt.Errorf("keeping the facts: %w", err)
	}
	out, err := openOutput(nil, target)
	if err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return errors.Join(err, out.discard())
	}
	return out.commit(false)
}

func (p *process) tellUpdate(o *dataupdate.Outcome, target string) error {
	var b strings.Builder
	tellFeeds(&b, o)
	tellChanges(&b, o)
	if o.File != nil {
		fmt.Fprintf(&b, "kept in %s\n", target)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// tellFeeds tells what became of each source, a line each.
func tellFeeds(b *strings.Builder, o *dataupdate.Outcome) {
	for _, r := range o.Feeds {
		what := "as it was"
		switch {
		case r.Err != nil:
			what = "not taken"
		case r.Taken && !r.Changes.Empty():
			what = "newer"
		}
		fmt.Fprintf(b, "%-12s %s\n", r.Feed.ID, what)
		for _, l := range r.Losses {
			if r.Taken {
				fmt.Fprintf(b, "%-12s without %s\n", "", l)
				for _, c := range l.Examples {
					fmt.Fprintf(b, "%-14s %s\n", "", certLine(c))
				}
			}
		}
	}
}

func certLine(c *cert.Certificate) string {
	return fmt.Sprintf("%s  %s, until %s", c.SHA256.String()[:16], reports.Clean(reports.ShortName(c.Subject.Text)),
		c.NotAfter.Format(time.DateOnly))
}

func storeDifference(s build.StoreChange) string {
	return fmt.Sprintf("%d anchors more, %d fewer, %d on other conditions", len(s.Added), len(s.Removed), s.Conditions)
}

// tellChanges tells what differs between the facts in use and newer ones.
func tellChanges(b *strings.Builder, o *dataupdate.Outcome) {
	section := func(title string, certs []*cert.Certificate) {
		if len(certs) == 0 {
			return
		}
		fmt.Fprintf(b, "%d CA certificates %s\n", len(certs), title)
		for i, c := range certs {
			if i == 20 {
				fmt.Fprintf(b, "  and %d more\n", len(certs)-i)
				break
			}
			fmt.Fprintf(b, "  %s\n", certLine(c))
		}
	}
	section("are new", o.Changes.Added)
	section("are gone", o.Changes.Removed)
	for _, s := range o.Changes.Stores {
		switch {
		case s.New && s.Before != "":
			fmt.Fprintf(b, "trust store %s is newer than %s: %s\n", s.ID, s.Before, storeDifference(s))
		case s.New:
			fmt.Fprintf(b, "trust store %s is new, with %d anchors\n", s.ID, len(s.Added))
		case s.Gone:
			fmt.Fprintf(b, "trust store %s is gone\n", s.ID)
		default:
			fmt.Fprintf(b, "trust store %s: %s\n", s.ID, storeDifference(s))
		}
	}
	for _, l := range o.Changes.Lists {
		fmt.Fprintf(b, "%s: %d more, %d fewer\n", l.Title, l.Added, l.Removed)
	}
	if o.Changes.Empty() && o.Err() == nil {
		b.WriteString("nothing has changed\n")
	}
	if len(o.Skipped) > 0 {
		fmt.Fprintf(b, "%d certificates could not be read and are left out\n", len(o.Skipped))
	}
}

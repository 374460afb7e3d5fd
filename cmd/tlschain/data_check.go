package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/dataupdate"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
)

func (p *process) dataCheckCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "tell how old the facts are and what is newer, and change nothing",
		Description: `Asks the same sources as data update does, or reads the folder of --from, and
tells what an update would bring. --offline asks nobody, and tells the age alone.

Exit code: 0 there is nothing newer, 1 there is, 2 some source could not be had
or would be refused. With --offline 1 says that the facts are over 60 days old.`,
		Flags:  sourceFlags(&cli.BoolFlag{Name: "offline", Usage: "ask nobody: the age alone"}),
		Action: p.dataCheck,
	}
}

func (p *process) dataCheck(c *cli.Context) error {
	u := p.updater()
	info := u.Facts.Info()
	age := u.Now().Sub(info.Updated)
	var b strings.Builder
	fmt.Fprintf(&b, "Facts of %s, %s old\n", info.Updated.Format(time.DateOnly), days(age))
	for _, f := range build.Feeds() {
		if f.Home == "" {
			continue
		}
		date := feedDate(u.Facts, f.ID)
		if s, ok := u.State.Sources[f.ID]; ok {
			fmt.Fprintf(&b, "  %-10s %s, asked on %s\n", f.ID, date, s.Checked.Format(time.DateOnly))
		} else {
			fmt.Fprintf(&b, "  %-10s %s\n", f.ID, date)
		}
	}
	if _, err := fmt.Fprint(p.stdout, b.String()); err != nil {
		return err
	}
	if c.Bool("offline") {
		if age > reports.OldAfter*24*time.Hour {
			return exitCode(exitFindings)
		}
		return nil
	}
	o, err := p.newerFacts(c)
	if err != nil {
		return err
	}
	b.Reset()
	tellFeeds(&b, o)
	tellChanges(&b, o)
	if _, err := fmt.Fprint(p.stdout, b.String()); err != nil {
		return err
	}
	switch {
	case o.Err() != nil:
		return o.Err()
	case !o.Changes.Empty():
		return exitCode(exitFindings)
	}
	return nil
}

func days(d time.Duration) string { return plural(max(int(d.Hours()/24), 0), "day") }

// feedDate is the date of what the facts have from a source, in words.
func feedDate(facts *catalog.Facts, id string) string {
	switch id {
	case "ccadb":
		date := ""
		for _, s := range facts.Sources() {
			if s.Name == "CCADB" && s.Date > date {
				date = s.Date
			}
		}
		return "of " + date
	case "onecrl":
		for _, r := range facts.Revocations() {
			if r.ID == id {
				return fmt.Sprintf("%d entries, the newest of %s", len(r.Entries), r.Date.Format(time.DateOnly))
			}
		}
	case "preloads":
		if p, ok := facts.Preloads(); ok {
			return "of " + p.Date.Format(time.DateOnly)
		}
	}
	var newest *catalog.Store
	for _, s := range facts.Stores() {
		if s.Client == id && (newest == nil || !s.Date.Before(newest.Date)) {
			newest = s
		}
	}
	if newest == nil {
		return "nothing is known"
	}
	return "of " + newest.Date.Format(time.DateOnly) + ", " + newest.Version
}

func (p *process) dataExportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "write the facts in use to a folder, for data update --from on another machine", ArgsUsage: "DIR",
		Description: `Writes facts.bin, and facts.json with its SHA-256, date and sources. The machine
that reads them needs no network:

  tlschain data export /media/stick/facts
  tlschain data update --from /media/stick/facts`,
		Action: func(c *cli.Context) error {
			dir := c.Args().First()
			if dir == "" || c.NArg() != 1 {
				return usagef("data export takes one folder").hintf("%s data export ./facts", name)
			}
			files, err := dataupdate.Export(p.facts())
			if err != nil {
				return err
			}
			// The manifest comes last: it says that all of it is there.
			for _, file := range []string{dataupdate.FactsFile, dataupdate.ManifestFile} {
				if err := keepFacts(filepath.Join(dir, file), files[file]); err != nil {
					var path *os.PathError
					if errors.As(err, &path) {
						return usagef("%s: %w", dir, path.Err).hintf("name a folder, which is made if it is not there: %s data export ./facts", name)
					}
					return err
				}
			}
			_, err = fmt.Fprintf(p.stdout, "facts of %s are in %s\n", p.facts().Updated().Format(time.DateOnly), dir)
			return err
		},
	}
}

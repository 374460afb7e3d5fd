package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/rules/cert"
)

func (p *process) dataUpdateCommand() *cli.Command {
	return &cli.Command{
		Name:  "update",
		Usage: "take newer facts from CCADB's public reports, or from a folder",
		Description: `Reads the reports of all CA certificates that the Common CA Database publishes,
or a folder with such reports (*.csv), certificates (*.pem, *.crt, *.cer) and
stores.tsv (client, version, date and SHA-256 of each anchor), and trust stores
by themselves: chrome-root-store.tsv, mozilla-root-store.tsv and
debian-ca-certificates.tsv, each a snapshot of today unless nothing in it is new.
What is read is checked before it takes the place of what was there, and the
difference is told.

Examples:
  tlschain data update
  tlschain data update --from ./our-cas
  tlschain data update --from https://mirror.example.com/ccadb`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "a folder, or the `URL` of a mirror of " + build.CCADBHome + " (default: that)"},
			&cli.DurationFlag{Name: "timeout", Value: 10 * time.Minute, Usage: "at most `TIME` for all of it (default 10m)"},
		},
		Action: p.dataUpdate,
	}
}

func (p *process) dataUpdate(c *cli.Context) error {
	target := p.factsFile()
	if target == "" {
		return usagef("there is no folder to keep the facts in").hintf("set HOME or XDG_CACHE_HOME")
	}
	ctx, cancel := context.WithTimeout(c.Context, c.Duration("timeout"))
	defer cancel()
	from := c.String("from")
	folder := from
	if from == "" || strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
		if from == "" {
			from = build.CCADBHome
		}
		dir, err := os.MkdirTemp("", name+"-data-*")
		if err != nil {
			return fmt.Errorf("making a folder for the download: %w", err)
		}
		defer os.RemoveAll(dir)
		if err := p.download(ctx, from, dir, time.Now().Year()); err != nil {
			return err
		}
		folder = dir
	} else if _, err := os.Stat(folder); err != nil {
		return usagef("--from %s: %w", folder, errors.Unwrap(err)).hintf("--from takes a folder, or a URL that begins with https://")
	}
	update, err := build.Renew(p.facts(), os.DirFS(folder), time.Now())
	if err != nil {
		return fmt.Errorf("making facts of %s: %w", from, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := keepFacts(target, update.File); err != nil {
		return err
	}
	return p.tellUpdate(update, target)
}

// maxDownload bounds one report; the largest of 2026 has 20 MB.
const maxDownload = 256 << 20

// download fetches CCADB's reports of all years, each whole or not at all.
func (p *process) download(ctx context.Context, home, dir string, until int) error {
	list, err := build.Reports(home, until)
	if err != nil {
		return usagef("--from: %w", err)
	}
	for _, r := range list {
		if err := fetch(ctx, r.URL, filepath.Join(dir, r.Name)); err != nil {
			return fmt.Errorf("fetching %s: %w", r.URL, err)
		}
	}
	return nil
}

func fetch(ctx context.Context, url, file string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return errors.Unwrap(err) // without the URL, which is said anyway
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server says %s", answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxDownload+1))
	if err == nil && len(data) > maxDownload {
		err = fmt.Errorf("it is larger than %d MiB", maxDownload>>20)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

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

func (p *process) tellUpdate(u *build.Update, target string) error {
	var b strings.Builder
	section := func(title string, certs []*cert.Certificate) {
		if len(certs) == 0 {
			return
		}
		fmt.Fprintf(&b, "%d CA certificates %s\n", len(certs), title)
		for i, c := range certs {
			if i == 20 {
				fmt.Fprintf(&b, "  and %d more\n", len(certs)-i)
				break
			}
			fmt.Fprintf(&b, "  %s  %s, until %s\n", c.SHA256.String()[:16], reports.Clean(reports.ShortName(c.Subject.Text)),
				c.NotAfter.Format(time.DateOnly))
		}
	}
	section("are new", u.Changes.Added)
	section("are gone", u.Changes.Removed)
	for _, s := range u.Changes.Stores {
		switch {
		case s.New:
			fmt.Fprintf(&b, "trust store %s is new, with %d anchors\n", s.ID, len(s.Added))
		case s.Gone:
			fmt.Fprintf(&b, "trust store %s is gone\n", s.ID)
		default:
			fmt.Fprintf(&b, "trust store %s: %d anchors more, %d fewer\n", s.ID, len(s.Added), len(s.Removed))
		}
	}
	if u.Changes.Empty() {
		b.WriteString("nothing has changed\n")
	}
	if len(u.Skipped) > 0 {
		fmt.Fprintf(&b, "%d certificates could not be read and are left out\n", len(u.Skipped))
	}
	fmt.Fprintf(&b, "kept in %s\n", target)
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

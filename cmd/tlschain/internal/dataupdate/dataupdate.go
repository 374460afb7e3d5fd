// Package dataupdate fetches newer facts from those who publish them, and
// judges whether what came is to be taken. Each source is taken whole or not at
// all, and what cannot be had leaves everything as it was.
package dataupdate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
)

// An Updater refreshes facts. It writes nothing: what came of it is in the
// [Outcome], and [Kept.Keep] keeps it.
type Updater struct {
	Facts *catalog.Facts // in use
	State State          // of the last update; the zero value knows nothing
	Now   func() time.Time
	Force bool              // takes what disagrees with what is known
	Only  []string          // ids of feeds; none: all
	Homes map[string]string // where a feed is to be had, by id, instead of its publisher

	Getenv func(string) string // for the proxy and SSL_CERT_FILE
}

// An Outcome is what became of an update.
type Outcome struct {
	Facts   *catalog.Facts // newer ones, or those that were in use
	File    []byte         // the newer ones as catalog.Read reads them; nil: there are none
	State   State
	Feeds   []Result
	Changes build.Changes
	Skipped []string // certificates that could not be read
}

// A Result is what became of one feed.
type Result struct {
	Feed    build.Feed
	Taken   bool // else it is as it was, or Err says why it was not taken
	Changes build.Changes
	Losses  []build.Loss
	Err     error
}

// Err joins what went wrong; nil: nothing.
func (o *Outcome) Err() error {
	var all []error
	for _, r := range o.Feeds {
		if r.Err != nil {
			all = append(all, fmt.Errorf("%s: %w", r.Feed.ID, r.Err))
		}
	}
	return errors.Join(all...)
}

// Known gives the feed of an id that can be fetched.
func Known(id string) (build.Feed, error) {
	var ids []string
	for _, f := range build.Feeds() {
		if f.ID == id && f.Home != "" {
			return f, nil
		}
		if f.Home != "" {
			ids = append(ids, f.ID)
		}
	}
	return build.Feed{}, fmt.Errorf("there is no source %q: type one of %s", id, strings.Join(ids, ", "))
}

func (u *Updater) wants(f build.Feed) bool {
	return len(u.Only) == 0 || slices.Contains(u.Only, f.ID)
}

// patience is how far two clocks may be apart.
const patience = 48 * time.Hour

// checkClock finds a clock that is far behind the facts in use.
func (u *Updater) checkClock() error {
	now, known := u.Now(), u.Facts.Updated()
	if now.Before(known.AddDate(0, -1, 0)) {
		return fmt.Errorf("it is %s by this machine's clock, but the facts in use are of %s: set the clock",
			now.UTC().Format(time.DateOnly), known.Format(time.DateOnly))
	}
	return nil
}

// Fetch takes newer facts from those who publish them. dir is a folder for what
// is on its way.
func (u *Updater) Fetch(ctx context.Context, dir string) (*Outcome, error) {
	if err := u.checkClock(); err != nil {
		return nil, err
	}
	get, err := u.getter()
	if err != nil {
		return nil, err
	}
	defer get.client.CloseIdleConnections()
	o := &Outcome{Facts: u.Facts, State: u.State.clone()}
	for _, f := range build.Feeds() {
		if f.Home == "" || !u.wants(f) {
			continue
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		folder := filepath.Join(dir, f.ID)
		known := o.State.Sources[f.ID]
		now, err := u.fetch(ctx, get, f, folder, known)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		switch {
		case err != nil:
			o.Feeds = append(o.Feeds, Result{Feed: f, Err: err})
			continue
		case now.Files == nil: // all as before
			known.Checked = u.Now().UTC()
			o.State.Sources[f.ID] = known
			o.Feeds = append(o.Feeds, Result{Feed: f})
			continue
		}
		if u.take(o, f, os.DirFS(folder)) {
			now.Checked = u.Now().UTC()
			now.Changed = now.Checked
			o.State.Sources[f.ID] = now
		}
	}
	return o, u.finish(o)
}

// Read takes facts from the files in a folder.
func (u *Updater) Read(ctx context.Context, fsys fs.FS) (*Outcome, error) {
	if err := u.checkClock(); err != nil {
		return nil, err
	}
	o := &Outcome{Facts: u.Facts, State: u.State.clone()}
	found := u.takeExported(o, fsys)
	for _, f := range build.Feeds() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !u.wants(f) || !holds(fsys, f) {
			continue
		}
		found = true
		if u.take(o, f, fsys) {
			o.State.Sources[f.ID] = Source{Checked: u.Now().UTC(), Changed: u.Now().UTC()}
		}
	}
	if !found {
		return nil, errors.New("found no facts.bin, no CCADB report (*.csv), no certificate (*.pem, *.crt, *.cer), no trust store " +
			"and no other list")
	}
	return o, u.finish(o)
}

// holds reports whether a folder has a file of the feed.
func holds(fsys fs.FS, f build.Feed) (has bool) {
	fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		has = has || err == nil && !d.IsDir() && f.Has(name)
		return nil
	})
	return has
}

// take adds a feed's files to the outcome, where they agree with what is known.
func (u *Updater) take(o *Outcome, f build.Feed, fsys fs.FS) bool {
	update, err := f.Renew(o.Facts, fsys, u.Now())
	if err != nil {
		o.Feeds = append(o.Feeds, Result{Feed: f, Err: err})
		return false
	}
	return u.accept(o, f, update)
}

// accept takes an update into the outcome, if it loses little.
func (u *Updater) accept(o *Outcome, f build.Feed, update *build.Update) bool {
	r := Result{Feed: f, Losses: build.Losses(update)}
	if slices.ContainsFunc(r.Losses, build.Loss.Grave) && !u.Force {
		r.Err = fmt.Errorf("it would lose %s; --force takes it all the same", words(r.Losses))
		o.Feeds = append(o.Feeds, r)
		return false
	}
	r.Taken, r.Changes = true, update.Changes
	o.Feeds = append(o.Feeds, r)
	o.Facts, o.File = update.Facts, update.File
	o.Skipped = append(o.Skipped, update.Skipped...)
	return true
}

func words(losses []build.Loss) string {
	var all []string
	for _, l := range losses {
		all = append(all, l.String())
	}
	return strings.Join(all, ", ")
}

// finish dates facts that were found to be as they are, and says what changed.
func (u *Updater) finish(o *Outcome) error {
	if o.File == nil && len(o.Feeds) > 0 && o.Err() == nil {
		update, err := build.Confirm(u.Facts, u.Now())
		if err != nil {
			return err
		}
		o.Facts, o.File = update.Facts, update.File
	}
	o.Changes = build.Compare(u.Facts, o.Facts)
	return nil
}

// CheckHome judges where a feed is to be had. Without encryption nobody knows
// who answers: that is for this machine's own addresses.
func CheckHome(text string) error {
	home, err := url.Parse(text)
	if err != nil || home.Host == "" {
		return fmt.Errorf("%.200q is no address: it begins with https://", text)
	}
	if home.Scheme != "https" && !(home.Scheme == "http" && isLoopback(home.Hostname())) {
		return fmt.Errorf("%.200q is no address that can be trusted: it begins with https://", text)
	}
	return nil
}

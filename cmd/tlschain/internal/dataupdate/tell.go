package dataupdate

import (
	"fmt"
	"strings"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/rules/cert"
)

// Age is how old the facts in use are.
func (u *Updater) Age() time.Duration { return u.Now().Sub(u.Facts.Info().Updated) }

// About tells how old the facts in use are, and what they have from each source.
func (u *Updater) About() string {
	info := u.Facts.Info()
	var b strings.Builder
	days := "1 day"
	if n := max(int(u.Age().Hours()/24), 0); n != 1 {
		days = fmt.Sprintf("%d days", n)
	}
	fmt.Fprintf(&b, "Facts of %s, %s old\n", info.Updated.Format(time.DateOnly), days)
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
	return b.String()
}

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

// Text tells what became of each source, and what differs between the facts in
// use and newer ones.
func (o *Outcome) Text() string {
	var b strings.Builder
	o.tellFeeds(&b)
	o.tellChanges(&b)
	return b.String()
}

// tellFeeds tells what became of each source, a line each.
func (o *Outcome) tellFeeds(b *strings.Builder) {
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
func (o *Outcome) tellChanges(b *strings.Builder) {
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

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/rules/client"
)

func (p *process) clientsCommand() *cli.Command {
	return &cli.Command{
		Name:      "clients",
		Usage:     "list the clients that chains are judged by, or explain one",
		ArgsUsage: "[NAME]",
		Description: `A client is a trust store and a way to build a path from what a server sends to
a root in that store. How well each half is known is shown: measured in runs of
the real client, documented by its vendor, or assumed.

The groups: modern are the current ones, broad (the default) adds those that
still have many users, all is all there are, and legacy is what all adds.

Examples:
  tlschain clients
  tlschain clients gnutls-3.7
  tlschain scan --clients modern,android-7.0 example.com`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT` of what is told of one client: text (default), or json with all anchors and what is asked for of each"},
			&cli.StringFlag{Name: "at", Usage: "with the trust stores as of `TIME`, a date or RFC 3339 (default: now)"},
		},
		Action: func(c *cli.Context) error {
			at, err := parseTime(c.String("at"), time.Now())
			if err != nil {
				return err
			}
			format := c.String("format")
			if format != "text" && format != "json" {
				return usagef("--format %q: type text or json", format)
			}
			all := client.Profiles(p.facts(), at)
			switch {
			case c.NArg() == 0 && format == "json":
				return usagef("--format json tells of one client").hintf("%s clients chrome --format json", name)
			case c.NArg() == 0:
				return p.listClients(all)
			}
			one, err := p.findClient(all, c.Args().First(), at)
			if err != nil {
				return err
			}
			if format == "json" {
				return writeClientJSON(p.stdout, one)
			}
			return p.explainClient(one, c.Args().First())
		},
	}
}

func (p *process) listClients(all []*client.Profile) error {
	var b strings.Builder
	b.WriteString(commandline.Wrap("How well is it known how a client builds a path, and what is in its trust store? Measured in runs of the real client, documented by its vendor, or assumed.", "") + "\n\n")
	fmt.Fprintf(&b, "  %-28s %-11s %s\n", "", "builder", "store")
	for _, g := range []struct {
		group client.Group
		text  string
	}{
		{client.Modern, "current clients: what they refuse is an error"},
		{client.Broad, "still in wide use: a warning"},
		{client.Legacy, "old and rare ones: info"},
	} {
		fmt.Fprintf(&b, "%s: %s\n", g.group, g.text)
		for _, c := range all {
			if c.Group == g.group {
				fmt.Fprintf(&b, "  %-28s %-11s %-11s %s\n", c.ID, c.BuilderEvidence, c.StoreEvidence, c.Title)
			}
		}
		b.WriteString("\n")
	}
	_, err := fmt.Fprint(p.stdout, strings.TrimSuffix(b.String(), "\n"))
	return err
}

// findClient finds a client by its name, or by NAME@STORE.
func (p *process) findClient(all []*client.Profile, id string, at time.Time) (*client.Profile, error) {
	if strings.Contains(id, "@") {
		one, err := client.Combine(p.facts(), all, id, at)
		if err != nil {
			return nil, usagef("%w", err).hintf("%s clients lists the clients", name)
		}
		return one, nil
	}
	named, _, _ := client.Named(id)
	i := slices.IndexFunc(all, func(c *client.Profile) bool { return c.ID == named })
	if i < 0 {
		if _, _, err := tlschain.SelectClients(all, []string{id}); err != nil {
			return nil, flagError(err)
		}
		return nil, usagef("%s is a group of clients", id).hintf("%s clients lists them", name)
	}
	return all[i], nil
}

// explainClient explains c, which was asked for as asked.
func (p *process) explainClient(c *client.Profile, asked string) error {
	var b strings.Builder
	if _, evidence, grounds := client.Named(asked); grounds != "" {
		b.WriteString(commandline.Wrap(fmt.Sprintf("%s is judged as %s (%s): %s.", asked, c.ID, evidence, grounds), "") + "\n\n")
	}
	fmt.Fprintf(&b, "%s: %s\n", c.ID, c.Title)
	fmt.Fprintf(&b, "group %s", c.Group)
	if c.Version != "" {
		fmt.Fprintf(&b, ", version %s", c.Version)
	}
	b.WriteString("\n")

	store := fmt.Sprintf("%d anchors", len(c.Store.All()))
	if c.StoreID != "" {
		store += fmt.Sprintf(", %s as of %s", c.StoreID, c.StoreDate.Format(time.DateOnly))
	}
	section(&b, "Trust store ("+string(c.StoreEvidence)+")", store)
	if lines := conditions(c); len(lines) > 0 {
		b.WriteString("\nWhat it asks for beside a path\n")
		for _, l := range lines {
			b.WriteString(commandline.Wrap(l, "  ") + "\n")
		}
	}
	fmt.Fprintf(&b, "\nHow it builds a path (%s)\n", c.BuilderEvidence)
	for _, t := range traits(c) {
		b.WriteString(commandline.Wrap(t, "  ") + "\n")
	}
	if c.Notes != "" {
		section(&b, "Notes", c.Notes)
	}
	if len(c.Sources) > 0 {
		b.WriteString("\nSources\n")
		for _, s := range c.Sources {
			b.WriteString(commandline.Wrap(s, "  ") + "\n")
		}
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// conditions counts what a client asks for of its anchors, and names the lists
// of revoked certificates that it goes by.
func conditions(c *client.Profile) (lines []string) {
	dated, alone := 0, 0
	for _, a := range c.Store.All() {
		for _, k := range c.Conditions.Of(a.SHA256) {
			if k.Dated() {
				dated++
			}
			if k.Intermediate {
				alone++
			}
		}
	}
	add := func(n int, text string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf(text, n))
		}
	}
	add(alone, "%d of the anchors are intermediates, which it trusts by themselves.")
	add(dated, "It trusts %d of the anchors only for leaves up to a date; --format json has each.")
	if c.Conditions != nil {
		for _, r := range c.Conditions.Revoked {
			lines = append(lines, fmt.Sprintf("It refuses what is on %s, as of %s (%d entries).", r.Title, r.Date.Format(time.DateOnly), len(r.Entries)))
		}
	}
	return lines
}

// traits are those parameters of a path builder that an administrator meets.
func traits(c *client.Profile) []string {
	b := &c.Builder
	var out []string
	add := func(holds bool, text string) {
		if holds {
			out = append(out, text)
		}
	}
	add(b.Order == client.AnyOrder, "Takes the certificates in any order.")
	add(b.Order == client.Later, "An issuer must stand later in the list than what it issued.")
	add(b.Order == client.Next, "Each certificate must be followed by its issuer: order matters, and nothing may stand between.")
	add(b.InOrder != nil, "Takes a list that is in order as it is, without looking for another path; what follows is about other lists.")
	add(b.ListValidation, "Makes one chain of the list and verifies it from the end: a certificate that does not belong can break it.")
	add(b.SignerTableSize > 0, "Verifies every certificate that was sent, the last first: one that it can verify must be in order.")
	add(b.StopAtAnchorKey, "Ignores whatever follows a certificate that has the name and key of an anchor.")
	add(b.Prefer[0] == client.FromStore && !b.StopAtAnchorKey, "Looks for an issuer in its store first, then among what was sent.")
	add(b.Prefer[0] == client.FromList, "Looks for an issuer among what was sent first, then in its store.")
	add(b.Backtracking == client.AlwaysBacktrack && b.CandidateLimit == client.EveryCandidate, "Tries other issuers where a path fails.")
	add(b.Backtracking == client.NeverBacktrack || b.CandidateLimit == client.FirstCandidate, "Does not go back: where two issuers fit, a bad choice is final.")
	add(b.Backtracking == client.BacktrackAtDeadEnds && b.CandidateLimit != client.FirstCandidate, "Goes back where a path leads to no anchor, but not where something else is wrong with it.")
	add(b.Anchor == client.SelfSignedAnchor, "Only a self-signed certificate in its store ends a path.")
	add(c.AIA, "Fetches missing issuers by the URLs in certificates.")
	add(c.Preload, "Ships intermediates, and so fills gaps that others fall into.")
	add(b.MaxEntries > 0, fmt.Sprintf("Takes at most %d certificates.", b.MaxEntries))
	add(b.MaxBytes > 0, fmt.Sprintf("Takes at most %d bytes of certificates.", b.MaxBytes))
	add(b.MaxPath > 0, fmt.Sprintf("Takes at most %d intermediates on a path.", b.MaxPath))
	add(b.Critical, "Cannot read critical name constraints.")
	add(b.MinHash == client.SHA256, "Refuses signatures with SHA-1 and MD5.")
	add(b.MinHash == client.SHA1, "Refuses signatures with MD5.")
	add(b.MinRSA > 0, fmt.Sprintf("Refuses RSA keys of less than %d bits.", b.MinRSA))
	add(b.CommonName, "Takes the common name of a certificate that has no subject alternative name.")
	return out
}

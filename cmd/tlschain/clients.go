package main

import (
	"encoding/json"
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
				e := json.NewEncoder(p.stdout)
				e.SetIndent("", "  ")
				return e.Encode(one.Describe())
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
	if lines := c.Asks(); len(lines) > 0 {
		b.WriteString("\nWhat it asks for beside a path\n")
		for _, l := range lines {
			b.WriteString(commandline.Wrap(l, "  ") + "\n")
		}
	}
	fmt.Fprintf(&b, "\nHow it builds a path (%s)\n", c.BuilderEvidence)
	for _, t := range c.Traits() {
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

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/rules/catalog"
)

func (p *process) dataCommand() *cli.Command {
	return &cli.Command{
		Name:  "data",
		Usage: "tell and refresh the facts about CAs and trust stores",
		Subcommands: []*cli.Command{
			{
				Name:   "info",
				Usage:  "tell which facts are in use, where they are from, and their terms",
				Action: func(*cli.Context) error { return p.dataInfo() },
			},
			p.dataUpdateCommand(), p.dataCheckCommand(), p.dataExportCommand(),
		},
	}
}

func (p *process) dataInfo() error {
	facts := p.facts()
	info := facts.Info()
	var b strings.Builder
	where := "the program itself"
	if facts != catalog.Embedded() {
		where = p.kept().File
	}
	fmt.Fprintf(&b, "Facts of %s, from %s\n", info.Updated.Format(time.DateOnly), where)
	fmt.Fprintf(&b, "%d CA certificates, %d of them roots, with %d keys\n", info.CAs, info.Roots, info.Keys)
	b.WriteString("\nSources\n")
	for _, s := range info.Sources {
		fmt.Fprintf(&b, "  %s\n", s)
		if s.Terms != "" {
			fmt.Fprintf(&b, "    %s\n", s.Terms)
		}
		if s.URL != "" {
			fmt.Fprintf(&b, "    %s\n", s.URL)
		}
	}
	b.WriteString("\nTrust stores\n")
	for _, s := range info.Stores {
		fmt.Fprintf(&b, "  %-22s %s  %4d anchors\n", s.ID, s.Date.Format(time.DateOnly), len(s.Anchors.All()))
		fmt.Fprintf(&b, "    %s\n", s.Source)
		if n := len(s.Constraints); n > 0 {
			fmt.Fprintf(&b, "    %d of them under conditions: %s clients NAME tells which\n", n, name)
		}
	}
	b.WriteString("\nConditions that a client's own code sets\n")
	for _, p := range facts.Policies() {
		fmt.Fprintf(&b, "  %-22s %s  %4d anchors\n    %s\n", p.ID, p.Date.Format(time.DateOnly), len(p.Constraints), p.Source)
	}
	b.WriteString("\nRevoked CA certificates and keys\n")
	for _, r := range facts.Revocations() {
		fmt.Fprintf(&b, "  %-22s %s  %4d entries\n    %s: %s\n", r.ID, r.Date.Format(time.DateOnly), len(r.Entries), r.Title, r.Source)
	}
	if p, ok := facts.Preloads(); ok {
		b.WriteString("\nIntermediates that Firefox has without being sent them\n")
		fmt.Fprintf(&b, "  %-22s %s  %4d known, %d not\n    %s\n", "firefox", p.Date.Format(time.DateOnly), len(p.Certs.All()), p.Unknown,
			p.Source)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

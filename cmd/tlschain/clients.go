package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
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
			format, err := formatOf(c, "text", "json")
			if err != nil {
				return err
			}
			all := client.Profiles(p.facts(), at)
			switch {
			case c.NArg() == 0 && format == "json":
				return usagef("--format json describes one client").hintf("%s clients chrome --format json", name)
			case c.NArg() == 0:
				return reports.ListClients(p.stdout, all)
			}
			one, err := tlschain.FindClient(p.facts(), all, c.Args().First(), at)
			if err != nil {
				return flagError(err)
			}
			if format == "json" {
				return p.printJSON(one.Describe())
			}
			return reports.ExplainClient(p.stdout, one, c.Args().First())
		},
	}
}

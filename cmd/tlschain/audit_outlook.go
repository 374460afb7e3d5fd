package main

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
)

func (p *process) auditOutlookCommand() *cli.Command {
	return &cli.Command{
		Name: "outlook", Usage: "list the days on which something changes for the endpoints of a group, or of all: for whom, why, and what to do",
		ArgsUsage: "[GROUP]",
		Description: `What changes: certificates of servers and CAs that end, roots that clients leave
for certificates issued from a day on, renewals that come after that day, days
from which something is distrusted, and the steps by which public CAs issue for
less time. It goes by what endpoints presented when they were last audited, and
by what is known of clients today.

Examples:
  tlschain audit outlook
  tlschain audit outlook websites --until 2030-01-01 --format json
  tlschain audit outlook --format ics -o outlook.ics

Exit code: 2 usage, 0 otherwise.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "until", Category: "Report", Usage: "look ahead up to `TIME`: 2030, 2030-01-01 (default: two years from now)"},
			&cli.StringFlag{Name: "format", Category: "Report", Value: "table", Usage: "`FORMAT`: table, json, csv or ics, a calendar (default table)"},
			&cli.StringFlag{Name: "o", Aliases: []string{"output"}, Category: "Report", Usage: "write to `FILE`"},
			langFlag("Report"),
		),
		Action: p.auditOutlook,
	}
}

// outlookWriters are the formats of audit outlook.
var outlookWriters = map[string]func(o *reports.Outlook, w io.Writer, lang string) error{
	"table": (*reports.Outlook).Table,
	"json":  func(o *reports.Outlook, w io.Writer, _ string) error { return o.JSON(w) },
	"ics":   (*reports.Outlook).Calendar,
	"csv":   func(o *reports.Outlook, w io.Writer, _ string) error { return o.CSV(w) },
}

func (p *process) auditOutlook(c *cli.Context) error {
	if c.Args().Len() > 1 {
		return usagef("audit outlook takes one group").hintf("without one it is about all of them")
	}
	write := outlookWriters[c.String("format")]
	if write == nil {
		return usagef("--format %q: type one of %s", c.String("format"), strings.Join(slices.Sorted(maps.Keys(outlookWriters)), ", "))
	}
	lang, err := p.lang(c)
	if err != nil {
		return err
	}
	now := time.Now()
	until, err := parseUntil(c.String("until"), now)
	if err != nil {
		return err
	}
	n, end, err := p.openAudit(c)
	if err != nil {
		return err
	}
	defer end()
	groups, err := n.groups(c.Args().First())
	if err != nil {
		return err
	}
	all, err := n.config.Outlook(c.Context, n.db, n.env(now), groups, until)
	if err != nil {
		return err
	}
	return p.writeOutput(c.String("o"), func(w io.Writer) error { return write(all, w, lang) })
}

// groups are the group that was named, or all.
func (n *auditEnv) groups(group string) ([]string, error) {
	if group == "" {
		return n.config.GroupNames(), nil
	}
	return []string{group}, checkGroups(n.config, group)
}

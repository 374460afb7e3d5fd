package main

import (
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) auditAffectedCommand() *cli.Command {
	return &cli.Command{
		Name: "affected", Usage: "find the endpoints that had a certificate, a key or a CA on a path, on which nights, and which are fixed",
		ArgsUsage: "CERTIFICATE|KEY|NAME|FILE",
		Description: `What to search for is the SHA-256 of a certificate or of a key, a subject or its
common name, a file of certificates, or a file as --distrust takes it. A
certificate counts that the server sent, and one that it did not send and that a
client's path or the fix needs.

Examples:
  tlschain audit affected compromised.pem
  tlschain audit affected "Example Issuing CA" --since 2026-10-01
  tlschain audit affected distrust.yaml --format csv -o affected.csv

Exit code: 2 usage, 1 an endpoint is still affected, 0 none is.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "group", Category: "Report", Usage: "only endpoints of `GROUP`"},
			&cli.StringFlag{Name: "since", Category: "Report", Usage: "only audits that began at `TIME` or later: 2026-10-01, or 2026-10-01T12:00:00Z"},
			&cli.StringFlag{Name: "format", Category: "Report", Value: "table", Usage: "`FORMAT`: table, json or csv (default table)"},
			&cli.StringFlag{Name: "o", Aliases: []string{"output"}, Category: "Report", Usage: "write to `FILE`"},
		),
		Action: takes(1, "audit affected takes one certificate, key, name or file", "audit affected CERTIFICATE|KEY|NAME|FILE",
			p.auditAffected),
	}
}

// affectedWriters are the formats of audit affected.
var affectedWriters = map[string]func(audit.AffectedList, io.Writer) error{
	"table": audit.AffectedList.Table, "json": audit.AffectedList.JSON, "csv": audit.AffectedList.CSV,
}

func (p *process) auditAffected(c *cli.Context) error {
	search, err := p.search(c.Args().First())
	if err != nil {
		return err
	}
	since, err := parseTime(c.String("since"), time.Time{})
	if err != nil {
		return err
	}
	write := affectedWriters[c.String("format")]
	if write == nil {
		return usagef("--format %q: there are table, json and csv", c.String("format")).hintf("type --format table")
	}
	n, end, err := p.openAudit(c)
	if err != nil {
		return err
	}
	defer end()
	groups, err := n.groups(c.String("group"))
	if err != nil {
		return err
	}
	var found audit.AffectedList
	for _, group := range groups {
		some, err := audit.FindAffected(c.Context, n.db, group, search, since)
		if err != nil {
			return err
		}
		found = append(found, some...)
	}
	if err := p.writeOutput(c.String("o"), func(w io.Writer) error { return write(found, w) }); err != nil {
		return err
	}
	still := slices.ContainsFunc(found, func(a audit.Affected) bool { return a.Now == audit.StillAffected })
	return codeOf(reports.Outcome{Failing: still})
}

// search reads what --affected and audit affected are given.
func (p *process) search(text string) (*reports.Search, error) {
	env := p.env(time.Now())
	search, err := env.ReadSearch(text)
	if err != nil {
		return nil, usagef("%w", err).hintf("type a file, a SHA-256, or a name such as \"Example Issuing CA\"")
	}
	return search, nil
}

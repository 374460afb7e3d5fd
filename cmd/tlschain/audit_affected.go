package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
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
		Action: p.auditAffected,
	}
}

// affectedWriters are the formats of audit affected.
var affectedWriters = map[string]func(io.Writer, []audit.Affected) error{
	"table": affectedTable, "json": affectedJSON, "csv": affectedCSV,
}

func (p *process) auditAffected(c *cli.Context) error {
	if c.Args().Len() != 1 {
		return usagef("audit affected takes one certificate, key, name or file").hintf("%s audit affected CERTIFICATE|KEY|NAME|FILE", name)
	}
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
	var found []audit.Affected
	for _, group := range groups {
		some, err := audit.FindAffected(c.Context, n.db, group, search, since)
		if err != nil {
			return err
		}
		found = append(found, some...)
	}
	out, err := openOutput(p.stdout, c.String("o"))
	if err != nil {
		return err
	}
	cleanAffected(found)
	if err := write(out, found); err != nil {
		return errors.Join(err, out.Discard())
	}
	if err := commitReport(out, false); err != nil {
		return err
	}
	still := slices.ContainsFunc(found, func(a audit.Affected) bool { return a.Now == audit.StillAffected })
	return outcome{failing: still}.err()
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

// cleanAffected makes what is read from the history fit to show anywhere: it may
// have been through other hands.
func cleanAffected(found []audit.Affected) {
	for i := range found {
		a := &found[i]
		a.Group, a.Endpoint = reports.Clean(a.Group), reports.Clean(a.Endpoint)
		for j := range a.Certificates {
			a.Certificates[j].Subject = reports.Clean(a.Certificates[j].Subject)
		}
	}
}

func affectedTable(w io.Writer, found []audit.Affected) error {
	counts := map[audit.Now]int{}
	for _, a := range found {
		counts[a.Now]++
		state := string(a.Now)
		if a.Now == audit.FixedSince {
			state += " since " + a.FixedAt.UTC().Format(time.DateOnly)
		}
		if _, err := fmt.Fprintf(w, "%s  (%s)  %s\n", a.Endpoint, a.Group, state); err != nil {
			return err
		}
		for _, m := range a.Certificates {
			fmt.Fprintf(w, "  %s  SHA-256 %s\n", m.Subject, m.SHA256)
		}
		for _, s := range a.Spans {
			how := "needed, not sent"
			if s.Sent {
				how = "sent"
			}
			fmt.Fprintf(w, "  %s to %s  %s, in %s\n", s.First.UTC().Format(time.DateOnly), s.Last.UTC().Format(time.DateOnly),
				how, plural(s.Audits, "audit"))
		}
	}
	_, err := fmt.Fprintf(w, "%s: %d still affected, %d fixed, %d gone\n", plural(len(found), "endpoint"),
		counts[audit.StillAffected], counts[audit.FixedSince], counts[audit.GoneSince])
	return err
}

func affectedJSON(w io.Writer, found []audit.Affected) error {
	if found == nil {
		found = []audit.Affected{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		SchemaVersion int              `json:"schema_version"`
		Endpoints     []audit.Affected `json:"endpoints"`
	}{reports.SchemaVersion, found})
}

// affectedCSV writes a row for each endpoint, certificate and span.
func affectedCSV(w io.Writer, found []audit.Affected) error {
	out := csv.NewWriter(w)
	out.Write([]string{"group", "endpoint", "sha256", "subject", "sent", "first", "last", "audits", "now", "fixed_at"})
	for _, a := range found {
		for _, m := range a.Certificates {
			for _, s := range a.Spans {
				fixed := ""
				if !a.FixedAt.IsZero() {
					fixed = a.FixedAt.UTC().Format(time.RFC3339)
				}
				out.Write([]string{
					reports.EscapeFormula(a.Group), reports.EscapeFormula(a.Endpoint), m.SHA256.String(), reports.EscapeFormula(m.Subject),
					strconv.FormatBool(s.Sent),
					s.First.UTC().Format(time.RFC3339), s.Last.UTC().Format(time.RFC3339), strconv.Itoa(s.Audits), string(a.Now),
					fixed})
			}
		}
	}
	out.Flush()
	return out.Error()
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

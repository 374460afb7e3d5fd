package reports

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// csvWriter writes one row an endpoint. A cell that a spreadsheet would take
// for a formula begins with an apostrophe instead.
type csvWriter struct {
	w   *csv.Writer
	row []string
}

func newCSV(w io.Writer, _ Options) (Writer, error) { return &csvWriter{w: csv.NewWriter(w)}, nil }

func csvColumns() []string {
	return []string{
		"target", "host", "port", "server_name", "address", "starttls", "status", "error",
		"severity", "presentation", "rules", "waived", "product", "certificates", "subject", "issuer", "serial", "sha256",
		"not_before", "not_after", "key", "missing", "clients_accepting", "clients_refusing", "bundle_sha256",
		"first_seen", "last_seen", // of exports of several audits
		"tags", "days_left", "dns_names", "transport",
	}
}

func (c *csvWriter) Begin(Header) error { return c.w.Write(csvColumns()) }

func (c *csvWriter) Endpoint(e *Endpoint) error {
	c.row = c.row[:0]
	add := func(cells ...string) { c.row = append(c.row, cells...) }
	port, code, severity, presentation := "", "", "", ""
	if e.Host != "" {
		port = strconv.Itoa(int(e.Port))
	}
	if e.Error != nil {
		code = e.Error.Code
	}
	if e.Status == OK {
		severity, presentation = e.Worst().String(), e.Presentation.String()
	}
	add(e.Target, e.Host, port, e.ServerName, e.Address, e.STARTTLS, string(e.Status), code)
	add(severity, presentation, e.ruleList(false), e.ruleList(true), e.Product, strconv.Itoa(len(e.Chain)))
	if l := e.leaf(); l != nil {
		add(l.Subject, l.Issuer, l.Serial, l.SHA256.String(), csvTime(l.NotBefore), csvTime(l.NotAfter), l.Key)
	} else {
		add("", "", "", "", "", "", "")
	}
	var missing []string
	for _, m := range e.Missing {
		missing = append(missing, m.Subject)
	}
	accepting, refusing := e.clientCounts()
	add(strings.Join(missing, "; "), strconv.Itoa(accepting), strconv.Itoa(refusing), e.BundleSHA256.String())
	if e.Seen != nil {
		add(csvTime(e.Seen.First), csvTime(e.Seen.Last))
	} else {
		add("", "")
	}
	days := ""
	if e.DaysLeft != nil {
		days = strconv.Itoa(*e.DaysLeft)
	}
	add(e.tagList(), days, strings.Join(e.DNSNames, " "), string(e.Transport))
	for i := range c.row {
		c.row[i] = EscapeFormula(c.row[i])
	}
	if err := c.w.Write(c.row); err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}

func (c *csvWriter) End(Summary) error {
	c.w.Flush()
	return c.w.Error()
}

// EscapeFormula keeps spreadsheets from computing a cell: those characters begin a
// formula, in their full-width forms too (OWASP, "CSV Injection"). A negative
// number, as of the days since a certificate expired, stays one.
func EscapeFormula(cell string) string {
	if _, err := strconv.Atoi(cell); err == nil && cell[0] == '-' {
		return cell
	}
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠|%", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// ruleList is ruleNames in one text.
func (e *Endpoint) ruleList(waived bool) string { return strings.Join(e.ruleNames(waived), " ") }

// ruleNames names the rules that found something, each once.
func (e *Endpoint) ruleNames(waived bool) (names []string) {
	seen := map[string]bool{}
	for i := range e.Findings {
		if f := &e.Findings[i]; f.Waived == waived && !seen[f.Rule] && f.Severity > rules.None {
			seen[f.Rule] = true
			names = append(names, f.Rule)
		}
	}
	return names
}

func (e *Endpoint) clientCounts() (accepting, refusing int) {
	for i := range e.Clients {
		if e.Clients[i].Accepted {
			accepting++
		}
	}
	return accepting, len(e.Clients) - accepting
}

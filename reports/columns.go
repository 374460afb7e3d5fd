package reports

import (
	"fmt"
	"slices"
	"strings"
)

// A column of the table.
type column struct {
	name  string
	least int // it never gets narrower
	title func(labels) string
	cell  func(*Endpoint, labels) string
}

// allColumns lists every column, in the order of --wide.
func allColumns() []column {
	return []column{
		{"endpoint", 20, func(l labels) string { return l.Endpoint }, func(e *Endpoint, _ labels) string { return e.Name() }},
		{"address", 9, func(l labels) string { return l.Address }, func(e *Endpoint, _ labels) string { return e.Address }},
		{"findings", 22, func(l labels) string { return l.Findings }, findingsCell},
		{"chain", 18, func(l labels) string { return l.Chain }, chainCell},
		{"clients", 8, func(l labels) string { return l.Clients }, clientsCell},
		{"product", 10, func(l labels) string { return l.Product }, func(e *Endpoint, _ labels) string { return e.Product }},
		{"issuer", 12, func(l labels) string { return l.Issuer }, func(e *Endpoint, _ labels) string { return ShortName(e.issuer()) }},
		{"expires", 10, func(l labels) string { return l.Expires }, expiresCell},
		{"tags", 10, func(l labels) string { return l.Tags }, func(e *Endpoint, _ labels) string { return e.tagList() }},
		{"fix", 16, func(l labels) string { return l.Fix }, func(e *Endpoint, _ labels) string { return e.BundleSHA256.Short() }},
	}
}

// Columns lists the names of the table's columns.
func Columns() (names []string) {
	for _, c := range allColumns() {
		names = append(names, c.name)
	}
	return names
}

// chooseColumns picks those that were asked for, or those that fit.
func chooseColumns(o Options) ([]column, error) {
	all := allColumns()
	if o.Table.Wide && len(o.Table.Columns) == 0 {
		return all, nil
	}
	names := o.Table.Columns
	if len(names) == 0 {
		names = []string{"endpoint", "findings", "chain"}
		if o.Width == 0 || o.Width >= 96 {
			names = append(names, "clients")
		}
		if o.Width >= 130 {
			names = append(names, "expires")
		}
	}
	var chosen []column
	for _, name := range names {
		if name == "mend" {
			name = "fix" // its name before 1.0
		}
		i := slices.IndexFunc(all, func(c column) bool { return c.name == name })
		if i < 0 {
			known := make([]string, len(all))
			for i, c := range all {
				known[i] = c.name
			}
			return nil, fmt.Errorf("no column is called %q: type some of %s", name, strings.Join(known, ","))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// findingsCell has a line for each rule.
func findingsCell(e *Endpoint, l labels) string {
	if e.Status == Failed {
		if e.Error == nil {
			return l.Failed
		}
		return e.Error.Code
	}
	var lines []string
	for _, f := range e.Findings {
		line := mark(f.Severity) + glue + f.Rule
		if f.Waived {
			line = f.Rule + " (" + l.Waived + ")"
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func chainCell(e *Endpoint, l labels) string {
	if e.Status == Failed {
		return ""
	}
	line := e.chainLine(l)
	switch {
	case e.QUIC == nil:
	case e.QUIC.Status == Failed:
		line += "\n" + l.QUICNone
	case slices.EqualFunc(e.QUIC.Chain, e.Chain, func(h Hash, c Certificate) bool { return h == c.SHA256 }):
		line += "\n" + l.QUICSame
	default:
		line += "\n" + l.QUICOther
	}
	return line
}

// clientsCell tells how many of the judged clients accept the chain.
func clientsCell(e *Endpoint, _ labels) string {
	if len(e.Clients) == 0 {
		return ""
	}
	accepted := 0
	for _, c := range e.Clients {
		if c.Accepted {
			accepted++
		}
	}
	return fmt.Sprintf("%d/%d", accepted, len(e.Clients))
}

func expiresCell(e *Endpoint, _ labels) string {
	if c := e.leaf(); c != nil && !c.NotAfter.IsZero() {
		return c.NotAfter.Format("2006-01-02")
	}
	return ""
}

func (e *Endpoint) issuer() string {
	if c := e.leaf(); c != nil {
		return c.Issuer
	}
	return ""
}

// leaf gives the presented leaf, or nil.
func (e *Endpoint) leaf() *Certificate {
	for i := range e.Chain {
		if e.Chain[i].Role == "leaf" {
			return &e.Chain[i]
		}
	}
	return nil
}

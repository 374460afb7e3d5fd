package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
)

// The marks of severities. They differ in shape, not only in colour, so that
// they can be told apart on paper, in a pipe, and without colour vision.
const (
	markOK      = "✓"
	markInfo    = "•"
	markWarning = "▲"
	markError   = "✗"
	markFailed  = "○"
)

func mark(s rules.Severity) string {
	return [...]string{markOK, markInfo, markWarning, markError}[s]
}

// mark tells the endpoint's state in one character.
func (e *Endpoint) mark() string {
	if e.Status == Failed {
		return markFailed
	}
	return mark(e.Worst())
}

// A link is one certificate of the compact chain line.
type link struct {
	Name     string
	Severity rules.Severity // worst finding about it
	Note     string         // what is wrong with it, in a word
	Missing  bool
}

// links lists the presented certificates in order, with the missing ones where
// they belong.
func (e *Endpoint) links(l labels) []link {
	var out []link
	absent := func(after int) {
		for _, m := range e.Missing {
			if m.After == after {
				out = append(out, link{Name: ShortName(m.Subject), Severity: e.missingSeverity(), Note: l.Missing, Missing: true})
			}
		}
	}
	absent(-1)
	for i := range e.Chain {
		c := &e.Chain[i]
		k := link{Name: ShortName(c.Subject)}
		switch {
		case c.Role == chain.Leaf:
			k.Name = l.Leaf
		case c.Role == chain.Unparsable:
			k.Name = c.SHA256.Short()
		case k.Name == "":
			k.Name = c.SHA256.Short()
		}
		k.Severity, k.Note = e.remark(c.Position, l)
		if k.Note == "" && c.Role == chain.Cross {
			k.Note = l.CrossSent
		}
		out = append(out, k)
		absent(c.Position)
	}
	return out
}

// missingSeverity is that of the finding that names missing certificates.
func (e *Endpoint) missingSeverity() rules.Severity {
	worst := rules.None
	for i := range e.Findings {
		f := &e.Findings[i]
		if !f.Waived && f.Variant == "" && ruleOf(f.Rule).NamesMissing {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// remark gives the worst severity of the findings about one position, and the
// word for the worst of them that has one.
func (e *Endpoint) remark(position int, l labels) (worst rules.Severity, note string) {
	noted := rules.None
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Waived || f.Variant != "" || !slices.Contains(f.Positions, position) || aboutGap(f.Rule) {
			continue
		}
		worst = max(worst, f.Severity)
		if word := l.remark(ruleOf(f.Rule).Remark); word != "" && f.Severity > noted {
			note, noted = word, f.Severity
		}
	}
	return worst, note
}

// aboutGap reports whether a rule's positions are neighbours of a gap, not at
// fault themselves.
func aboutGap(rule string) bool { return ruleOf(rule).Gap }

// ruleOf finds a rule; of a saved report's that this release does not know,
// nothing is known.
func ruleOf(id string) *rules.Rule {
	if r := rules.Lookup(id); r != nil {
		return r
	}
	return new(rules.Rule)
}

// maxLinks bounds the line: a hostile chain has a hundred certificates.
const maxLinks = 8

// chainLine draws the chain in one line: leaf → R11 → ✗ ISRG Root X1 (root sent).
func (e *Endpoint) chainLine(l labels) string {
	links := e.links(l)
	parts := make([]string, 0, len(links))
	for i, k := range links {
		if i == maxLinks && len(links) > maxLinks+1 {
			parts = append(parts, fmt.Sprintf(l.AndMore, len(links)-i))
			break
		}
		part := shorten(k.Name, 40)
		if k.Severity > rules.None {
			part = mark(k.Severity) + " " + part
		}
		if k.Note != "" {
			part += " (" + k.Note + ")"
		}
		parts = append(parts, strings.ReplaceAll(part, " ", glue))
	}
	return strings.Join(parts, " →"+glue)
}

// shorten cuts a text to n characters, the last of which is an ellipsis then.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// markdownWriter writes GitHub's Markdown, for a ticket or a pull request:
// counts, the files that fix most, a table of what is not in order, and the
// findings folded away. It is bounded, since a comment holds 65,536 characters.
type markdownWriter struct {
	w    io.Writer
	l    labels
	h    Header
	rows []mdRow
	omit int

	under []mdRow        // of CAs that nobody knows: not listed if interception is suspected
	cut   map[string]int // how many of those were left out, by CA
}

type mdRow struct {
	rank    int
	name    string
	line    string
	details string

	authority string // the CA that nobody knows at which its chain ends; empty: none
	folded    *mdRow // without what is said of that; nil: then there is nothing to tell
}

const maxMarkdownRows = 200

func newMarkdown(w io.Writer, o Options) (Writer, error) {
	return &markdownWriter{w: w, l: labelsFor(o.Lang)}, nil
}

func (m *markdownWriter) Begin(h Header) error {
	m.h = h
	return nil
}

func (m *markdownWriter) Endpoint(e *Endpoint) error {
	if e.Status == OK && len(e.Findings) == 0 {
		return nil
	}
	e = m.l.translated(e)
	r := m.row(e)
	other, authority := e.withoutAuthority()
	if _, counted := m.cut[authority]; other == nil || !counted && len(m.cut) >= maxAuthorities {
		m.rows = m.trim(append(m.rows, r), 2*maxMarkdownRows)
		return nil
	}
	if m.cut == nil {
		m.cut = map[string]int{}
	}
	m.cut[authority] += 0
	if r.authority = authority; len(other.Findings) > 0 {
		folded := m.row(other)
		r.folded = &folded
	}
	m.under = m.trim(append(m.under, r), 2*maxMarkdownRows)
	return nil
}

func (m *markdownWriter) row(e *Endpoint) mdRow {
	r := mdRow{rank: e.rank(), name: e.Name(), details: m.details(e)}
	parts := strings.Split(findingsCell(e, m.l), "\n")
	for i := range parts {
		parts[i] = md(parts[i])
	}
	r.line = fmt.Sprintf("| %s %s | %s | %s | %s |\n", e.mark(), md(e.Name()), strings.Join(parts, "<br>"), md(chainCell(e, m.l)),
		clientsCell(e, m.l))
	return r
}

// trim sorts worst first, and keeps what will be shown where rows are more than
// so many. Of endpoints under a CA that nobody knows, those go last that have
// something else to tell.
func (m *markdownWriter) trim(rows []mdRow, over int) []mdRow {
	if len(rows) < over {
		return rows
	}
	slices.SortStableFunc(rows, func(a, b mdRow) int {
		return cmp.Or(a.alone()-b.alone(), cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
	})
	for _, r := range rows[min(len(rows), maxMarkdownRows):] {
		if r.authority == "" {
			m.omit++
		} else {
			m.cut[r.authority]++
		}
	}
	return rows[:min(len(rows), maxMarkdownRows)]
}

// alone is 1 if all that there is to tell is the CA.
func (r *mdRow) alone() int {
	if r.authority != "" && r.folded == nil {
		return 1
	}
	return 0
}

// fold puts the two lists together, without what is told once of a CA.
func (m *markdownWriter) fold(s Summary) (alone int) {
	for authority, n := range m.cut {
		if s.under(authority) {
			alone += n
		} else {
			m.omit += n
		}
	}
	for _, r := range m.under {
		switch {
		case !s.under(r.authority):
			r.folded = nil
			m.rows = append(m.rows, r)
		case r.folded != nil:
			m.rows = append(m.rows, *r.folded)
		default:
			alone++
		}
	}
	for i := range m.rows {
		m.rows[i].authority = ""
	}
	m.rows = m.trim(m.rows, 0)
	return alone
}

func (m *markdownWriter) details(e *Endpoint) string {
	var b strings.Builder
	if e.Error != nil {
		fmt.Fprintf(&b, "- %s: %s\n", md(e.Error.Code), md(e.Error.Message))
	}
	for i := range e.Findings {
		f := &e.Findings[i]
		fmt.Fprintf(&b, "- %s **%s** ", mark(f.Severity), md(f.Rule))
		if f.Waived {
			fmt.Fprintf(&b, "(%s) ", md(m.l.waived(f)))
		}
		b.WriteString(md(f.Message))
		if len(f.Clients) > 0 {
			b.WriteString(" " + md(m.l.breaks(f.Clients, e.Clients, 8)) + ".")
		}
		b.WriteString("\n")
		if f.Fix != "" && !f.Waived {
			fmt.Fprintf(&b, "  **%s** %s\n", m.l.HowTo, md(f.Fix))
		}
	}
	for _, miss := range e.Missing {
		fmt.Fprintf(&b, "- + %s\n", md(miss.text()))
	}
	return b.String()
}

func (m *markdownWriter) End(s Summary) error {
	alone := m.fold(s)
	l := m.l
	var b strings.Builder
	fmt.Fprintf(&b, "## tlschain: %s\n\n", strings.Join(l.counts(s), ", "))
	if !m.h.EvaluatedAt.IsZero() {
		fmt.Fprintf(&b, "%s\n\n", md(fmt.Sprintf(l.AsOf, m.h.EvaluatedAt.UTC().Format("2006-01-02 15:04 UTC"))))
	}
	if old := l.oldFacts(m.h); old != "" {
		fmt.Fprintf(&b, "%s\n\n", md(old))
	}
	if who := refusers(s, 6); len(who) > 0 {
		fmt.Fprintf(&b, "%s: %s\n\n", l.Who, md(strings.Join(who, ", ")))
	}
	for _, one := range l.next(s, m.h.Flags) {
		if one.command != "" {
			fmt.Fprintf(&b, "- %s: %s\n", mdCode(one.command), one.why)
		} else {
			fmt.Fprintf(&b, "- %s\n", one.why)
		}
	}
	if len(m.rows) > 0 {
		fmt.Fprintf(&b, "\n| %s | %s | %s | %s |\n|---|---|---|---|\n", l.Endpoint, l.Findings, l.Chain, l.Clients)
	}
	for _, r := range m.rows {
		b.WriteString(r.line)
	}
	if m.omit > 0 {
		fmt.Fprintf(&b, "\n%s\n", fmt.Sprintf(l.AndMore, m.omit))
	}
	if alone > 0 {
		fmt.Fprintf(&b, "\n%s\n", l.count(l.UnderAlone, alone))
	}
	for _, r := range m.rows {
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n%s\n</details>\n", md(r.name), r.details)
	}
	if s.Interrupted {
		fmt.Fprintf(&b, "\n**%s**\n", l.Stopped)
	}
	_, err := io.WriteString(m.w, b.String())
	return err
}

// md makes text inert in Markdown and leaves it readable in its source: what
// opens emphasis, code, links, tables, math or markup is escaped, what looks
// like an address stays text, and what GitHub makes links of after rendering
// (@somebody, #1) is broken by an empty comment.
func md(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "@<!-- -->", "#", "#<!-- -->",
		"://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "\n", " ", "\r", " ", glue, " ",
	).Replace(s)
}

// mdCode makes a code span, fenced by more backticks than it holds.
func mdCode(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "\n", " ") + fence
}

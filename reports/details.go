package reports

import (
	"fmt"
	"strings"
)

// maxNames is how many endpoints with the same findings are named in full.
const maxNames = 6

// block is what stands under the table for endpoints that have the same to say.
func (t *tableWriter) block(rows []row) string {
	if rows[0].details == "" {
		return ""
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	var b strings.Builder
	for i, line := range wrap(t.l.list(names, maxNames), t.o.Width-2, columnsOf) {
		if i == 0 {
			b.WriteString(rows[0].mark + " " + line + "\n")
		} else {
			b.WriteString("  " + line + "\n")
		}
	}
	b.WriteString(rows[0].details)
	return b.String()
}

// details explains an endpoint's findings: what, for whom, and what to do.
func (t *tableWriter) details(e *Endpoint) string {
	var b strings.Builder
	if e.Error != nil {
		t.paragraph(&b, "  ", "  ", e.Error.Code+": "+e.Error.Message)
	}
	named := false
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Severity < t.o.Table.Only {
			continue
		}
		head := mark(f.Severity) + " " + f.Rule
		if f.Waived {
			head = f.Rule + " (" + t.l.waived(f) + ")"
		}
		t.paragraph(&b, "  ", "  ", head)
		t.paragraph(&b, "    ", "    ", f.Message)
		if len(f.Clients) > 0 {
			t.paragraph(&b, "    ", "    ", t.l.breaks(f.Clients, e.Clients, 8))
		}
		if f.Fix != "" && !f.Waived {
			t.paragraph(&b, "    ", "    ", t.l.HowTo+" "+f.Fix)
		}
		if aboutGap(f.Rule) && !named {
			named = true
			for _, m := range e.Missing {
				t.paragraph(&b, "    + ", "      ", m.text())
			}
		}
	}
	return b.String()
}

// waived tells until when and why a finding does not count.
func (l labels) waived(f *Finding) string {
	out := l.Waived
	if f.Waiver == nil {
		return out
	}
	if !f.Waiver.Expires.IsZero() {
		out += " " + fmt.Sprintf(l.Until, f.Waiver.Expires.Format("2006-01-02"))
	}
	if f.Waiver.Reason != "" {
		out += ": " + f.Waiver.Reason
	}
	if f.Waiver.Owner != "" {
		out += "; " + f.Waiver.Owner
	}
	if f.Waiver.Ticket != "" {
		out += "; " + f.Waiver.Ticket
	}
	return out
}

// text names a missing certificate, with all that helps to get it.
func (m Missing) text() string {
	parts := []string{m.Subject}
	if !m.SHA256.IsZero() {
		parts = append(parts, "sha256 "+m.SHA256.String())
	}
	if m.AIAURL != "" {
		parts = append(parts, m.AIAURL)
	}
	return strings.Join(parts, "  ")
}

// paragraph writes wrapped text, its first line after first and the others
// after rest, which is as wide.
func (t *tableWriter) paragraph(b *strings.Builder, first, rest, text string) {
	for _, line := range wrap(text, max(t.o.Width-columnsOf(rest), 20), columnsOf) {
		b.WriteString(first + line + "\n")
		first = rest
	}
}

// footer counts, and says what to do next.
func (t *tableWriter) footer(s Summary) string {
	l := t.l
	var b strings.Builder
	t.paragraph(&b, "", "", strings.Join(l.counts(s), ", "))
	if who := refusers(s, 4); len(who) > 0 {
		t.paragraph(&b, "", "", l.Who+": "+strings.Join(who, ", "))
	}
	if t.oldFacts != "" {
		t.paragraph(&b, "", "", t.oldFacts)
	}
	t.steps(&b, s)
	if s.Interrupted {
		t.paragraph(&b, "", "", l.Stopped)
	}
	return b.String()
}

// counts tells how many endpoints there are and of what state, worst first.
func (l labels) counts(s Summary) []string {
	total := l.count(l.Counts, s.Endpoints)
	var out []string
	for _, c := range []struct {
		n    int
		mark string
		what string
	}{
		{s.Severity.Error, markError, l.Error}, {s.Failed, markFailed, l.Failed}, {s.Severity.Warning, markWarning, l.Warning},
		{s.Severity.Info, markInfo, l.Info}, {s.Severity.OK, markOK, l.OK},
		{len(s.Skipped) + s.SkippedOmitted, markFailed, l.Skipped},
	} {
		if c.n > 0 {
			out = append(out, c.mark+" "+fmt.Sprintf(l.CountsOf, c.n, c.what))
		}
	}
	if out == nil {
		return []string{total}
	}
	out[0] = total + ": " + out[0]
	return out
}

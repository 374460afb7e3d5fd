package dashboard

import (
	"html/template"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// severity is what a condition is called; it is also its class in the style
// sheet.
func severity(f history.Facts) string {
	if f.Status != "ok" {
		return "unreachable"
	}
	return severityName(f.Worst)
}

func severityName(n int) string {
	return rules.Severity(min(max(n, 0), int(rules.Error))).String()
}

func stamp(t time.Time) string { return format(t, "2006-01-02 15:04 MST") }

func format(t time.Time, layout string) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(layout)
}

// until tells how far away a time is, in words of one unit.
func until(now, t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	d := t.Sub(now)
	past := d < 0
	if past {
		d = -d
	}
	text := reports.Plural(int(d/(24*time.Hour)), "day")
	switch {
	case d < time.Minute:
		text = "less than a minute"
	case d < time.Hour:
		text = reports.Plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		text = reports.Plural(int(d/time.Hour), "hour")
	}
	if past {
		return text + " ago"
	}
	return "in " + text
}

// prose makes paragraphs of a rule's text, in which backquotes mean what is
// typed.
func prose(text string) template.HTML {
	var b strings.Builder
	for paragraph := range strings.Lines(text) {
		b.WriteString("<p>")
		for i, part := range strings.Split(strings.TrimSpace(paragraph), "`") {
			if i%2 == 1 {
				b.WriteString("<code>" + template.HTMLEscapeString(part) + "</code>")
			} else {
				b.WriteString(template.HTMLEscapeString(part))
			}
		}
		b.WriteString("</p>\n")
	}
	return template.HTML(b.String())
}

package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A report says how old the facts are from the 61st day on, in every form that
// people read; programs get the date.
func TestOldFacts(t *testing.T) {
	facts := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		days int
		at   time.Time
		want bool
	}{{60, facts, false}, {61, facts, true}, {61, time.Time{}, false}, {-400, facts, false}} {
		for _, lang := range []string{"en", "ja"} {
			for _, format := range []string{"table", "html", "markdown"} {
				var b bytes.Buffer
				w, err := New(format, &b, Options{Lang: lang, Width: 200})
				if err != nil {
					t.Fatal(err)
				}
				h := Header{SchemaVersion: SchemaVersion, FactsAt: c.at, EvaluatedAt: facts.AddDate(0, 0, c.days)}
				if err := w.Begin(h); err != nil {
					t.Fatal(err)
				}
				if err := w.End(Summary{}); err != nil {
					t.Fatal(err)
				}
				if got := strings.Contains(b.String(), "data update") && strings.Contains(b.String(), "61"); got != c.want {
					t.Errorf("%s in %s after %d days: said is %v\n%s", format, lang, c.days, got, b.String())
				}
			}
		}
	}
}

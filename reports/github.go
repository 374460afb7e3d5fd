package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/tlschain/tlschain/rules"
)

// githubWriter writes workflow commands, which GitHub Actions shows as
// annotations (GitHub documentation, "Workflow commands for GitHub Actions").
// Findings about a file are shown at that file. Waived findings are left out.
type githubWriter struct{ w io.Writer }

func newGitHub(w io.Writer, _ Options) (Writer, error) { return &githubWriter{w: w}, nil }

func (g *githubWriter) Begin(Header) error { return nil }

func (g *githubWriter) Endpoint(e *Endpoint) error {
	if e.Status == Failed {
		return g.annotate("error", e, "unreachable", e.failure())
	}
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Waived {
			continue
		}
		text := f.Message
		if f.Fix != "" {
			text += "\n" + f.Fix
		}
		if err := g.annotate(githubLevel(f.Severity), e, f.Rule, text); err != nil {
			return err
		}
	}
	return nil
}

func (g *githubWriter) End(s Summary) error {
	for _, skipped := range s.Skipped {
		where := ""
		if skipped.file != "" {
			where = "file=" + githubProperty(skipped.file) + ","
		}
		if skipped.number > 0 {
			where += fmt.Sprintf("line=%d,", skipped.number)
		}
		text := githubData(skipped.Line + ": " + skipped.Reason)
		if _, err := fmt.Fprintf(g.w, "::error %stitle=skipped::%s\n", where, text); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(g.w, "::notice title=tlschain::%s: %d with errors, %d with warnings, %d without a chain\n",
		english().count("%d endpoint|%d endpoints", s.Endpoints), s.Severity.Error, s.Severity.Warning, s.Failed)
	return err
}

func (g *githubWriter) annotate(level string, e *Endpoint, title, text string) error {
	where := ""
	if e.Host == "" {
		where = "file=" + githubProperty(e.Target) + ","
	}
	_, err := fmt.Fprintf(g.w, "::%s %stitle=%s::%s\n", level, where, githubProperty(title), githubData(e.Name()+": "+text))
	return err
}

func githubLevel(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "error"
	case rules.Warning:
		return "warning"
	}
	return "notice"
}

// githubData escapes the message of a workflow command, and githubProperty the
// value of one of its properties, as actions/toolkit does.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}

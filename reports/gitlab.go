package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tlschain/tlschain/rules"
)

// gitlabWriter writes a code quality report (GitLab documentation, "Code
// Quality report format"), as a stream: an issue for each finding that is not
// waived, for each endpoint that could not be judged and for each line or file that
// could not be used. GitLab wants a path and a line; the path is the target as the
// user typed it, the line is 1.
type gitlabWriter struct {
	w     io.Writer
	count int
}

func newGitLab(w io.Writer, _ Options) (Writer, error) { return &gitlabWriter{w: w}, nil }

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

func (g *gitlabWriter) Begin(Header) error {
	_, err := io.WriteString(g.w, "[")
	return err
}

func (g *gitlabWriter) Endpoint(e *Endpoint) error {
	if e.Status == Failed {
		return g.issue(e, &Finding{Rule: "unreachable", Message: e.failure()}, "major")
	}
	for i := range e.Findings {
		if f := &e.Findings[i]; !f.Waived {
			if err := g.issue(e, f, gitlabSeverity(f.Severity)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *gitlabWriter) issue(e *Endpoint, f *Finding, severity string) error {
	issue := gitlabIssue{
		Description: e.Name() + ": " + f.Message, CheckName: f.Rule, Fingerprint: e.fingerprint(f), Severity: severity,
		Location: gitlabLocation{Path: e.Target},
	}
	return g.write(issue)
}

func (g *gitlabWriter) write(issue gitlabIssue) error {
	issue.Location.Lines.Begin = max(issue.Location.Lines.Begin, 1)
	b, err := json.Marshal(issue)
	if err != nil {
		return err
	}
	separator := ",\n"
	if g.count == 0 {
		separator = "\n"
	}
	g.count++
	_, err = io.WriteString(g.w, separator+string(b))
	return err
}

func (g *gitlabWriter) End(s Summary) error {
	for _, skipped := range s.Skipped {
		place := gitlabIssue{
			Description: skipped.Line + ": " + skipped.Reason, CheckName: "skipped", Severity: "major",
			Fingerprint: fmt.Sprintf("%x", sha256.Sum256([]byte("skipped "+skipped.Line)))[:32],
		}
		place.Location.Path, place.Location.Lines.Begin = cmp.Or(skipped.file, skipped.Line), skipped.number
		if err := g.write(place); err != nil {
			return err
		}
	}
	_, err := io.WriteString(g.w, "\n]\n")
	return err
}

func gitlabSeverity(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "critical"
	case rules.Warning:
		return "minor"
	}
	return "info"
}

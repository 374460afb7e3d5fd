package reports

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// nagiosWriter writes what a monitoring plugin prints (Monitoring Plugins
// Development Guidelines, "Plugin Output"): a status line with performance
// data, then a line for each finding and each endpoint that could not be
// judged, worst first. Waived findings and those of severity info are left out.
type nagiosWriter struct {
	w       io.Writer
	at      time.Time // as of which days are counted; zero: they are not told
	state   nagiosState
	first   string         // the problem that the status line tells
	lines   [4][]string    // by state, in the order in which they came
	omitted int            // lines beyond maxNagiosLines
	ends    time.Time      // the earliest end of any endpoint
	found   map[string]int // findings by rule
	count   [4]int         // endpoints by state
	ended   bool           // the status line is written, or was to be
}

// A nagiosState is a plugin's exit code.
type nagiosState int

const (
	nagiosOK nagiosState = iota
	nagiosWarning
	nagiosCritical
	nagiosUnknown
)

// maxNagiosLines bounds the long output: Nagios keeps 4 to 8 KB of it.
const maxNagiosLines = 50

func (s nagiosState) String() string {
	return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[s]
}

// rank orders states as the plugins themselves do (max_state_alt): a warning
// outweighs what is not known.
func (s nagiosState) rank() int { return [...]int{0, 2, 3, 1}[s] }

func newNagios(w io.Writer, _ Options) (Writer, error) {
	return &nagiosWriter{w: w, found: map[string]int{}}, nil
}

func (n *nagiosWriter) Begin(h Header) error {
	n.at = h.EvaluatedAt
	return nil
}

// problem notes what is wrong with an endpoint, or with what was given.
func (n *nagiosWriter) problem(s nagiosState, text string) {
	text = nagiosText(text)
	if n.first == "" || s.rank() > n.state.rank() {
		n.first = text
	}
	if s.rank() > n.state.rank() {
		n.state = s
	}
	if len(n.lines[s]) < maxNagiosLines {
		n.lines[s] = append(n.lines[s], text)
	} else {
		n.omitted++
	}
}

func (n *nagiosWriter) Endpoint(e *Endpoint) error {
	state := nagiosOK
	problem := func(s nagiosState, text string) {
		if s.rank() > state.rank() {
			state = s
		}
		n.problem(s, text)
	}
	if e.Status == Failed {
		problem(nagiosUnknown, e.Name()+": "+e.failure())
	}
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Waived || f.Severity < rules.Warning {
			continue
		}
		n.found[f.Rule]++
		s := nagiosWarning
		if f.Severity == rules.Error {
			s = nagiosCritical
		}
		problem(s, e.Name()+": "+f.Rule+": "+f.Message)
	}
	if t := e.Expires(); !t.IsZero() && (n.ends.IsZero() || t.Before(n.ends)) {
		n.ends = t
	}
	n.count[state]++
	return nil
}

func (n *nagiosWriter) End(s Summary) error {
	n.ended = true
	for _, skipped := range s.Skipped {
		n.problem(nagiosUnknown, skipped.Line+" was skipped: "+skipped.Reason)
	}
	n.omitted += s.SkippedOmitted
	if s.Endpoints == 0 || s.Interrupted && n.state == nagiosOK {
		n.state = nagiosUnknown
	}
	var b strings.Builder
	fmt.Fprintf(&b, "TLSCHAIN %s - %s", n.state, n.summary(s))
	fmt.Fprintf(&b, " | endpoints=%d critical=%d;;0 warning=%d;0 unknown=%d", s.Endpoints, n.count[nagiosCritical],
		n.count[nagiosWarning], n.count[nagiosUnknown])
	if !n.ends.IsZero() && !n.at.IsZero() {
		fmt.Fprintf(&b, " days_left=%d", int(n.ends.Sub(n.at).Hours()/24))
	}
	b.WriteByte('\n')
	shown := 0
	for _, state := range []nagiosState{nagiosCritical, nagiosWarning, nagiosUnknown} {
		for _, line := range n.lines[state] {
			if shown++; shown > maxNagiosLines {
				n.omitted++
				continue
			}
			fmt.Fprintf(&b, "%s: %s\n", state, line)
		}
	}
	if n.omitted > 0 {
		fmt.Fprintf(&b, "and %d more\n", n.omitted)
	}
	_, err := io.WriteString(n.w, b.String())
	return err
}

// summary is the sentence of the status line.
func (n *nagiosWriter) summary(s Summary) string {
	switch {
	case s.Endpoints == 0:
		return "nothing was judged"
	case n.first == "" && s.Interrupted:
		return fmt.Sprintf("interrupted after %d endpoints", s.Endpoints)
	case n.first == "" && s.Endpoints == 1:
		return "the chain is OK"
	case n.first == "":
		return fmt.Sprintf("all %d chains are OK", s.Endpoints)
	case s.Endpoints == 1 || n.count[nagiosOK] == s.Endpoints:
		return n.first
	}
	bad := s.Endpoints - n.count[nagiosOK]
	return fmt.Sprintf("%d of %d endpoints have problems, such as %s", bad, s.Endpoints, n.first)
}

// ExitCode is the plugin's: 0 OK, 1 warning, 2 critical, 3 unknown.
func (n *nagiosWriter) ExitCode() int { return int(n.state) }

// Fail says what kept the plugin from its work: unknown, as the guidelines want.
// After the report there is no second status line, and the exit code stays: also
// where nobody could read the first one, because the output was full or closed.
func (n *nagiosWriter) Fail(message string) (int, error) {
	if n.ended {
		return n.ExitCode(), nil
	}
	n.state = nagiosUnknown
	_, err := fmt.Fprintf(n.w, "TLSCHAIN %s - %s\n", n.state, nagiosText(Clean(message)))
	return n.ExitCode(), err
}

// nagiosText keeps text on its side of the performance data.
func nagiosText(s string) string { return strings.ReplaceAll(s, "|", "¦") }

package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/tlschain/tlschain/rules"
)

// junitWriter writes a test suite for each endpoint with one test case, so that a
// CI system counts endpoints; or, with the detail rules, a case for each rule.
// Errors and warnings fail, hints pass with a word in system-out, waived findings
// are skipped, and an endpoint that could not be judged is an error. What could not be
// used, lines of lists and files, has a suite of its own. The elements are those
// that Jenkins and GitLab read; testdata/reports/junit.xsd has them.
type junitWriter struct {
	w     io.Writer
	e     *xml.Encoder
	rules bool // a case for each rule
}

func newJUnit(w io.Writer, o Options) (Writer, error) {
	e := xml.NewEncoder(w)
	e.Indent("  ", "  ")
	return &junitWriter{w: w, e: e, rules: o.Detail == ruleCases}, nil
}

type junitSuite struct {
	XMLName   xml.Name    `xml:"testsuite"`
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Hostname  string      `xml:"hostname,attr,omitempty"`
	TestCases []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string       `xml:"name,attr"`
	Classname string       `xml:"classname,attr"`
	Time      string       `xml:"time,attr"`
	Skipped   *junitNote   `xml:"skipped"`
	Error     *junitNote   `xml:"error"`
	Failures  []*junitNote `xml:"failure"`
	Out       string       `xml:"system-out,omitempty"`
}

type junitNote struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (j *junitWriter) Begin(Header) error {
	_, err := io.WriteString(j.w, xml.Header+"<testsuites name=\"tlschain\">\n")
	return err
}

func (j *junitWriter) Endpoint(e *Endpoint) error {
	s := junitSuite{Name: e.Name(), Hostname: e.Address, Time: e.seconds()}
	if e.Status == Failed {
		c := junitCase{Name: "reachable", Classname: e.Name(), Time: "0", Error: &junitNote{Message: "no chain"}}
		if e.Error != nil {
			c.Error = &junitNote{Message: e.Error.Message, Type: e.Error.Code}
		}
		s.TestCases, s.Errors = []junitCase{c}, 1
	} else if j.rules {
		for _, id := range e.judgedBy() {
			s.add(e.junitCase(id))
		}
	} else {
		s.add(e.junitWhole())
	}
	s.Tests = len(s.TestCases)
	return j.e.Encode(s)
}

func (s *junitSuite) add(c junitCase) {
	s.TestCases = append(s.TestCases, c)
	switch {
	case c.Failures != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (e *Endpoint) seconds() string {
	if e.Handshake == nil {
		return "0"
	}
	return fmt.Sprintf("%.3f", e.Handshake.DurationMS/1000)
}

// judgedBy lists every rule there is, and those of the findings that this
// release does not know.
func (e *Endpoint) judgedBy() []string {
	var ids []string
	known := map[string]bool{}
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
		known[r.ID] = true
	}
	for i := range e.Findings {
		if id := e.Findings[i].Rule; !known[id] {
			known[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func (e *Endpoint) junitCase(rule string) junitCase {
	c := junitCase{Name: rule, Classname: e.Name(), Time: "0"}
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Rule != rule {
			continue
		}
		switch {
		case f.Waived:
			c.Skipped = &junitNote{Message: "waived"}
			if f.Waiver != nil {
				c.Skipped.Message += ": " + f.Waiver.Reason
			}
		case f.Severity >= rules.Warning:
			c.Failures = append(c.Failures, &junitNote{Message: f.Message, Type: f.Severity.String(), Text: f.Fix})
		default:
			c.Out += f.Message + "\n"
		}
	}
	if c.Failures != nil {
		c.Skipped = nil
	}
	return c
}

// junitWhole is the case of an endpoint as a whole. CI systems show one failure of
// a case: it names the worst finding and holds them all.
func (e *Endpoint) junitWhole() junitCase {
	c := junitCase{Name: "chain", Classname: e.Name(), Time: e.seconds()}
	failure := junitNote{}
	for _, id := range e.judgedBy() {
		one := e.junitCase(id)
		for line := range strings.Lines(one.Out) {
			c.Out += id + ": " + line
		}
		if one.Skipped != nil {
			c.Out += id + ": " + one.Skipped.Message + "\n"
		}
		for _, f := range one.Failures {
			text := id + ": " + f.Message
			if failure.Message == "" || f.Type == rules.Error.String() && failure.Type != f.Type {
				failure.Message, failure.Type = text, f.Type
			}
			failure.Text += text + "\n" + f.Text + "\n"
		}
	}
	if failure.Message != "" {
		c.Failures = []*junitNote{&failure}
	}
	return c
}

func (j *junitWriter) End(sum Summary) error {
	if len(sum.Skipped) > 0 {
		s := junitSuite{Name: "skipped", Time: "0", Tests: len(sum.Skipped), Errors: len(sum.Skipped)}
		for _, skipped := range sum.Skipped {
			s.TestCases = append(s.TestCases, junitCase{
				Name: skipped.Line, Classname: "skipped", Time: "0", Error: &junitNote{Message: skipped.Reason, Type: "skipped"},
			})
		}
		if err := j.e.Encode(s); err != nil {
			return err
		}
	}
	_, err := io.WriteString(j.w, "\n</testsuites>\n")
	return err
}

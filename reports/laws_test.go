package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
)

// leavesOut is what a format does not show by its nature. A format that is not
// in the table of exceptions shows every endpoint and every finding.
type leavesOut struct {
	clean    bool // endpoints that nothing is wrong with: they are counted, or are no problem to report
	failed   bool // endpoints without a chain
	findings bool // its subject is certificates
	infos    bool // findings of severity info
}

var exceptions = map[string]leavesOut{
	"markdown":  {clean: true},
	"sarif":     {clean: true},
	"github":    {clean: true},
	"gitlab":    {clean: true},
	"nagios":    {clean: true, infos: true},
	"dot":       {findings: true},
	"cyclonedx": {findings: true, failed: true},
}

// TestLawsOfFormats holds every format to what each must do with any report,
// whatever it looks like: a new one is held to it by being in the list.
func TestLawsOfFormats(t *testing.T) {
	narrow(t)
	for _, format := range Formats() {
		for _, lang := range []string{"en", "ja"} {
			t.Run(format+"/"+lang, func(t *testing.T) {
				o := Options{Width: widthOf(format), Lang: lang}
				out := lawful(t, format, o, exampleEndpoints())
				if again := lawful(t, format, o, exampleEndpoints()); !bytes.Equal(out, again) {
					t.Error("the same report twice is not the same")
				}
				lawful(t, format, o, nil)
				for _, e := range exampleEndpoints() {
					holdsEndpoint(t, exceptions[format], readable(format, lawful(t, format, o, []Endpoint{e})), e)
				}
				full := &fullDisk{room: len(out) / 2}
				if err := report(full, format, o, exampleEndpoints()); !errors.Is(err, errFull) {
					t.Errorf("a disk that is full: %v", err)
				}
			})
		}
	}
}

// holdsEndpoint holds that the report of one endpoint names it and what it breaks.
func holdsEndpoint(t *testing.T, left leavesOut, out []byte, e Endpoint) {
	t.Helper()
	clean, failed := e.Worst() == rules.None && e.Error == nil, e.Error != nil
	if !(left.clean && clean || left.failed && failed) && !named(out, e.Target) {
		t.Errorf("%s is nowhere", e.Target)
	}
	for _, f := range e.Findings {
		if !f.Waived && !left.findings && !(left.infos && f.Severity == rules.Info) && !named(out, f.Rule) {
			t.Errorf("%s: the finding %s is nowhere", e.Target, f.Rule)
		}
	}
}

// named reports whether a report has a word, wherever lines are broken.
func named(out []byte, word string) bool {
	squeeze := strings.NewReplacer(" ", "", "\n", "", "\\", "")
	return strings.Contains(squeeze.Replace(string(out)), squeeze.Replace(word))
}

// lawful writes a report and holds it to the laws that need no second one.
func lawful(t *testing.T, format string, o Options, endpoints []Endpoint) []byte {
	t.Helper()
	before := fmt.Sprintf("%+v", endpoints)
	var b bytes.Buffer
	if err := report(&b, format, o, endpoints); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()
	if err := valid(format, out); err != nil {
		t.Errorf("%d endpoints: %v", len(endpoints), err)
	}
	text := readable(format, out)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		t.Errorf("%d endpoints: the last line has no end", len(endpoints))
	}
	if slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool { return strings.HasSuffix(line, " ") }) && format != "html" {
		t.Errorf("%d endpoints: a line ends in a blank", len(endpoints))
	}
	if format != "html" {
		checkTerminal(t, text)
	}
	if after := fmt.Sprintf("%+v", endpoints); after != before {
		t.Error("what was shown has changed")
	}
	return out
}

// report writes a report of endpoints.
func report(to io.Writer, format string, o Options, endpoints []Endpoint) error {
	w, err := New(format, to, o)
	if err != nil {
		return err
	}
	var tally Tally
	if err := w.Begin(exampleHeader()); err != nil {
		return err
	}
	for i := range endpoints {
		tally.Add(&endpoints[i])
		if err := w.Endpoint(&endpoints[i]); err != nil {
			return err
		}
	}
	return w.End(tally.Summary(false))
}

var errFull = errors.New("no space left")

// A fullDisk takes some bytes and no more.
type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

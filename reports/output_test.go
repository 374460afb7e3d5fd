package reports

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
)

// A callsWriter notes what it is told.
type callsWriter []string

func (w *callsWriter) Begin(Header) error { *w = append(*w, "begin"); return nil }
func (w *callsWriter) Endpoint(e *Endpoint) error {
	*w = append(*w, e.Target)
	for _, c := range e.Chain {
		if c.PEM != "" {
			*w = append(*w, c.PEM)
		}
	}
	return nil
}
func (w *callsWriter) End(s Summary) error { *w = append(*w, "end"); return nil }

type foretold struct{ seen []string }

func (f *foretold) AddEndpoint(e *Endpoint) { f.seen = append(f.seen, e.Target) }
func (f *foretold) Report(map[Hash][]byte) (*Outlook, error) {
	return &Outlook{Endpoints: len(f.seen)}, errors.New("a file has gone")
}

func TestOutput(t *testing.T) {
	endpoint := func(target string, status Status, worst rules.Severity) *Endpoint {
		e := &Endpoint{Target: target, Status: status, Chain: []Certificate{{SHA256: Hash{target[0]}, PEM: "bytes of " + target}}}
		if worst > rules.None {
			e.Findings = []Finding{{Rule: "root-in-chain", Severity: worst}}
		}
		return e
	}
	var to callsWriter
	ahead := new(foretold)
	o := &Output{To: &to, FailOn: rules.Warning, Only: &Search{certificates: map[Hash]bool{{'a'}: true}}, WithoutPEM: true, Ahead: ahead}
	if err := o.Begin(Header{}); err != nil || len(to) > 0 {
		t.Fatalf("%v, %q: a report begins with what is in it", err, to)
	}
	for _, e := range []*Endpoint{endpoint("b", OK, rules.Error), endpoint("a", OK, rules.Info), endpoint("c", Failed, rules.None)} {
		if err := o.Endpoint(e); err != nil {
			t.Fatal(err)
		}
	}
	if want := (Outcome{Judged: 1, Unjudged: 1}); o.Outcome != want || o.Left != 1 || !slices.Equal(ahead.seen, []string{"a"}) {
		t.Errorf("%+v, %d left out, foretold %q", o.Outcome, o.Left, ahead.seen)
	}
	if err := o.Endpoint(endpoint("a", OK, rules.Warning)); err != nil || !o.Failing {
		t.Errorf("%v, %+v", err, o.Outcome)
	}
	o.Tally.Skip("line", "is none")
	s, err := o.Summary(false)
	if err == nil || s.Outlook.Endpoints != 2 || s.Endpoints != 3 {
		t.Errorf("%v, %+v", err, s)
	}
	if err := o.End(s); err != nil || o.Unjudged != 2 {
		t.Errorf("%v, %+v", err, o.Outcome)
	}
	if got := strings.Join(to, " "); got != "begin a c a end" {
		t.Errorf("%q", got)
	}
	empty := &Output{To: new(callsWriter)}
	if err := errors.Join(empty.Begin(Header{}), empty.End(Summary{})); err != nil || len(*empty.To.(*callsWriter)) != 2 {
		t.Errorf("%v, %q: also an empty report has its header", err, *empty.To.(*callsWriter))
	}
}

package reports

import "github.com/tlschain/tlschain/rules"

// An Outcome is what decides a report's exit code, where its format defines none.
type Outcome struct {
	Judged   int  // endpoints that were judged
	Unjudged int  // targets, lines or files that could not be
	Failing  bool // there is an unwaived finding at or above a severity
}

// see counts one endpoint. failOn None stands for never.
func (o *Outcome) see(e *Endpoint, failOn rules.Severity) {
	if e.Status == Failed {
		o.Unjudged++
		return
	}
	o.Judged++
	o.Failing = o.Failing || failOn != rules.None && e.Worst() >= failOn
}

// An Output is a report that is being written, whoever writes it: a [Writer] that
// leaves out what nobody asked for, hands on the rest, and counts it.
type Output struct {
	To         Writer
	FailOn     rules.Severity // lowest that makes the Outcome failing; None: never
	Only       *Search        // what is judged and has none of it is left out; nil: all is shown
	WithoutPEM bool           // endpoints have certificates that the report is not to show
	Ahead      Forecaster     // is given what is shown; nil: nobody asks what is to come

	Outcome
	Tally Tally
	Left  int // endpoints that were left out

	header *Header // not yet written; nil: it is
}

// A Forecaster tells on which days something changes for the endpoints that it was
// given.
type Forecaster interface {
	AddEndpoint(*Endpoint)
	Report(der map[Hash][]byte) (*Outlook, error)
}

// Begin keeps the header until there is something to report: of a command that
// ends in an error before, nothing may be written.
func (o *Output) Begin(h Header) error {
	o.header = &h
	return nil
}

func (o *Output) begun() error {
	if o.header == nil {
		return nil
	}
	h := *o.header
	o.header = nil
	return o.To.Begin(h)
}

// Endpoint counts an endpoint and hands it on, or leaves it out.
func (o *Output) Endpoint(e *Endpoint) error {
	if o.Only != nil && e.Status == OK && len(o.Only.matches(e)) == 0 {
		o.Left++
		return nil
	}
	o.see(e, o.FailOn)
	o.Tally.Add(e)
	if o.Ahead != nil && e.Status == OK {
		o.Ahead.AddEndpoint(e)
	}
	if o.WithoutPEM {
		for i := range e.Chain {
			if c := &e.Chain[i]; c.PEM != "" { // else it may be shared: AddPEM has copied the others
				c.PEM = ""
			}
		}
	}
	if err := o.begun(); err != nil {
		return err
	}
	return o.To.Endpoint(e)
}

// End ends the report.
func (o *Output) End(s Summary) error {
	if err := o.begun(); err != nil {
		return err
	}
	o.Unjudged += len(s.Skipped) + s.SkippedOmitted
	return o.To.End(s)
}

// Summary is that of what was given.
func (o *Output) Summary(interrupted bool) (s Summary, err error) {
	s = o.Tally.Summary(interrupted)
	if o.Ahead != nil {
		s.Outlook, err = o.Ahead.Report(nil)
	}
	return s, err
}

package fix

import (
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
)

// An Outcome is what can be done about an endpoint.
type Outcome uint8

// The outcomes.
const (
	Healthy  Outcome = iota // there is nothing to fix
	Fixable                 // the corrected list fixes it
	Lacking                 // it would, and the bytes of some certificate are missing
	Hopeless                // no list of certificates does
)

// A Request is what is asked of fixes beside the best list.
type Request struct {
	Prefer     bool      // lists that the user's preference changes, though nothing is wrong
	Always     bool      // the list also where nothing is wrong, for a server that takes it in another form
	BestEffort bool      // the best list also where some chosen client refuses it
	Key        cert.Hash // SPKI of the private key that files are written with; zero: none was named
}

// A Decision is what is to be done about an endpoint: which list is to be
// written, and what keeps it from being so.
type Decision struct {
	Outcome    Outcome
	Bundle     []Certificate   // to be written behind the leaf; nil: nothing is
	Unloadable []rules.Finding // why servers do not load a file whose list is right
	Withheld   bool            // some chosen client refuses the best list, and that was not asked for
	OtherKey   bool            // the private key is not the leaf's
}

// Decide is what to do about an endpoint that was judged as v says; p is its
// plan, nil if there is none.
func Decide(v *rules.Verdict, p *Plan, ask Request) (d Decision) {
	if p == nil {
		d.Outcome = Hopeless
		return d
	}
	refused := len(p.Refused()) > 0
	if !p.Fixes && !refused && !(ask.Prefer && p.Changed) {
		d.Unloadable = unloadable(v)
		if len(d.Unloadable) > 0 {
			d.Outcome = Fixable
		}
		if ask.Always || d.Outcome == Fixable {
			d.Bundle = p.served()
		}
		return d
	}
	d.Outcome, d.Bundle = Fixable, append([]Certificate{}, p.Bundle...)
	switch {
	case refused && !ask.BestEffort:
		return Decision{Outcome: Hopeless, Withheld: true}
	case refused:
		d.Outcome = Hopeless
		if !p.Fixes {
			d.Bundle = p.served()
		}
	}
	switch {
	case len(p.Lacking()) > 0:
		return Decision{Outcome: Lacking}
	case ask.Key != (cert.Hash{}) && ask.Key != v.Entries[p.Leaf].Cert.Key.SPKI:
		return Decision{Outcome: Hopeless, OtherKey: true}
	}
	return d
}

// unloadable are the findings about a file that servers do not load.
func unloadable(v *rules.Verdict) (found []rules.Finding) {
	for _, x := range v.Findings {
		if r := rules.Lookup(x.Rule); r != nil && r.Rewriting && x.Severity > rules.Info {
			found = append(found, x)
		}
	}
	return found
}

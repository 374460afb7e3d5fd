package reports

import "github.com/tlschain/tlschain/rules"

// translated gives an endpoint with what was found in the reader's language.
// Reports hold it in English, also those that are read back; only formats for
// people put it into other words.
func (l labels) translated(e *Endpoint) *Endpoint {
	if l.lang == "en" {
		return e
	}
	own := *e
	own.Findings = make([]Finding, len(e.Findings))
	for i, f := range e.Findings {
		f.Message, _ = rules.Translate(f.Message, l.lang)
		f.Fix, _ = rules.Translate(f.Fix, l.lang)
		own.Findings[i] = f
	}
	own.Clients = make([]Client, len(e.Clients))
	for i, c := range e.Clients {
		if i > 0 && c.Reason == e.Clients[i-1].Reason {
			c.Reason = own.Clients[i-1].Reason // most clients say the same
		} else {
			c.Reason, _ = rules.Translate(c.Reason, l.lang)
		}
		own.Clients[i] = c
	}
	return &own
}

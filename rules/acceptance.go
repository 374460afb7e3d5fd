package rules

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// An Acceptance is what is known of the client certificates that a server takes.
type Acceptance struct {
	Names   []cert.Name // of the CAs that it names in its request; none: they are not known, or it names none
	Anchors bool        // the CAs that it trusts are the anchors of the profiles
}

// known reports whether anything is.
func (a *Acceptance) known() bool { return len(a.Names) > 0 || a.Anchors }

func (a *Acceptance) named(n cert.Name) bool {
	return slices.ContainsFunc(a.Names, func(m cert.Name) bool { return m.Canon == n.Canon })
}

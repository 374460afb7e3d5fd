package catalog

import (
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// A Constraint is what a trust store, or a client's own policy, asks for beside
// the anchor itself. The zero value asks for nothing.
type Constraint struct {
	// NotBeforeUntil: the leaf's notBefore may not be later. Zero: no limit.
	NotBeforeUntil time.Time
	// SCTUntil: the leaf must have an SCT that is not later. Zero: no limit.
	SCTUntil time.Time
	// From is the first version of the client that asks for the above.
	From string
	// PermittedDNS are the only domains that the anchor is trusted for; nil: any.
	PermittedDNS []string
	// Enforced: the anchor's own dates, purposes and constraints count like
	// those of a certificate that was sent.
	Enforced bool
	// Intermediate: the anchor is no root, but trusted by itself.
	Intermediate bool
	// Except are CA certificates under which another date stands in for
	// NotBeforeUntil.
	Except []Exception
}

// An Exception is a later date for what a CA certificate has issued.
type Exception struct {
	CA             cert.Hash // SHA-256 of the certificate
	NotBeforeUntil time.Time
}

// Dated reports whether trust ends for leaves from some date on.
func (c Constraint) Dated() bool { return !c.NotBeforeUntil.IsZero() || !c.SCTUntil.IsZero() }

// Until is the last moment at which a new leaf is trusted; zero: no end is set.
func (c Constraint) Until() time.Time {
	if c.SCTUntil.IsZero() || !c.NotBeforeUntil.IsZero() && c.NotBeforeUntil.Before(c.SCTUntil) {
		return c.NotBeforeUntil
	}
	return c.SCTUntil
}

// Same reports whether two constraints ask for the same.
func (c Constraint) Same(d Constraint) bool {
	return c.NotBeforeUntil.Equal(d.NotBeforeUntil) && c.SCTUntil.Equal(d.SCTUntil) && c.From == d.From && c.Enforced == d.Enforced &&
		c.Intermediate == d.Intermediate && slices.Equal(c.PermittedDNS, d.PermittedDNS) &&
		slices.EqualFunc(c.Except, d.Except, func(x, y Exception) bool { return x.CA == y.CA && x.NotBeforeUntil.Equal(y.NotBeforeUntil) })
}

// A Policy is what a client's own code asks for of anchors, whichever trust
// store it is given.
type Policy struct {
	ID          string // such as "java-17"
	Source      string
	Date        time.Time
	Constraints map[cert.Hash]Constraint // by SHA-256 of the anchor
}

// Policies returns the clients' policies, ordered by id.
func (f *Facts) Policies() []*Policy { return f.policies }

// Policy returns the policy with this id; nil: there is none.
func (f *Facts) Policy(id string) *Policy {
	for _, p := range f.policies {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Preloads returns the intermediates that Firefox has without being sent them,
// as far as they are known, and where the list is from.
func (f *Facts) Preloads() (*Preloads, bool) { return f.preloads, f.preloads != nil }

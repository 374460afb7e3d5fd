package client

import "github.com/tlschain/tlschain/rules/cert"

// PolicyProcessing tells what a client makes of what CA certificates demand of
// the certificate policies below them.
type PolicyProcessing = enum[policyProcessingWords]

// The ways to deal with policies. A client that ignores them may still refuse
// extensions about them that are critical: see [Refused].
const (
	PoliciesIgnored    PolicyProcessing = iota
	PoliciesRead                        // as RFC 5280 section 6.1 wants, of any policy
	PoliciesWithAnchor                  // the same, and the anchor counts like what it issued: what it demands, maps and has policies for
)

// A policySet is the policies that the certificates of a path so far have in
// common, under the names that the next certificate calls them by: the leaves of
// the graph of RFC 9618. Whoever asks for no policy in particular needs no more
// of it, so that the work is that of reading each certificate once.
type policySet map[string]bool

// policyState is the state variables of RFC 5280 section 6.1.2.
type policyState struct {
	valid                      policySet // empty: no policy is valid for the path
	explicit, mapping, inhibit int       // certificates until a policy is required, mappings do not count, and anyPolicy does not
	demands                    *node     // whose constraints made explicit what it is
}

// maxPoliciesRead bounds the work for the policies of all paths that are tried:
// more than fit into four Certificate messages.
const maxPoliciesRead = 50_000

// checkPolicies holds the finished path to what its CA certificates demand of
// policies, if the client does.
func (pb *pathBuilder) checkPolicies() pathError {
	if pb.b.Policies == PoliciesIgnored || len(pb.path) == 0 || !pb.demandsPolicies() {
		return pathError{}
	}
	n := len(pb.path) // certificates but the anchor
	s := policyState{policySet{cert.AnyPolicy: true}, n + 1, n + 1, n + 1, nil}
	if pb.b.Policies == PoliciesWithAnchor {
		anchor := pb.path[n-1].to
		if len(anchor.c.Policies) == 0 {
			s.constrain(anchor, pb.b.InhibitAnyCritical)
		} else if f := pb.nextPolicies(&s, anchor, false); f.what != nothing { // [R:cp=2 I:pc=require0 I:cp=1 L:cp=1]
			f.depth = n
			return f
		}
	}
	for i := n - 1; i >= 0; i-- {
		x, last := pb.leaf, i == 0
		if !last {
			x = pb.path[i-1].to
		}
		if f := pb.nextPolicies(&s, x, last); f.what != nothing {
			f.depth = i
			return f
		}
	}
	return pathError{}
}

// demandsPolicies reports whether any certificate of the path has rules that
// checkPolicies might find broken. Nearly none does.
func (pb *pathBuilder) demandsPolicies() bool {
	ask := func(n *node) bool {
		return n.c.PolicyRules != nil || pb.b.CriticalQualifiers && n.traits.Has(cert.CriticalQualifier)
	}
	for _, e := range pb.path {
		if ask(e.to) {
			return true
		}
	}
	return ask(pb.leaf)
}

// nextPolicies goes on to x, the certificate below those that were looked at:
// RFC 5280 sections 6.1.3 (d) to (f), 6.1.4 (a) to (j), and 6.1.5 for the last.
func (pb *pathBuilder) nextPolicies(s *policyState, x *node, last bool) pathError {
	if pb.b.CriticalQualifiers && len(s.valid) > 0 && x.traits.Has(cert.CriticalQualifier) {
		return pathError{what: traitRefused, at: x, traits: cert.Of(cert.CriticalQualifier)}
	}
	if pb.read += len(x.c.Policies) + len(s.valid); pb.read > maxPoliciesRead {
		pb.stop = true
		return pathError{what: budgetSpent, at: x}
	}
	s.valid = s.valid.with(x.c.Policies, s.inhibit > 0 || !last && x.selfIssued)
	if last {
		s.explicit = max(s.explicit-1, 0)
		if r := x.c.PolicyRules; r != nil && r.RequireExplicit == 0 {
			s.explicit, s.demands = 0, x
		}
	}
	if s.explicit == 0 && len(s.valid) == 0 {
		return pathError{what: noValidPolicy, at: x, by: s.demands}
	}
	if last {
		return pathError{}
	}
	if r := x.c.PolicyRules; r != nil && len(r.Mappings) > 0 && len(s.valid) > 0 {
		if s.mapping > 0 && x.traits.Has(cert.MapsAnyPolicy) {
			return pathError{what: traitRefused, at: x, traits: cert.Of(cert.MapsAnyPolicy)}
		}
		s.valid = s.valid.mapped(r.Mappings, s.mapping > 0)
	}
	if !x.selfIssued {
		s.explicit, s.mapping, s.inhibit = max(s.explicit-1, 0), max(s.mapping-1, 0), max(s.inhibit-1, 0)
	}
	s.constrain(x, pb.b.InhibitAnyCritical)
	return pathError{}
}

// constrain applies the constraints of x to what is below it.
func (s *policyState) constrain(x *node, onlyCritical bool) {
	r := x.c.PolicyRules
	if r == nil {
		return
	}
	if r.RequireExplicit >= 0 && r.RequireExplicit < s.explicit {
		s.explicit, s.demands = r.RequireExplicit, x
	}
	if r.InhibitMapping >= 0 {
		s.mapping = min(s.mapping, r.InhibitMapping)
	}
	if r.InhibitAny >= 0 && (r.InhibitAnyCritical || !onlyCritical) {
		s.inhibit = min(s.inhibit, r.InhibitAny)
	}
}

// with gives what is valid below a certificate with these policies. takesAny
// tells whether anyPolicy among them counts.
func (p policySet) with(policies []string, takesAny bool) policySet {
	next := make(policySet)
	for _, policy := range policies {
		switch {
		case policy != cert.AnyPolicy:
			if p[policy] || p[cert.AnyPolicy] {
				next[policy] = true
			}
		case takesAny:
			for expected := range p {
				next[expected] = true
			}
		}
	}
	return next
}

// mapped calls the issuer's policies by the subject's names; where mapping does
// not count, those that would be mapped are valid no longer.
func (p policySet) mapped(mappings []cert.PolicyMapping, counts bool) policySet {
	next := make(policySet)
	for policy := range p {
		next[policy] = true
	}
	for _, m := range mappings {
		delete(next, m.Issuer)
	}
	if !counts {
		return next
	}
	for _, m := range mappings {
		if p[m.Issuer] || p[cert.AnyPolicy] {
			next[m.Subject] = true
		}
	}
	return next
}

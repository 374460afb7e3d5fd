package client

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// checkNameConstraints applies the name constraints of the CA certificate n, to which e
// leads, to what stands below it on the path (RFC 5280 section 6.1.3).
func (pb *pathBuilder) checkNameConstraints(n *node, e *edge) pathError {
	switch pb.b.NameConstraints {
	case ConstraintsUnknown:
		if n.c.NameConstraints.Critical {
			return pathError{what: constraintsUnread, at: n}
		}
		return pathError{}
	case PermittedFails:
		if len(n.c.NameConstraints.PermittedDNS) > 0 {
			return pathError{what: constraintsUnread, at: n}
		}
	case ConstraintsDirect:
		return pb.holdTo(n, e.child)
	}
	if f := pb.holdTo(n, pb.leaf); f.what != nothing || pb.b.Constraints.LeafOnly {
		return f
	}
	for _, step := range pb.path {
		if step.to == n {
			break
		}
		if step.to.selfIssued {
			continue
		}
		if f := pb.holdTo(n, step.to); f.what != nothing {
			return f
		}
	}
	return pathError{}
}

// isConstrained reports whether a certificate that was sent and is on the path has
// name constraints.
func (pb *pathBuilder) isConstrained() bool {
	return slices.ContainsFunc(pb.path, func(e *edge) bool { return e.to.c.NameConstraints != nil && !trusted(e) })
}

// holdTo holds the names of one certificate to the constraints of a CA certificate
// above it.
func (pb *pathBuilder) holdTo(n, x *node) pathError {
	names := pb.constrained(x)
	permitted, excluded := n.subtrees()
	rules := &pb.b.Constraints
	if most := rules.Comparisons; most > 0 && names.count()*(permitted.count+excluded.count) > most {
		return pathError{what: tooManyConstraints, at: n, by: x, n: names.count(), limit: most}
	}
	l := lookup{rules, &pb.presented.lookups}
	if rules.NeedSAN && x == pb.leaf && !x.c.HasSAN && likeHost(x.c.Subject.CommonName()) {
		return pathError{what: nameForbidden, at: n, by: x}
	}
	if rules.RefuseRare && n.c.NameConstraints.Rare&x.c.RareNames != 0 || rules.malformed(x.c, permitted.has|excluded.has) {
		return pathError{what: nameForbidden, at: n, by: x}
	}
	if l.forbids(&names, permitted, excluded) || rules.Proper && permitted.has&FormDNS != 0 && pb.outsideAll(l, n, x) {
		return pathError{what: nameForbidden, at: n, by: x}
	}
	return pathError{}
}

// malformed reports whether a certificate has a name that the client cannot compare
// with subtrees of these forms.
func (r *ConstraintRules) malformed(c *cert.Certificate, has NameForms) bool {
	asked := r.Malformed & has
	if has != 0 {
		asked |= r.AnyForm
	}
	return asked&FormDNS != 0 && slices.ContainsFunc(c.DNSNames, func(name string) bool { return !r.readsDomain(name) }) ||
		asked&FormEmail != 0 && slices.ContainsFunc(c.Emails, func(email string) bool { return !strings.Contains(email, "@") }) ||
		asked&FormURI != 0 && slices.ContainsFunc(c.URIs, func(uri string) bool { return !hasHost(uri, r.AnyForm&FormURI == 0) }) ||
		asked&FormIP != 0 && c.Traits.Has(cert.BadIP)
}

// hasHost reports whether a URI names a host; addresses tells whether one may stand
// for that.
func hasHost(uri string, addresses bool) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" {
		return false
	}
	_, err = netip.ParseAddr(u.Hostname())
	return addresses || err != nil
}

// readsDomain reports whether the client can compare a DNS name with domains.
func (r *ConstraintRules) readsDomain(name string) bool {
	switch r.Domains {
	case DomainLabelsOrDot:
		name = strings.TrimPrefix(name, ".")
	case DomainHosts:
		if rest, wild := strings.CutPrefix(name, "*."); wild {
			if name = rest; !strings.Contains(name, ".") {
				return false
			}
		}
	}
	if r.Domains == AnyDomain || name == "" {
		return r.Domains != DomainHosts
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.ContainsFunc(label, func(c rune) bool { return c < 33 || c > 126 }) {
			return false
		}
		if r.Domains == DomainHosts && (len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(strings.ToLower(label), hostLetters) != "") {
			return false
		}
	}
	return true
}

const hostLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// names are what a certificate is held to name constraints by.
type names struct {
	c      *cert.Certificate
	common string     // held to constraints of DNS names
	ip     netip.Addr // held to those of addresses
}

// count is how many there are, as clients that limit it count.
func (n *names) count() int {
	c := n.c
	return len(c.DNSNames) + len(c.Emails) + len(c.URIs) + len(c.IPs) + strings.Count(c.Subject.Canon, "\x00") // attributes of the subject
}

// constrained is the names of x that the client holds to constraints.
func (pb *pathBuilder) constrained(x *node) names {
	c, rules := x.c, &pb.b.Constraints
	n := names{c: c}
	counts := false
	switch rules.Common {
	case CommonOfLeaf:
		counts = x == pb.leaf && len(c.DNSNames) == 0
	case CommonOfLeafNoHost:
		counts = x == pb.leaf && !c.HasNames()
	case CommonOfAny:
		counts = !c.HasSAN
	}
	common := c.Subject.CommonName()
	if common == "" {
		return n
	}
	if ip, err := netip.ParseAddr(common); err == nil && rules.CommonIP {
		if counts || rules.Common == CommonOfForm && len(c.IPs) == 0 {
			n.ip = ip
		}
		return n
	}
	if (counts || rules.Common == CommonOfForm && len(c.DNSNames) == 0) && (!rules.CommonHost || likeHost(common)) {
		n.common = common
	}
	return n
}

// forbids reports whether constraints forbid one of the names.
func (l lookup) forbids(n *names, permitted, excluded *subtrees) bool {
	asDNS := func(name string) bool {
		return l.fails(FormDNS, permitted, excluded, func(s *subtrees) bool { return l.dns(s.dns, name, s == excluded) })
	}
	for _, name := range n.c.DNSNames {
		if asDNS(name) {
			return true
		}
	}
	if n.common != "" && asDNS(n.common) {
		return true
	}
	for _, email := range n.c.Emails {
		if l.fails(FormEmail, permitted, excluded, func(s *subtrees) bool { return l.email(s, email) }) {
			return true
		}
	}
	for _, uri := range n.c.URIs {
		if l.fails(FormURI, permitted, excluded, func(s *subtrees) bool { return l.uri(s, uri) }) || l.rules.EveryName && asDNS(uri) {
			return true
		}
	}
	for _, ip := range n.c.IPs {
		if l.fails(FormIP, permitted, excluded, func(s *subtrees) bool { return l.ip(s, ip) }) ||
			l.rules.EveryName && asDNS(string(ip.AsSlice())) {
			return true
		}
	}
	if n.ip.IsValid() && l.fails(FormIP, permitted, excluded, func(s *subtrees) bool { return l.ip(s, n.ip) }) {
		return true
	}
	return !n.c.Subject.Empty() &&
		l.fails(FormDirectory, permitted, excluded, func(s *subtrees) bool { return l.directory(s, n.c.Subject.Canon) })
}

// fails reports whether a name of a form is excluded, or not among those permitted.
func (l lookup) fails(form NameForms, permitted, excluded *subtrees, covers func(*subtrees) bool) bool {
	r := l.rules
	switch {
	case excluded.has&form == 0 || r.SkipExcluded&form != 0:
	case r.RefuseExcluded&form != 0 || covers(excluded):
		return true
	}
	switch {
	case permitted.has&form == 0 || r.SkipPermitted&form != 0:
		return false
	}
	return r.RefusePermitted&form != 0 || !covers(permitted)
}

// outsideAll reports whether a DNS name of x is not in what n and the CA certificates
// between the two permit together.
func (pb *pathBuilder) outsideAll(l lookup, n, x *node) bool {
	var all map[string]bool
	merged := false
	above := x == pb.leaf
	for _, step := range pb.path {
		if s, _ := step.to.subtrees(); above && s != nil && s.has&FormDNS != 0 {
			if all == nil {
				all = s.dns.all()
			} else {
				all, merged = l.intersect(s.dns.all(), all), true
			}
		}
		above = above || step.to == x
		if step.to == n {
			break
		}
	}
	if !merged {
		return false
	}
	for _, name := range x.c.DNSNames {
		if !l.in(all, name) && !l.properlyBelow(all, name) {
			return true
		}
	}
	return false
}

// all is the domains as they were written.
func (d domains) all() map[string]bool {
	out := map[string]bool{}
	for name := range d.exact {
		out[name] = true
	}
	for name := range d.below {
		out["."+name] = true
	}
	return out
}

// subtrees gives the permitted and the excluded subtrees of a certificate, which
// are read once; nil if it has none.
func (n *node) subtrees() (permitted, excluded *subtrees) {
	nc := n.c.NameConstraints
	if nc == nil {
		return nil, nil
	}
	if n.permitted == nil {
		n.permitted = newSubtrees(nc.PermittedDNS, nc.PermittedEmail, nc.PermittedURI, nc.PermittedIP, nc.PermittedDirectory)
		n.excluded = newSubtrees(nc.ExcludedDNS, nc.ExcludedEmail, nc.ExcludedURI, nc.ExcludedIP, nc.ExcludedDirectory)
	}
	return n.permitted, n.excluded
}

package client

import (
	"bytes"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// candidates appends to out those certificates that the client would try as
// the issuer of x, the best first.
func (pb *pathBuilder) candidates(out []*edge, x *node, onlyStore bool) []*edge {
	b := pb.b
	if !onlyStore {
		listed := pb.listed(x)
		if b.AnyNameOrder {
			listed = slices.Concat(listed, x.reordered)
		}
		for _, e := range listed {
			if e.names >= b.Names && pb.passes(e, b.CandidateFilter) && !(b.KeyOnce && pb.holds(e.to)) && !pb.skips(e.to) {
				out = append(out, e)
			}
		}
	}
	pb.rank(out, b.Prefer[:], true)
	if b.SelfSigned && len(out) > 0 && pb.selfSigned(out[0].to) {
		pb.note(pathError{what: untrustedRoot, at: out[0].to, depth: len(pb.path) + 1})
		out = out[:0]
	}
	if b.StopAtAnchorKey && len(out) > 0 && pb.anchors(out[0].to) {
		out = out[:0]
	}
	sent := len(out)
	for _, c := range pb.trusting(x) {
		e := pb.presented.towards(x, c, false)
		if e.names >= b.AnchorNames && pb.passes(e, b.StoreCandidateFilter) && !pb.skips(e.to) &&
			!(b.Critical && (criticalNameConstraints(c) || len(c.UnknownCritical) > 0)) {
			out = append(out, e)
		}
	}
	if pb.reach != reachNothing {
		out = pb.addKnown(out, x)
	}
	if len(out) < 2 {
		return out
	}
	prefer := b.PreferStore[:]
	if prefer[0] == 0 {
		prefer = b.Prefer[:]
	}
	pb.rank(out[sent:], prefer, true)
	if b.CandidateLimit == FirstOfEach {
		if sent == 0 || sent == len(out) {
			return out[:1]
		}
		out[1] = out[sent]
		out = out[:2]
	}
	pb.rank(out, b.Prefer[:], false)
	if b.CandidateLimit == FirstCandidate {
		return out[:1]
	}
	return out
}

// addKnown appends known certificates that certify x and that the client ships
// or would fetch. Only a good signature makes one worth a request.
func (pb *pathBuilder) addKnown(out []*edge, x *node) []*edge {
	if pb.reach == reachAIA && len(fetchable(x.c)) == 0 {
		return out
	}
	for _, set := range pb.presented.q.Known {
		for _, c := range set.BySubject(x.c.Issuer) {
			if pb.shipped != nil && !pb.ships(c) {
				continue
			}
			e := pb.presented.towards(x, c, true)
			if e.to.valid && pb.presented.signed(e) == chain.Yes {
				out = append(out, e)
			}
		}
	}
	return out
}

// skips reports whether the client passes n over because it is on the path.
func (pb *pathBuilder) skips(n *node) bool { return pb.b.SkipOnPath && pb.onPath(n) }

// ships reports whether the client has the very certificate preloaded.
func (pb *pathBuilder) ships(c *cert.Certificate) bool {
	return slices.ContainsFunc(pb.shipped.BySubject(c.Subject), func(o *cert.Certificate) bool { return o.SHA256 == c.SHA256 })
}

// listed is the edges from x to entries that the client lets certify x where
// they stand, in the order of the list.
func (pb *pathBuilder) listed(x *node) []*edge {
	if pb.b.Order == AnyOrder || x.pos < 0 {
		return x.up[:x.sent]
	}
	from, to := pb.place()+1, len(pb.presented.list)
	if pb.b.Order == Next {
		to = min(from+1, to)
	}
	if pb.cut > 0 {
		to = min(to, pb.cut)
	}
	var out []*edge
	for i := from; i < to; i++ {
		if e := edgeTo(x, pb.presented.list[i]); e != nil && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// place is where the end of the path stands in the list: of entries with the
// same bytes, the first one behind what is below it.
func (pb *pathBuilder) place() int {
	at := pb.leaf.pos
	for _, e := range pb.path {
		for at++; at < len(pb.presented.list) && pb.presented.list[at] != e.to; at++ {
		}
	}
	return at
}

// passes runs those tests on a candidate that need nothing but the edge.
func (pb *pathBuilder) passes(e *edge, c Check) bool {
	t := e.to
	switch {
	case c&KeyID != 0 && e.keyID < 0,
		c&IssuerSerial != 0 && !e.serial,
		c&KeyKind != 0 && !e.kind,
		c&Dates != 0 && !pb.valid(t),
		c&Unknown != 0 && len(t.c.UnknownCritical) > 0,
		c&CA != 0 && !pb.isCA(t),
		c&CertSign != 0 && t.c.HasKeyUsage && t.c.KeyUsage&cert.CertSign == 0,
		c&PathLen != 0 && t.c.MaxPathLen >= 0 && pb.below() > t.c.MaxPathLen,
		c&Signature != 0 && pb.signed(e) == chain.No:
		return false
	}
	return true
}

// isCA reports whether the client takes the certificate for a CA's.
func (pb *pathBuilder) isCA(n *node) bool {
	if n.c.HasBasicConstraints {
		return n.c.IsCA
	}
	if pb.b.UsageCA && n.c.HasKeyUsage && n.c.KeyUsage&cert.CertSign != 0 {
		return true
	}
	if n.pos < 0 && !n.known && (pb.b.BareAnchor || pb.b.UsageAnchor && n.c.HasKeyUsage && n.c.KeyUsage&cert.CertSign != 0) {
		return true
	}
	return n.pos < 0 && !n.known && n.c.Version < 3 && (pb.b.V1 == V1All || pb.b.V1 == V1Roots && n.selfIssued)
}

// below counts the intermediates on the path that are not self-issued.
func (pb *pathBuilder) below() int {
	k := 0
	for _, e := range pb.path {
		if !e.to.selfIssued {
			k++
		}
	}
	return k
}

// rank sorts candidates by preferences. Ties keep their order, or where the
// preferences end in LastListed and ties is set, are turned round.
func (pb *pathBuilder) rank(c []*edge, prefer []Preference, ties bool) {
	for i := 1; i < len(c); i++ {
		for j := i; j > 0 && pb.better(c[j], c[j-1], prefer, ties); j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
}

// better reports whether a is preferred to p, which stands before it.
func (pb *pathBuilder) better(a, p *edge, prefer []Preference, ties bool) bool {
	for _, pref := range prefer {
		var d int
		switch pref {
		case 0:
			return false
		case FromStore:
			d = b2i(trusted(a)) - b2i(trusted(p))
		case FromList:
			d = b2i(a.to.pos >= 0) - b2i(p.to.pos >= 0)
		case ExactKeyID:
			d = b2i(a.pointed()) - b2i(p.pointed())
		case KeyIDFits:
			d = int(a.keyID - p.keyID)
		case CanSign:
			d = b2i(pb.canSign(a)) - b2i(pb.canSign(p))
		case ValidNow:
			d = b2i(pb.valid(a.to)) - b2i(pb.valid(p.to))
		case Newest:
			d = a.to.c.NotBefore.Compare(p.to.c.NotBefore)
			if d == 0 {
				d = a.to.c.NotAfter.Compare(p.to.c.NotAfter)
			}
		case LatestEnd:
			if !pb.valid(a.to) && !pb.valid(p.to) {
				d = a.to.c.NotAfter.Compare(p.to.c.NotAfter)
			}
		case LastListed:
			return ties
		case OwnBytes:
			d = bytes.Compare(p.to.c.Raw, a.to.c.Raw)
		case OnlyStored:
			d = b2i(!a.to.sentToo) - b2i(!p.to.sentToo)
		case NotSelfIssued:
			d = b2i(!a.to.selfIssued) - b2i(!p.to.selfIssued)
		case TrustedKeyID:
			d = trustedKeyID(p) - trustedKeyID(a)
		}
		if d != 0 {
			return d > 0
		}
	}
	return false
}

// pointed reports whether the authority key identifier points at this issuer: by
// the certificate's issuer and serial number, if it has those, or else by key.
func (e *edge) pointed() bool {
	if e.child.c.AKIIssuer != nil {
		return e.keyID >= 0 && e.serial
	}
	return e.keyID > 0
}

// canSign reports whether an issuer may issue. An anchor counts as a CA whatever
// it says of itself.
func (pb *pathBuilder) canSign(e *edge) bool {
	if trusted(e) {
		return pb.passes(e, CertSign)
	}
	return pb.passes(e, CA|CertSign)
}

func trusted(e *edge) bool { return e.to.pos < 0 && !e.to.known }

// trustedKeyID is Chromium's first sorting key, lower is better: differing key
// identifiers outweigh trust.
func trustedKeyID(e *edge) int {
	k := 0
	if !trusted(e) {
		k = 2
	}
	switch {
	case e.keyID == 0:
		k++
	case e.keyID < 0:
		k = 4 + k/2
	}
	return k
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func criticalNameConstraints(c *cert.Certificate) bool {
	return c.NameConstraints != nil && c.NameConstraints.Critical
}

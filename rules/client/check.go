package client

import (
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// checkList runs the tests that come before any path is built.
func (w *walk) checkList() fault {
	d, b := w.d, w.b
	size := d.size13
	if b.TLS12 {
		size = d.size12
	}
	if b.MaxBytes > 0 && size > b.MaxBytes {
		return fault{what: tooLarge, n: size, limit: b.MaxBytes}
	}
	if b.MaxEntries > 0 && len(d.entries) > b.MaxEntries {
		return fault{what: tooMany, n: len(d.entries), limit: b.MaxEntries}
	}
	if d.junk >= 0 && (b.ParseAll || d.junk == 0) {
		return fault{what: junkEntry, n: d.junk}
	}
	if f := w.checkReadable(); f.what != nothing {
		return f
	}
	if f := w.checkHandshake(); f.what != nothing {
		return f
	}
	if d.odd&b.RefuseAll != 0 || b.Critical {
		for _, n := range d.list {
			if n == nil {
				continue
			}
			if n.odd&b.RefuseAll != 0 {
				return fault{what: oddEntry, at: n, odd: n.odd & b.RefuseAll}
			}
			if b.Critical && criticalLimits(n.c) {
				return fault{what: limitsUnread, at: n}
			}
			if b.Critical && len(n.c.UnknownCritical) > 0 {
				return fault{what: unknownCritical, at: n}
			}
		}
	}
	return fault{}
}

// check holds the finished path to the client's rules.
func (w *walk) check() fault {
	if f := w.checkOne(w.leaf, nil, 0, w.b.Sent); f.what != nothing {
		return f
	}
	if f := w.verifier.checkPath(w); f.what != nothing {
		return f
	}
	below := 0
	for i, e := range w.path {
		tests := w.b.Sent
		if trusted(e) && !w.conditions.enforced(e.to.c.SHA256) {
			tests = w.b.Store
		}
		if w.b.Sent&Signature != 0 && w.d.signed(e) == chain.No {
			return fault{what: badSignature, at: e.child, by: e.to, depth: i}
		}
		if f := w.checkOne(e.to, e, below, tests); f.what != nothing {
			f.depth = i + 1
			return f
		}
		if !e.to.selfish {
			below++
		}
	}
	return w.checkConditions()
}

// A step is one certificate of a finished path, with what the tests ask of it.
type step struct {
	n     *node
	e     *edge // leads to it; nil: the leaf
	below int   // intermediates under it that are not self-issued
	tests Check // what the client holds it to
	last  bool  // it is the anchor, or the path's end
}

// checkOne tests one certificate of the path. e leads to it, and is nil for the
// leaf; below counts the intermediates under it that are not self-issued.
func (w *walk) checkOne(n *node, e *edge, below int, tests Check) fault {
	s := step{n, e, below, tests, e != nil && e == w.path[len(w.path)-1]}
	if f := w.checkContent(&s); f.what != nothing {
		return f
	}
	if f := w.checkValidity(&s); f.what != nothing {
		return f
	}
	if f := w.checkStrength(&s); f.what != nothing {
		return f
	}
	if e == nil {
		return w.checkLeaf(n)
	}
	return w.checkCA(&s)
}

// checkContent tests whether the client can read the certificate, and takes
// what is in it.
func (w *walk) checkContent(s *step) fault {
	b, n := w.b, s.n
	where := inIssuer
	switch {
	case s.e == nil && len(w.d.list) > 0 && n == w.d.list[0]:
		where = inLeaf
	case s.e != nil && trusted(s.e):
		where = inAnchor
	}
	if where != inAnchor && n.odd&b.Refuse != 0 {
		return fault{what: oddEntry, at: n, odd: n.odd & b.Refuse}
	}
	if f := w.checkTraits(n, where); f.what != nothing {
		return f
	}
	if b.MaxCert > 0 && len(n.c.Raw) > b.MaxCert {
		return fault{what: certTooLarge, at: n, n: len(n.c.Raw), limit: b.MaxCert}
	}
	return fault{}
}

// checkValidity tests dates, and extensions that the client must know.
func (w *walk) checkValidity(s *step) fault {
	b, n, c := w.b, s.n, s.n.c
	if s.tests&Dates != 0 && !n.valid && !(s.last && b.FarDates && len(w.path) == 1) {
		return fault{what: outOfDate, at: n}
	}
	if b.V1Span && s.e != nil && trusted(s.e) && c.Version < 3 {
		if child := s.e.child; child.c.NotBefore.Before(c.NotBefore) || child.c.NotAfter.After(c.NotAfter) {
			return fault{what: shortSpan, at: n, by: child}
		}
	}
	if s.tests&Unknown != 0 && len(c.UnknownCritical) > 0 {
		return fault{what: unknownCritical, at: n}
	}
	return fault{}
}

// checkStrength tests keys, and the algorithm of the signature.
func (w *walk) checkStrength(s *step) fault {
	b, n := w.b, s.n
	switch {
	case s.tests&Algorithms != 0 && !s.last && n.hash < b.MinHash:
		return fault{what: weakHash, at: n}
	case s.tests&Algorithms != 0 && n.rsa > 0 && n.rsa < b.MinRSA:
		return fault{what: weakKey, at: n, n: n.rsa, limit: b.MinRSA}
	case b.MaxRSA > 0 && n.rsa > b.MaxRSA:
		return fault{what: longKey, at: n, n: n.rsa, limit: b.MaxRSA}
	case s.last && b.RootSignature && n.selfish && w.d.signed(w.self(n)) == chain.No:
		return fault{what: badSignature, at: n, by: n}
	case b.NoECDSA2 && n.sha2EC:
		return fault{what: unknownAlgorithm, at: n}
	}
	return fault{}
}

// checkCA tests whether a certificate above the leaf may issue what is below it.
func (w *walk) checkCA(s *step) fault {
	b, n, c, tests := w.b, s.n, s.n.c, s.tests
	switch {
	case tests&CA != 0 && !w.isCA(n):
		return fault{what: notCA, at: n}
	case tests&CertSign != 0 && c.HasKeyUsage && c.KeyUsage&cert.CertSign == 0 &&
		!(b.EmptyUsageCA && c.Traits.Has(cert.KeyUsageEmpty)):
		return fault{what: cannotSign, at: n}
	case tests&PathLen != 0 && c.MaxPathLen >= 0 && s.below > c.MaxPathLen && !(b.SelfIssuedFree && n.selfish):
		return fault{what: pathLength, at: n, n: s.below, limit: c.MaxPathLen}
	case tests&EKU != 0 && c.EKU != nil && !w.servesTLS(c):
		return fault{what: notForTLS, at: n}
	case tests&KeyID != 0 && s.e.keyID < 0, tests&IssuerSerial != 0 && !s.e.serial:
		return fault{what: identifiers, at: s.e.child, by: n}
	case tests&NameLimits != 0 && c.NameConstraints != nil:
		return w.checkLimits(n, s.e)
	}
	return fault{}
}

// checkLeaf tests what only the end-entity certificate is held to.
func (w *walk) checkLeaf(n *node) fault {
	b, c := w.b, n.c
	if len(w.d.list) == 0 || n != w.d.list[0] {
		return fault{} // another entry that the client verifies for itself
	}
	switch {
	case b.LeafCA && c.IsCA:
		return fault{what: leafIsCA, at: n}
	case w.lacksUsage(c):
		return fault{what: leafUsage, at: n}
	case b.LeafEncipher && n.rsa > 0 && c.HasKeyUsage && c.KeyUsage&cert.KeyEncipherment == 0:
		return fault{what: leafEncipher, at: n}
	case b.LeafEKU && !c.ForTLS() && !(b.EmptyEKU && len(c.EKU) == 0):
		return fault{what: notForTLS, at: n}
	}
	return fault{}
}

// servesTLS says whether a CA certificate's extended key usage includes TLS
// servers, to this client.
func (w *walk) servesTLS(c *cert.Certificate) bool {
	if w.b.EmptyEKU && len(c.EKU) == 0 {
		return true
	}
	for _, oid := range c.EKU {
		switch oid {
		case cert.ServerAuth, cert.NetscapeSGC, cert.MicrosoftSGC:
			return true
		case cert.ClientAuth:
			if w.b.ClientEKU {
				return true
			}
		case cert.AnyEKU:
			if w.b.AnyEKU {
				return true
			}
		}
	}
	return false
}

// lacksUsage reports whether the leaf's key usage forbids what the handshake
// needs of the key, to this client.
func (w *walk) lacksUsage(c *cert.Certificate) bool {
	b, tls := w.b, w.d.q.TLS
	if !c.HasKeyUsage || b.EmptyUsage && c.KeyUsage == 0 {
		return false
	}
	if b.LeafAnyUsage && c.KeyUsage&(cert.DigitalSignature|cert.KeyEncipherment|cert.KeyAgreement) == 0 {
		return true
	}
	if b.LeafEncipher && c.Key.Kind == cert.EC && c.KeyUsage&(cert.DigitalSignature|cert.KeyAgreement) == 0 {
		return true
	}
	need := cert.DigitalSignature
	if b.Commitment {
		need |= cert.NonRepudiation
	}
	if w.d.q.RSAExchange {
		need = cert.KeyEncipherment
	}
	asked := b.LeafUsage || b.LeafUsageEC12 && c.Key.Kind == cert.EC && tls < tls13 || b.LeafUsage12 && tls < tls13 || b.LeafUsage13 && (tls == 0 || tls >= tls13)
	return asked && c.KeyUsage&need == 0
}

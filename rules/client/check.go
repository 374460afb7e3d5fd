package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// checkList runs the tests that come before any path is built.
func (pb *pathBuilder) checkList() pathError {
	d, b := pb.presented, pb.b
	size := d.size13
	if b.TLS12 {
		size = d.size12
	}
	if b.MaxBytes > 0 && size > b.MaxBytes {
		return pathError{what: tooLarge, n: size, limit: b.MaxBytes}
	}
	if b.MaxEntries > 0 && len(d.entries) > b.MaxEntries {
		return pathError{what: tooMany, n: len(d.entries), limit: b.MaxEntries}
	}
	if d.junk >= 0 && (b.ParseAll || d.junk == 0) {
		return pathError{what: junkEntry, n: d.junk}
	}
	if f := pb.checkReadable(); f.what != nothing {
		return f
	}
	if f := pb.checkHandshake(); f.what != nothing {
		return f
	}
	if d.odd&b.RefuseAll != 0 || b.Critical {
		for _, n := range d.list {
			if n == nil {
				continue
			}
			if n.odd&b.RefuseAll != 0 {
				return pathError{what: oddEntry, at: n, odd: n.odd & b.RefuseAll}
			}
			if b.Critical && criticalNameConstraints(n.c) {
				return pathError{what: constraintsUnread, at: n}
			}
			if b.Critical && len(n.c.UnknownCritical) > 0 {
				return pathError{what: unknownCritical, at: n}
			}
		}
	}
	return pathError{}
}

// check holds the finished path to the client's rules.
func (pb *pathBuilder) check() pathError {
	if f := pb.checkOne(pb.leaf, nil, 0, pb.b.Sent); f.what != nothing {
		return f
	}
	if f := pb.verifier.checkPath(pb); f != nil {
		return *f
	}
	below := 0
	for i, e := range pb.path {
		tests := pb.b.Sent
		if trusted(e) && !pb.conditions.enforced(e.to.c.SHA256) {
			tests = pb.b.Store
		}
		if pb.b.Sent&Signature != 0 && pb.signed(e) == chain.No {
			return pathError{what: badSignature, at: e.child, by: e.to, depth: i}
		}
		if !pb.pssFits(e) {
			return pathError{what: foreignPSS, at: e.child, by: e.to, depth: i}
		}
		if f := pb.checkOne(e.to, e, below, tests); f.what != nothing {
			f.depth = i + 1
			return f
		}
		if !e.to.selfIssued {
			below++
		}
	}
	if f := pb.checkPolicies(); f.what != nothing {
		return f
	}
	return pb.checkConditions()
}

// signed answers as presentedChain.signed does, but for a key for RSASSA-PSS that
// signs by PKCS #1, which some clients take [I:key=pss-none L:sig=sha256].
func (pb *pathBuilder) signed(e *edge) chain.Answer {
	answer := pb.presented.signed(e)
	key := e.to.c.Key
	if answer != chain.No || !pb.b.PSSSignsAll || key.Kind != cert.RSAPSS || key.PSS != nil && pb.b.KeyPSS != KeyPSSIgnored {
		return answer
	}
	issuer := *e.to.c
	issuer.Key.Kind = cert.RSA
	return pb.presented.s.Signed(e.child.c, &issuer)
}

// pssFits reports whether a signature has the parameters that its key asks for,
// to this client.
func (pb *pathBuilder) pssFits(e *edge) bool {
	key, signature := e.to.c.Key.PSS, e.child.c.SignatureAlg.PSS
	switch {
	case key == nil || pb.b.KeyPSS == KeyPSSIgnored:
		return true
	case signature == nil:
		return false // not made by RSASSA-PSS, or by none that can be read
	case pb.b.KeyPSS == KeyPSSHash:
		return signature.Hash == key.Hash
	}
	return signature.Hash == key.Hash && signature.Mask == key.Mask && signature.Salt >= key.Salt
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
func (pb *pathBuilder) checkOne(n *node, e *edge, below int, tests Check) pathError {
	s := step{n, e, below, tests, e != nil && e == pb.path[len(pb.path)-1]}
	f := pb.checkContent(&s)
	if f == nil {
		f = pb.checkValidity(&s)
	}
	if f == nil {
		f = pb.checkStrength(&s)
	}
	if f == nil && e != nil {
		f = pb.checkCA(&s)
	}
	switch {
	case f != nil:
		return *f
	case e == nil:
		return pb.checkLeaf(n)
	case tests&NameLimits != 0 && n.c.NameConstraints != nil:
		return pb.checkNameConstraints(n, e)
	}
	return pathError{}
}

// checkContent tests whether the client can read the certificate, and takes
// what is in it. Like the other groups of tests it gives nil where all is well.
func (pb *pathBuilder) checkContent(s *step) *pathError {
	b, n := pb.b, s.n
	where := inIssuer
	switch {
	case s.e == nil && len(pb.presented.list) > 0 && n == pb.presented.list[0]:
		where = inLeaf
	case s.e != nil && trusted(s.e):
		where = inAnchor
	}
	if where != inAnchor && n.odd&b.Refuse != 0 {
		return &pathError{what: oddEntry, at: n, odd: n.odd & b.Refuse}
	}
	if f := pb.checkTraits(n, where); f.what != nothing {
		fault := f // nothing is allocated where all is well
		return &fault
	}
	if b.MaxCert > 0 && len(n.c.Raw) > b.MaxCert {
		return &pathError{what: certTooLarge, at: n, n: len(n.c.Raw), limit: b.MaxCert}
	}
	return nil
}

// checkValidity tests dates, and extensions that the client must know.
func (pb *pathBuilder) checkValidity(s *step) *pathError {
	b, n, c := pb.b, s.n, s.n.c
	if s.tests&Dates != 0 && !pb.valid(n) && !(s.last && b.AnchorDatesIfIntermediates && len(pb.path) == 1) {
		return &pathError{what: outOfDate, at: n}
	}
	if b.V1AnchorMustCover && s.e != nil && trusted(s.e) && c.Version < 3 {
		if child := s.e.child; child.c.NotBefore.Before(c.NotBefore) || child.c.NotAfter.After(c.NotAfter) {
			return &pathError{what: shortSpan, at: n, by: child}
		}
	}
	if s.tests&Unknown != 0 && len(c.UnknownCritical) > 0 {
		return &pathError{what: unknownCritical, at: n}
	}
	return nil
}

// checkStrength tests keys, and the algorithm of the signature.
func (pb *pathBuilder) checkStrength(s *step) *pathError {
	b, n := pb.b, s.n
	switch {
	case s.tests&Algorithms != 0 && !s.last && n.hash < b.MinHash && !(b.AnyHashPSS && n.c.SignatureAlg.PSS != nil):
		return &pathError{what: weakHash, at: n}
	case s.tests&Algorithms != 0 && n.rsa > 0 && n.rsa < b.MinRSA:
		return &pathError{what: weakKey, at: n, n: n.rsa, limit: b.MinRSA}
	case b.MaxRSA > 0 && n.rsa > b.MaxRSA:
		return &pathError{what: longKey, at: n, n: n.rsa, limit: b.MaxRSA}
	case s.last && b.RootSignature && n.selfIssued && pb.presented.signed(pb.self(n)) == chain.No:
		return &pathError{what: badSignature, at: n, by: n}
	case b.NoECDSA2 && n.sha2EC:
		return &pathError{what: unknownAlgorithm, at: n}
	}
	return nil
}

// checkCA tests whether a certificate above the leaf may issue what is below it.
func (pb *pathBuilder) checkCA(s *step) *pathError {
	b, n, c, tests := pb.b, s.n, s.n.c, s.tests
	switch {
	case tests&CA != 0 && !pb.isCA(n):
		return &pathError{what: notCA, at: n}
	case tests&CertSign != 0 && c.HasKeyUsage && c.KeyUsage&cert.CertSign == 0 &&
		!(b.EmptyUsageCA && c.Traits.Has(cert.KeyUsageEmpty)):
		return &pathError{what: cannotSign, at: n}
	case tests&PathLen != 0 && c.MaxPathLen >= 0 && s.below > c.MaxPathLen && !(b.SelfIssuedFree && n.selfIssued):
		return &pathError{what: pathLength, at: n, n: s.below, limit: c.MaxPathLen}
	case tests&EKU != 0 && c.EKU != nil && !pb.servesTLS(c):
		return &pathError{what: notForTLS, at: n}
	case tests&KeyID != 0 && s.e.keyID < 0, tests&IssuerSerial != 0 && !s.e.serial:
		return &pathError{what: identifiers, at: s.e.child, by: n}
	}
	return nil
}

// checkLeaf tests what only the end-entity certificate is held to.
func (pb *pathBuilder) checkLeaf(n *node) pathError {
	b, c := pb.b, n.c
	if len(pb.presented.list) == 0 || n != pb.presented.list[0] {
		return pathError{} // another entry that the client verifies for itself
	}
	switch {
	case b.NameConstraints == ConstraintsUnknown && criticalNameConstraints(c):
		return pathError{what: constraintsUnread, at: n} // [L:nc=+dns:test.example]
	case b.LeafCA && c.IsCA:
		return pathError{what: leafIsCA, at: n}
	case pb.lacksUsage(c):
		return pathError{what: leafUsage, at: n}
	case b.LeafEncipher && n.rsa > 0 && c.HasKeyUsage && c.KeyUsage&cert.KeyEncipherment == 0:
		return pathError{what: leafEncipher, at: n}
	case b.LeafEKU && !pb.leafFor(c) && !(b.EmptyEKU && len(c.EKU) == 0):
		return pathError{what: notForTLS, at: n}
	}
	return pathError{}
}

// leafFor reports whether the leaf's extended key usage allows what it is shown
// for.
func (pb *pathBuilder) leafFor(c *cert.Certificate) bool {
	if pb.b.ForClients {
		return c.ForClients()
	}
	return c.ForTLS()
}

// servesTLS reports whether a CA certificate's extended key usage includes TLS
// servers, to this client, or clients, to a server.
func (pb *pathBuilder) servesTLS(c *cert.Certificate) bool {
	if pb.b.EmptyEKU && len(c.EKU) == 0 {
		return true
	}
	if pb.b.UnknownEKU && !slices.ContainsFunc(c.EKU, cert.EKUHasName) {
		return true
	}
	for _, oid := range c.EKU {
		switch oid {
		case cert.ServerAuth, cert.NetscapeSGC, cert.MicrosoftSGC:
			if !pb.b.ForClients {
				return true
			}
		case cert.ClientAuth:
			if pb.b.ClientEKU || pb.b.ForClients {
				return true
			}
		case cert.AnyEKU:
			if pb.b.AnyEKU {
				return true
			}
		}
	}
	return false
}

// lacksUsage reports whether the leaf's key usage forbids what the handshake
// needs of the key, to this client.
func (pb *pathBuilder) lacksUsage(c *cert.Certificate) bool {
	b, tls := pb.b, pb.presented.q.TLS
	if !c.HasKeyUsage || b.EmptyUsage && c.KeyUsage == 0 {
		return false
	}
	some := cert.DigitalSignature | cert.KeyEncipherment | cert.KeyAgreement
	if b.ForClients {
		some &^= cert.KeyEncipherment // a client's key encrypts nothing
	}
	if b.LeafAnyUsage && c.KeyUsage&some == 0 {
		return true
	}
	if b.LeafEncipher && c.Key.Kind == cert.EC && c.KeyUsage&(cert.DigitalSignature|cert.KeyAgreement) == 0 {
		return true
	}
	need := cert.DigitalSignature
	if b.Commitment {
		need |= cert.NonRepudiation
	}
	if pb.presented.q.RSAExchange {
		need = cert.KeyEncipherment
	}
	asked := b.LeafUsage || b.LeafUsageEC12 && c.Key.Kind == cert.EC && tls < tls13 ||
		b.LeafUsage12 && tls < tls13 || b.LeafUsage13 && (tls == 0 || tls >= tls13)
	return asked && c.KeyUsage&need == 0
}

package rules

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

// nothingHelps begins the advice where every change of the list was tried.
const nothingHelps = "Nothing that is known here and could be sent helps:"

// reissue says what a certificate must have that no list can supply: which one
// has to be issued anew, and with what in it; or that the client's store has to
// change.
func (s *Subject) reissue(p client.Problem) string {
	if p.Code == client.CodeWrongName {
		return fmt.Sprintf("Have the server's certificate reissued with a subject alternative name for %s that this client compares as equal.",
			s.Name)
	}
	if p.Code == client.CodeHostRefused {
		if name, dot := strings.CutSuffix(s.Name, "."); dot {
			return fmt.Sprintf("Have clients connect to %s, without the dot at the end.", name)
		}
		return fmt.Sprintf("No certificate for %s helps: for this client the server needs another name, and a certificate that holds it.", s.Name)
	}
	if other := s.otherIssuer(p); other != "" {
		return other
	}
	if needs := s.needs(p); needs != "" {
		return s.anew(p.At) + " " + needs + "."
	}
	if s.Judge.Client != nil {
		switch p.Code {
		case client.CodePathTooLong:
			return deeper
		case client.CodeStoreOnly:
			return "Have the server trust the root too: to it, no path ends at an intermediate."
		case client.CodeUntrustedRoot, client.CodeRootNotHeld, client.CodeSelfSignedLeaf, client.CodeNoIssuer:
			return "Have the server trust the CA, or take a client certificate of one that it trusts."
		}
	}
	switch p.Code {
	case client.CodeOutOfDate:
		return s.renewal(p)
	case client.CodeUntrustedRoot, client.CodeRootNotHeld:
		return fmt.Sprintf("%s the client needs the root %q in its store, or the server a certificate of a CA that the client trusts.",
			nothingHelps, title(p.At.Cert))
	case client.CodeLeafIsAnchor:
		return "Install a certificate of a CA that the client trusts: it takes no server's own certificate as an anchor."
	case client.CodeSelfSignedLeaf:
		return "Install a certificate of a CA that the client trusts, or give the client this one as an anchor."
	case client.CodeNoIssuer, client.CodeBadSignature, client.CodeBadAnchor, client.CodeListOnly, client.CodeStoreOnly, client.CodeBadFirst:
		return nothingHelps + " the client needs a root in its store to which the list leads, " +
			"or the server a certificate of a CA that the client trusts."
	case client.CodeTooMany:
		return fmt.Sprintf("%s no list of %d certificates makes a path; a certificate of a CA with fewer intermediates does.", nothingHelps,
			p.Limit)
	case client.CodePathTooLong, client.CodeBudgetSpent:
		return nothingHelps + " the path has too many certificates for the client; a certificate of a CA with fewer intermediates has less."
	case client.CodeTooLarge:
		return fmt.Sprintf("%s no list of %d bytes makes a path; ECDSA certificates are half the size.", nothingHelps, p.Limit)
	case client.CodeWrongOrder, client.CodeLeafNotFirst, client.CodeUselessEntry:
		return "No list in the right order helps: also the path by itself is refused, " +
			"for what the other findings say or for a root that the client does not have."
	case client.CodeJunkEntry:
		return "Put a certificate where the bytes are that are none."
	}
	return nothingHelps + " the certificate has to be issued again without what the client refuses."
}

// otherIssuer says that an issuer has to be another one, where it cannot be issued
// anew: by its key it has signed what is below it, and a server's own certificate no
// CA makes a CA of. Empty: it can, or is the leaf.
func (s *Subject) otherIssuer(p client.Problem) string {
	c := p.At.Cert
	if c == nil || c == s.leaf() {
		return ""
	}
	key := p.Code == client.CodeWeakKey || p.Code == client.CodeLongKey || p.Code == client.CodeTrait && p.Trait <= cert.NegativeKey
	place := fmt.Sprintf("%q", title(c))
	if p.At.Presented() {
		place = s.at(p.At.Position)
	}
	switch {
	case key && p.At.InStore():
		return fmt.Sprintf("The key of the root %q in the client's store is at fault: the client needs another root, or the server "+
			"a certificate of a CA whose root it has.", title(c))
	case key:
		return fmt.Sprintf("Have the certificate issued by a CA whose own is %s: with a new key, %s would no longer be its issuer.",
			s.needs(p), place)
	case p.Code == client.CodeNotCA && c.HasNames() && !p.At.InStore():
		return fmt.Sprintf("Have the certificate issued by a CA: %s is a server's own, and may not issue others.", place)
	}
	return ""
}

// deeper is for servers that count certificates: each in its own way.
const deeper = "Raise the depth that the server takes: `ssl_verify_depth` of nginx, which counts intermediates, " +
	"or `SSLVerifyDepth` of Apache, which counts the root too."

// anew names the certificate that has to be issued again, and who does that.
func (s *Subject) anew(p client.Place) string {
	switch {
	case p.Cert == nil || p.Cert == s.leaf() && s.Judge.Client != nil:
		return "Have the certificate reissued"
	case p.Cert == s.leaf():
		return "Have the server's certificate reissued"
	case p.InStore():
		return fmt.Sprintf("The root %q in the client's store is at fault: give the client a certificate of its key", title(p.Cert))
	case p.Presented():
		return fmt.Sprintf("The CA has to reissue %s", s.at(p.Position))
	}
	return fmt.Sprintf("The CA has to reissue %q", title(p.Cert))
}

// needs says what the new certificate must have; empty: it is no matter of one
// certificate's contents.
func (s *Subject) needs(p client.Problem) string {
	c, leaf := p.At.Cert, p.At.Cert != nil && p.At.Cert == s.leaf()
	switch p.Code {
	case client.CodeLeafUsage:
		return "with digitalSignature in its key usage"
	case client.CodeLeafEncipher:
		return "with keyEncipherment in its key usage, or for an ECDSA key"
	case client.CodeLeafIsCA:
		return "with CA:FALSE in its basic constraints"
	case client.CodeNotForTLS:
		if s.Judge.Client != nil && leaf {
			return "with clientAuth in its extended key usage"
		} else if s.Judge.Client != nil {
			return "with clientAuth in its extended key usage, or without that extension"
		}
		if leaf {
			return "with serverAuth in its extended key usage"
		}
		return "with serverAuth in its extended key usage, or without that extension"
	case client.CodeNotCA:
		if leaf {
			return ""
		}
		return "with CA:TRUE in its basic constraints, marked critical"
	case client.CodeCannotSign:
		return "with keyCertSign in its key usage"
	case client.CodePathLength:
		return fmt.Sprintf("with a path length of at least %d in its basic constraints, or without one", p.N)
	case client.CodeIdentifiers:
		return identifiersNeeded(c, p.By.Cert)
	case client.CodeUnknownCritical:
		if len(c.UnknownCritical) == 0 {
			return "without critical extensions that clients do not know"
		}
		return fmt.Sprintf("without the critical extension %s, or with it not critical", strings.Join(c.UnknownCritical, ", "))
	case client.CodeLimitsUnread:
		return "without name constraints"
	case client.CodeNameForbidden:
		return "with name constraints that permit the names of the server's certificate; or take a certificate of another issuer"
	case client.CodeForeignPSS:
		return fmt.Sprintf("with a signature by the RSASSA-PSS parameters of the key of %q", title(p.By.Cert))
	case client.CodeNoValidPolicy:
		return fmt.Sprintf("with a certificate policy that its issuers have, or %q without requireExplicitPolicy", title(p.By.Cert))
	case client.CodeSpelling:
		return fmt.Sprintf("with the issuer's name exactly as it stands in %q", title(p.By.Cert))
	case client.CodeWeakHash, client.CodeUnknownAlgorithm:
		return "with a signature by SHA-256 and RSA or ECDSA"
	case client.CodeWeakKey:
		return fmt.Sprintf("for a key of at least %d bits", p.Limit)
	case client.CodeOddEntry:
		words := make([]string, len(c.Deviations))
		for i, d := range c.Deviations {
			words[i] = string(d)
		}
		return "as RFC 5280 wants it (now: " + strings.Join(words, ", ") + ")"
	case client.CodeTrait:
		return traitNeeded(p.Trait)
	case client.CodeLongKey:
		return fmt.Sprintf("for an RSA key of at most %d bits, or an ECDSA key", p.Limit)
	case client.CodeCertTooLarge:
		return fmt.Sprintf("with at most %d bytes, by fewer names in it", p.Limit)
	case client.CodeShortSpan:
		return "as version 3, with CA:TRUE in its basic constraints"
	}
	return ""
}

// identifiersNeeded says what the authority key identifier of c must be, so that
// it fits its issuer.
func identifiersNeeded(c, issuer *cert.Certificate) string {
	if c == nil || issuer == nil {
		return "with an authority key identifier that fits its issuer"
	}
	wants := ""
	if len(c.AKI) > 0 && len(issuer.SKI) > 0 && !bytes.Equal(c.AKI, issuer.SKI) {
		wants = fmt.Sprintf("with the key identifier %X of %q in its authority key identifier (now %X)", issuer.SKI, title(issuer), c.AKI)
	}
	if c.AKIIssuer != nil || c.AKISerial != nil {
		if wants == "" {
			return fmt.Sprintf("with an authority key identifier without issuer and serial number, or with those of %q", title(issuer))
		}
		return wants + ", without issuer or serial number there"
	}
	if wants == "" {
		return fmt.Sprintf("with an authority key identifier that fits %q", title(issuer))
	}
	return wants
}

// traitNeeded says what a certificate must have in place of a trait that some
// client does not take.
func traitNeeded(t cert.Trait) string {
	switch {
	case t <= cert.NegativeKey:
		return "for a key that all clients know: RSA of 2048 bits or ECDSA on P-256"
	case t <= cert.SignedUnknown:
		return "with a signature by SHA-256 and RSA or ECDSA"
	}
	switch t {
	case cert.EKUAny, cert.EKUStepUp, cert.EKUOther, cert.EKUEmpty:
		return "with serverAuth in its extended key usage"
	case cert.EKUCritical:
		return "with an extended key usage that is not critical"
	case cert.NoAKI:
		return "with an authority key identifier"
	case cert.CAWithoutSKI:
		return "with a subject key identifier"
	case cert.CAWithoutUsage:
		return "with keyCertSign and cRLSign in its key usage"
	case cert.CALooseConstraints:
		return "with basic constraints marked critical"
	case cert.NoConstraints:
		return "with CA:TRUE in its basic constraints, marked critical"
	case cert.KeyUsageEmpty:
		return "with digitalSignature in its key usage"
	case cert.PathLenNoCA:
		return "without a path length in its basic constraints"
	case cert.CriticalAKI, cert.CriticalSKI, cert.CriticalAIA, cert.CriticalCRL, cert.CriticalIAN, cert.CriticalNSType,
		cert.CriticalUnknown, cert.CriticalPolicyConstraints, cert.CriticalPolicyMappings, cert.CriticalInhibitAny, cert.CriticalPolicies:
		return "with that extension not critical (now: " + t.Phrase() + ")"
	case cert.CriticalNamedPolicy, cert.CriticalQualifier, cert.CriticalUnknownQualifier:
		return "with certificate policies that are not critical"
	case cert.EmptySubject, cert.EmptySubjectSAN:
		return "with a subject, or with critical subject alternative names"
	case cert.Version1, cert.Version4, cert.OldWithExtensions, cert.NoExtensions, cert.EmptyExtensions:
		return "as version 3, with the extensions that RFC 5280 wants"
	}
	return "without " + t.Phrase()
}

// renewal says what to do about a certificate that is out of date and that no
// list avoids.
func (s *Subject) renewal(p client.Problem) string {
	switch {
	case p.At.Cert == s.leaf():
		return "Renew the server's certificate."
	case p.At.InStore():
		return fmt.Sprintf("%s the root %q in the client's own store is out of date; the client needs a newer root, "+
			"or the server a certificate of a CA whose root it has.",
			nothingHelps, title(p.At.Cert))
	}
	return fmt.Sprintf("%s the CA has to certify the key of %q anew, or the server's certificate has to come from its current intermediate.",
		nothingHelps, title(p.At.Cert))
}

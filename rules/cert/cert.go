// Package cert is our own lenient view of an X.509 certificate.
//
// crypto/x509 refuses certificates that many TLS clients take without a
// murmur: negative serial numbers, trailing bytes, duplicate extensions, odd
// keys. This package reads what chains are judged by (RFC 5280 section 4) and
// notes every such oddity as a [Deviation], so that a client's strictness can be
// a parameter of that client. It decides nothing about trust, checks no
// signature, and does no I/O.
package cert

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A Certificate is what chains are judged by. All byte slices alias Raw and
// must not be changed. A certificate that is known from a fact table only has
// no Raw, TBS and Signature; SignedBy then names the key that signed it, as
// the table's generator verified.
type Certificate struct {
	Raw      []byte
	SHA256   Hash
	TBS      []byte
	SignedBy Hash // facts only: SHA-256 of the SPKI of the key that signed this; zero: unknown

	Version      int    // 1, 2 or 3; what follows is read as 3
	Serial       []byte // INTEGER content octets, two's complement
	Issuer       Name
	Subject      Name
	NotBefore    time.Time
	NotAfter     time.Time
	Key          Key
	SignatureAlg SignatureAlg
	Signature    []byte

	HasBasicConstraints bool
	IsCA                bool
	criticalConstraints bool
	MaxPathLen          int // -1: no limit given
	HasKeyUsage         bool
	KeyUsage            KeyUsage
	EKU                 []string // dotted OIDs; nil: extension absent
	SKI                 []byte
	AKI                 []byte // keyIdentifier of the AKI; nil: absent
	AKIIssuer           []byte // DER of the directoryName in the AKI; nil: absent
	AKISerial           []byte
	DNSNames            []string // raw bytes of each dNSName as sent
	IPs                 []netip.Addr
	URIs                []string  // of the subject alternative names
	Emails              []string  // rfc822Names of the SAN
	RareNames           RareForms // what else is among the SAN
	HasSAN              bool
	criticalSAN         bool
	NameConstraints     *NameConstraints
	CAIssuers           []string     // AIA caIssuers URIs, in order
	OCSP                []string     // AIA OCSP URIs, in order
	CRLs                []string     // CRL distribution point URIs, in order
	SCTs                []time.Time  // of the embedded signed certificate timestamps, unverified
	Policies            []string     // dotted OIDs
	PolicyRules         *PolicyRules // nil: it makes none
	UnknownCritical     []string     // dotted OIDs of critical extensions this package does not know

	Deviations []Deviation
	Traits     Traits // but those of Key and SignatureAlg, which have their own
}

// KeyUsage holds the bits of RFC 5280 section 4.2.1.3 that chains are judged by.
type KeyUsage uint16

// Bits of [KeyUsage], in the order of RFC 5280 section 4.2.1.3.
const (
	DigitalSignature KeyUsage = 1 << iota
	NonRepudiation
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	CertSign
	CRLSign
)

// keyUsages are the names of KeyUsage's bits in RFC 5280 section 4.2.1.3.
var keyUsages = [...]string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
	"keyAgreement", "keyCertSign", "cRLSign"}

// Names lists the usages by their names in RFC 5280 section 4.2.1.3.
func (u KeyUsage) Names() (names []string) {
	for i, name := range keyUsages {
		if u&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// A Deviation is one way in which a certificate departs from RFC 5280 that
// some clients refuse and others do not notice.
type Deviation string

// The deviations that [Parse] notices. They are part of the JSON contract.
const (
	NegativeSerial     Deviation = "negative-serial"
	ZeroSerial         Deviation = "zero-serial"
	LongSerial         Deviation = "long-serial" // over 20 octets
	TrailingData       Deviation = "trailing-data"
	DuplicateExtension Deviation = "duplicate-extension"
	ExtensionsInOld    Deviation = "extensions-before-v3"
	AlgorithmMismatch  Deviation = "algorithm-mismatch" // inner and outer signature algorithm differ
	BadExtension       Deviation = "malformed-extension"
	BadKey             Deviation = "malformed-key"
	BadTime            Deviation = "malformed-time" // not in the form of RFC 5280 section 4.1.2.5
	BadString          Deviation = "malformed-string"
	BadSerial          Deviation = "malformed-serial" // padded INTEGER
	BadVersion         Deviation = "unknown-version"  // after 3
	NotDER             Deviation = "not-der"          // an encoding that is BER and not DER
)

// Has reports whether the certificate has the deviation d.
func (c *Certificate) Has(d Deviation) bool {
	for _, x := range c.Deviations {
		if x == d {
			return true
		}
	}
	return false
}

func (c *Certificate) note(d Deviation) {
	if !c.Has(d) {
		c.Deviations = append(c.Deviations, d)
	}
}

// SelfIssued reports whether subject and issuer are the same name.
func (c *Certificate) SelfIssued() bool { return c.Subject.Canon == c.Issuer.Canon }

// ValidAt reports whether t lies in the validity period, both ends included
// (RFC 5280 section 4.1.2.5).
func (c *Certificate) ValidAt(t time.Time) bool {
	return !t.Before(c.NotBefore) && !t.After(c.NotAfter)
}

// ForTLS reports whether the extended key usage lets the certificate, or what is
// below it, serve TLS: absent, serverAuth, anyExtendedKeyUsage, or one of the
// old server-gated-crypto purposes.
func (c *Certificate) ForTLS() bool {
	if c.EKU == nil {
		return true
	}
	for _, oid := range c.EKU {
		switch oid {
		case ServerAuth, AnyEKU, NetscapeSGC, MicrosoftSGC:
			return true
		}
	}
	return false
}

// ForClients reports whether the extended key usage lets the certificate stand
// for a TLS client: absent, clientAuth or anyExtendedKeyUsage.
func (c *Certificate) ForClients() bool {
	return c.EKU == nil || slices.Contains(c.EKU, ClientAuth) || slices.Contains(c.EKU, AnyEKU)
}

// Extended key usages that matter to TLS clients.
const (
	ServerAuth   = "1.3.6.1.5.5.7.3.1"
	ClientAuth   = "1.3.6.1.5.5.7.3.2"
	AnyEKU       = "2.5.29.37.0"
	NetscapeSGC  = "2.16.840.1.113730.4.1"
	MicrosoftSGC = "1.3.6.1.4.1.311.10.3.3"
)

// ekuNames are the names of RFC 5280 section 4.2.1.12 and of those old ones.
var ekuNames = map[string]string{
	ServerAuth: "serverAuth", ClientAuth: "clientAuth", AnyEKU: "anyExtendedKeyUsage",
	NetscapeSGC: "nsSGC", MicrosoftSGC: "msSGC",
	"1.3.6.1.5.5.7.3.3": "codeSigning", "1.3.6.1.5.5.7.3.4": "emailProtection",
	"1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "OCSPSigning",
}

// EKUHasName reports whether an extended key usage is one that has a name.
func EKUHasName(oid string) bool { return ekuNames[oid] != "" }

// EKUNames gives the names of extended key usages, and the OIDs of those that
// have none here.
func EKUNames(oids []string) []string {
	names := make([]string, len(oids))
	for i, oid := range oids {
		names[i] = oid
		if name, ok := ekuNames[oid]; ok {
			names[i] = name
		}
	}
	return names
}

// FetchableIssuers are the caIssuers URLs that clients fetch from: http alone.
// https would need the trust that is being built, and ldap and file URLs lead
// nowhere outside the CA's own network (RFC 5280 sections 4.2.2.1 and 8).
func (c *Certificate) FetchableIssuers() (urls []string) {
	for _, u := range c.CAIssuers {
		if len(u) > 7 && strings.EqualFold(u[:7], "http://") {
			urls = append(urls, u)
		}
	}
	return urls
}

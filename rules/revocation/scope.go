package revocation

import (
	"encoding/asn1"
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
)

// A scope is which certificates a CRL speaks of (issuing distribution point, RFC
// 5280 section 5.2.5). The zero value is all of its issuer.
type scope struct {
	partitioned bool     // those alone whose distribution point is one of urls
	urls        []string // of the point
	leaves, cas bool     // those alone
	attributes  bool     // attribute certificates alone
	someReasons bool     // of those revoked for some reasons alone
	indirect    bool     // also those of other issuers
}

// The bounds of a distribution point. Those of CAs have a URL or two.
const (
	maxPointURLs = 100
	maxPointURL  = 4 << 10 // bytes
)

// readExtensions reads the extensions of the list itself.
func (l *List) readExtensions(in cryptobyte.String) error {
	var list cryptobyte.String
	if !in.ReadASN1(&list, cbasn1.SEQUENCE) {
		return errors.New("its extensions cannot be read")
	}
	return forEachExtension(list, func(oid string, critical bool, value cryptobyte.String) error {
		switch {
		case oid == "2.5.29.27":
			l.fault = "it says only what is new since another one (delta CRL), which is not supported"
		case oid == "2.5.29.28":
			if !l.scope.read(value) {
				return errors.New("what it is about (issuing distribution point) cannot be read")
			}
			if l.scope.indirect {
				l.fault = "it lists certificates of other issuers (indirect CRL), which is not supported"
			}
		case oid == "2.5.29.20", oid == "2.5.29.35": // its number, and the key's identifier
		case critical:
			l.fault = "it has a critical extension that is not known (" + oid[:min(len(oid), 100)] + ")"
		}
		return nil
	})
}

func (s *scope) read(value cryptobyte.String) bool {
	var in, point, full cryptobyte.String
	var named bool
	if !value.ReadASN1(&in, cbasn1.SEQUENCE) ||
		!in.ReadOptionalASN1(&point, &s.partitioned, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!point.ReadOptionalASN1(&full, &named, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	for !full.Empty() {
		var name cryptobyte.String
		var tag cbasn1.Tag
		if !full.ReadAnyASN1(&name, &tag) {
			return false
		}
		if tag != cbasn1.Tag(6).ContextSpecific() { // no URI
			continue
		}
		if len(s.urls) >= maxPointURLs || len(name) > maxPointURL {
			return false
		}
		s.urls = append(s.urls, string(name))
	}
	for _, flag := range []struct {
		tag  uint8
		into *bool
	}{{1, &s.leaves}, {2, &s.cas}, {3, &s.someReasons}, {4, &s.indirect}, {5, &s.attributes}} {
		var bits cryptobyte.String
		var there bool
		if !in.ReadOptionalASN1(&bits, &there, cbasn1.Tag(flag.tag).ContextSpecific()) {
			return false
		}
		// Reasons are a BIT STRING, the others a BOOLEAN.
		*flag.into = there && (flag.tag == 3 || len(bits) == 1 && bits[0] != 0)
	}
	return in.Empty()
}

// lacks says why a certificate is none of those that the list is about; empty:
// it is one.
func (s *scope) lacks(c *cert.Certificate) string {
	switch {
	case s.attributes, s.leaves && c.IsCA, s.cas && !c.IsCA:
		return "it is about another kind of certificates"
	case s.partitioned && !slices.ContainsFunc(s.urls, func(url string) bool { return slices.Contains(c.CRLs, url) }):
		return "it is a part of the CA's CRL that is for other certificates"
	}
	return ""
}

// forEachExtension reads what stands in an Extensions.
func forEachExtension(in cryptobyte.String, f func(oid string, critical bool, value cryptobyte.String) error) error {
	for !in.Empty() {
		var extension, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !in.ReadASN1(&extension, cbasn1.SEQUENCE) || !extension.ReadASN1ObjectIdentifier(&oid) ||
			extension.PeekASN1Tag(cbasn1.BOOLEAN) && !extension.ReadASN1Boolean(&critical) ||
			!extension.ReadASN1(&value, cbasn1.OCTET_STRING) {
			return errors.New("an extension cannot be read")
		}
		if err := f(oid.String(), critical, value); err != nil {
			return err
		}
	}
	return nil
}

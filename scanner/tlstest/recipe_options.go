package tlstest

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// option applies one option of a certificate's statement:
//
//	cn=NAME  subject="CN=..,O=.."     see parseName
//	from=DATE  to=DATE                RFC 3339, a date, or days from at: -30d, +60d
//	keytype=p256|...|rsa2048|ed25519  see NewKey
//	key=NAME  newkey                  NAME's key; a key of its own (for copy)
//	alg=md5|sha1|sha256|sha384|sha512
//	signedby=NAME  corrupt            a signature by another key; a broken one
//	san=a,b  nosan                    DNS names and addresses
//	ca=true|false  pathlen=N
//	eku=server,client,any | none      ku=none|nocertsign|server|encipher|keyencipherment
//	ski=none|of:NAME|bad
//	aki=none|of:NAME|bad|issuerserial:NAME
//	nc=permit:example.test,exclude:example.org
//	aia=URL,...  policy=OID,...
//	staple                demands a stapled OCSP response
//	serial=N  v1  trailing  dupext  critical  pad=N
//
// encipher is server and what RSA key exchange needs beside. trailing puts two bytes behind the certificate's end, dupext repeats the
// subject key identifier (or first extension), critical adds an unknown critical one, and pad one of N
// bytes that nobody minds.
func (r *Recipe) option(label string, t *Template, w word) (err error) {
	if set, ok := flags()[w.name]; ok {
		if w.hasValue {
			return fmt.Errorf("%s takes no value", w.name)
		}
		set(t)
		if w.name == "newkey" {
			t.Key, err = NewKey(label, "p256")
		}
		return err
	}
	if !w.hasValue {
		return fmt.Errorf("no option %q", w.name)
	}
	switch w.name {
	case "cn":
		t.RawSubject, err = encodeName(attribute{Type: "C", Value: "XX"}, attribute{Type: "O", Value: "Example Trust Services"},
			attribute{Type: "CN", Value: w.value})
	case "subject":
		t.RawSubject, err = parseName(w.value)
	case "from":
		t.NotBefore, err = r.time(w.value)
	case "to":
		t.NotAfter, err = r.time(w.value)
	case "keytype":
		t.SubjectKeyId = nil
		t.Key, err = NewKey(label, w.value)
	case "alg":
		t.Hash, err = choose(w.value, map[string]crypto.Hash{"md5": crypto.MD5, "sha1": crypto.SHA1, "sha256": crypto.SHA256,
			"sha384": crypto.SHA384, "sha512": crypto.SHA512})
	case "key", "signedby":
		var c *Cert
		if c, err = r.cert(w.value); err == nil && w.name == "key" {
			t.Key, t.SubjectKeyId = c.Key, nil
		} else if err == nil {
			t.SignedBy = c.Key
		}
	case "serial":
		serial, ok := new(big.Int).SetString(w.value, 0)
		if !ok {
			return fmt.Errorf("serial=%s: want a number, such as -5 or 0x1f", w.value)
		}
		t.SerialNumber = serial
	default:
		return r.extension(t, w)
	}
	return err
}

// extension sets an option that is about an extension.
func (r *Recipe) extension(t *Template, w word) (err error) {
	switch w.name {
	case "san":
		t.DNSNames, t.IPAddresses = nil, nil
		for _, name := range commas(w.value) {
			if ip := net.ParseIP(name); ip != nil {
				t.IPAddresses = append(t.IPAddresses, ip)
			} else {
				t.DNSNames = append(t.DNSNames, name)
			}
		}
	case "ca":
		t.IsCA, err = choose(w.value, map[string]bool{"true": true, "false": false})
	case "pathlen":
		t.MaxPathLen, err = number(w.value, 1000)
		t.MaxPathLenZero = t.MaxPathLen == 0
	case "eku":
		err = setEKU(t, w.value)
	case "ku":
		t.KeyUsage, err = choose(w.value, map[string]x509.KeyUsage{"none": 0, "nocertsign": x509.KeyUsageCRLSign,
			"server": x509.KeyUsageDigitalSignature, "encipher": x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
			"keyencipherment": x509.KeyUsageKeyEncipherment})
	case "ski":
		t.SubjectKeyId, err = r.keyID(w.value)
	case "aki":
		err = r.setAKI(t, w.value)
	case "nc":
		err = setConstraints(t, w.value)
	case "aia":
		t.IssuingCertificateURL = commas(w.value)
	case "policy":
		for _, text := range commas(w.value) {
			oid, bad := x509.ParseOID(text)
			if bad != nil {
				return bad
			}
			t.Policies = append(t.Policies, oid)
		}
	case "pad":
		var n int
		n, err = number(w.value, 1<<24)
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 2}, Value: make([]byte, n)})
	default:
		return fmt.Errorf("no option %q", w.name+"=")
	}
	if err != nil {
		return fmt.Errorf("%s=%s: %w", w.name, w.value, err)
	}
	return nil
}

// flags are the options without a value.
func flags() map[string]func(*Template) {
	return map[string]func(*Template){
		"staple": func(t *Template) { // RFC 7633: TLS feature status_request
			feature := pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}
			t.ExtraExtensions = append(t.ExtraExtensions, feature)
		},
		"newkey":   func(t *Template) { t.SubjectKeyId = nil },
		"nosan":    func(t *Template) { t.DNSNames, t.IPAddresses = nil, nil },
		"corrupt":  func(t *Template) { t.Corrupt = true },
		"trailing": func(t *Template) { t.Trailing = []byte{0, 0} },
		"v1": func(t *Template) {
			t.Edits = append(t.Edits, func(tbs *TBS) { tbs.Version, tbs.Extensions = 0, nil })
		},
		"dupext": func(t *Template) {
			t.Edits = append(t.Edits, func(tbs *TBS) {
				i := max(0, slices.IndexFunc(tbs.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 14}) }))
				tbs.Extensions = append(tbs.Extensions, tbs.Extensions[i:min(i+1, len(tbs.Extensions))]...)
			})
		},
		"critical": func(t *Template) {
			t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 1}, Critical: true, Value: []byte{5, 0}})
		},
	}
}

// keyID reads none, bad or of:NAME.
func (r *Recipe) keyID(text string) ([]byte, error) {
	switch name, ok := strings.CutPrefix(text, "of:"); {
	case text == "none":
		return []byte{}, nil
	case text == "bad":
		return []byte("this is nobody's key"), nil // 20 bytes, as usual
	case ok:
		c, err := r.cert(name)
		if err != nil {
			return nil, err
		}
		if c.ski == nil {
			return nil, fmt.Errorf("%s has no subject key identifier", name)
		}
		return c.ski, nil
	}
	return nil, errors.New("want none, bad or of:NAME")
}

// setAKI knows, beside the key identifier, the other way to point at an
// issuer: its certificate's own issuer and serial (RFC 5280 section 4.2.1.1).
func (r *Recipe) setAKI(t *Template, text string) (err error) {
	name, ok := strings.CutPrefix(text, "issuerserial:")
	if !ok {
		t.AuthorityKeyId, err = r.keyID(text)
		return err
	}
	c, err := r.cert(name)
	if err != nil {
		return err
	}
	names := c.subject
	if c.issuer != nil {
		names = c.issuer.subject
	}
	directory := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: names}
	der, err := asn1.Marshal(directory)
	if err != nil {
		return err
	}
	value, err := asn1.Marshal(struct {
		KeyID  []byte `asn1:"optional,tag:0"`
		Issuer asn1.RawValue
		Serial *big.Int `asn1:"tag:2"`
	}{c.ski, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: der}, c.serial})
	t.AuthorityKeyId = []byte{}
	t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 35}, Value: value})
	return err
}

func setEKU(t *Template, text string) error {
	t.ExtKeyUsage = nil
	if text == "none" {
		return nil
	}
	for _, name := range commas(text) {
		usage, err := choose(name, map[string]x509.ExtKeyUsage{"server": x509.ExtKeyUsageServerAuth,
			"client": x509.ExtKeyUsageClientAuth, "any": x509.ExtKeyUsageAny})
		if err != nil {
			return err
		}
		t.ExtKeyUsage = append(t.ExtKeyUsage, usage)
	}
	return nil
}

func setConstraints(t *Template, text string) error {
	t.PermittedDNSDomainsCritical = true
	for _, part := range commas(text) {
		kind, domain, _ := strings.Cut(part, ":")
		switch kind {
		case "permit":
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, domain)
		case "exclude":
			t.ExcludedDNSDomains = append(t.ExcludedDNSDomains, domain)
		default:
			return errors.New("want permit:DOMAIN or exclude:DOMAIN")
		}
	}
	return nil
}

// time reads a point in time, or a distance in days from what at says so far.
func (r *Recipe) time(text string) (time.Time, error) {
	days, relative := strings.CutSuffix(text, "d")
	if n, err := strconv.Atoi(days); relative && err == nil {
		return r.At.AddDate(0, 0, n), nil
	}
	return parseTime(text)
}

func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("%q is neither a date (2026-11-22) nor RFC 3339 (2026-11-22T12:00:00Z)", text)
	}
	return at, nil
}

// choose looks a word up among those allowed.
func choose[T any](text string, allowed map[string]T) (T, error) {
	value, ok := allowed[text]
	if !ok {
		return value, fmt.Errorf("%q is none of %s", text, strings.Join(slices.Sorted(maps.Keys(allowed)), ", "))
	}
	return value, nil
}

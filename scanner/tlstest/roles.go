package tlstest

import (
	"crypto/x509"
	"slices"
	"time"
)

// ServerName is the name that leaves are made for by default.
const ServerName = "www.example.test"

// Root makes a self-signed CA certificate, valid from 2016 to 2041.
func Root(label string, mutate ...func(*Template)) (*Cert, error) {
	t := authority(date(2016, 1, 1), date(2041, 1, 1))
	t.AuthorityKeyId = []byte{}
	return finish(t, label, nil, mutate)
}

// Intermediate makes a CA certificate issued by another, valid from 2024 to
// 2034.
func Intermediate(label string, by *Cert, mutate ...func(*Template)) (*Cert, error) {
	return finish(authority(date(2024, 1, 1), date(2034, 1, 1)), label, by, mutate)
}

// Cross makes a cross-certificate: the subject and key of another CA, certified
// by an issuer of its own choice. It is valid from 2024 to 2034.
func Cross(label string, of, by *Cert, mutate ...func(*Template)) (*Cert, error) {
	t := authority(date(2024, 1, 1), date(2034, 1, 1))
	t.RawSubject, t.Key = of.subject, of.Key
	t.SubjectKeyId = append([]byte{}, of.ski...)
	return finish(t, label, by, mutate)
}

// Leaf makes a server certificate for [ServerName], valid for 90 days from
// 2026-10-15. Issued by nil, it is self-signed.
func Leaf(label string, by *Cert, mutate ...func(*Template)) (*Cert, error) {
	t := Template{Certificate: x509.Certificate{
		DNSNames: []string{ServerName}, MaxPathLen: -1, BasicConstraintsValid: true,
		NotBefore: date(2026, 10, 15), NotAfter: date(2026, 10, 15).Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}}
	return finish(t, label, by, mutate)
}

// Copy makes another certificate of the same subject, key and issuer, with
// whatever else mutate changes: a renewal or a twin.
func Copy(label string, of *Cert, mutate ...func(*Template)) (*Cert, error) {
	t := of.made
	t.SerialNumber = nil
	t.Edits, t.ExtraExtensions = slices.Clip(t.Edits), slices.Clip(t.ExtraExtensions)
	t.Policies = slices.Clip(t.Policies)
	t.PermittedDNSDomains, t.ExcludedDNSDomains = slices.Clip(t.PermittedDNSDomains), slices.Clip(t.ExcludedDNSDomains)
	return finish(t, label, of.issuer, mutate)
}

func authority(from, to time.Time) Template {
	return Template{Certificate: x509.Certificate{
		IsCA: true, BasicConstraintsValid: true, MaxPathLen: -1, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}}
}

// finish names the certificate, unless mutate did, and makes it.
func finish(t Template, label string, by *Cert, mutate []func(*Template)) (*Cert, error) {
	for _, m := range mutate {
		m(&t)
	}
	if t.RawSubject == nil && len(t.Subject.ToRDNSequence()) == 0 {
		cn := attribute{Type: "CN", Value: "Example CA " + label}
		if !t.IsCA {
			cn.Value = ServerName
			if len(t.DNSNames) > 0 {
				cn.Value = t.DNSNames[0]
			}
		}
		name, err := encodeName(attribute{Type: "C", Value: "XX"}, attribute{Type: "O", Value: "Example Trust Services"}, cn)
		if err != nil {
			return nil, err
		}
		t.RawSubject = name
	}
	return t.issue(label, by)
}

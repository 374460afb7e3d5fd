package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/install"
)

// A privateKey is the server's, as --key names it.
type privateKey struct {
	file string // as typed; empty: none was named
	pem  []byte
	spki cert.Hash
	key  any
}

func (p *process) privateKey(file string) (privateKey, error) {
	if file == "" {
		return privateKey{}, nil
	}
	data, err := p.readFile(file)
	if err != nil {
		return privateKey{}, usagef("--key %s: %w", file, err)
	}
	spki, err := certfile.PublicKey(data)
	if err != nil {
		return privateKey{}, usagef("--key %s: %w", file, err).hintf("--key takes the server's private key, PEM or DER")
	}
	k := privateKey{file: file, spki: spki}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			block = &pem.Block{Type: "PRIVATE KEY", Bytes: data} // DER
			rest = nil
		}
		if k.key = parseKey(block.Bytes); k.key != nil || rest == nil {
			break
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return privateKey{}, usagef("--key %s: %w", file, err)
	}
	k.pem = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return k, nil
}

func parseKey(der []byte) any {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key
	}
	return nil
}

// form gives the content of one of the server's files.
func (f *fixing) form(file install.File, kind install.Kind, leaf []byte, issuers [][]byte) ([]byte, error) {
	all := append([][]byte{leaf}, issuers...)
	switch file.Form {
	case install.Leaf:
		return chainPEM(leaf), nil
	case install.Issuer:
		return chainPEM(issuers[file.Position-1]), nil
	case install.Issuers:
		return chainPEM(issuers...), nil
	case install.Fullchain:
		return chainPEM(all...), nil
	case install.WithKey:
		return append(chainPEM(all...), f.key.pem...), nil
	case install.Bag:
		bag, err := pkcs7.DegenerateCertificate(bytes.Join(issuers, nil))
		if err != nil {
			return nil, fmt.Errorf("making the PKCS #7 file: %w", err)
		}
		return bag, nil
	case install.KeyStore:
		return f.keyStore(kind, all)
	}
	return nil, fmt.Errorf("no way to write %s", file.Form)
}

func chainPEM(ders ...[]byte) (out []byte) {
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// keyStore makes a PKCS #12 file. Windows before Server 2019 reads the old
// encryption only; all else gets today's.
func (f *fixing) keyStore(kind install.Kind, all [][]byte) ([]byte, error) {
	if f.password == "" {
		return nil, usagef("a PKCS #12 file needs a password").hintf("type --password-file FILE, or set TLSCHAIN_PASSWORD")
	}
	var certs []*x509.Certificate
	for i, der := range all {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot go into a PKCS #12 file: %w", i, err)
		}
		certs = append(certs, c)
	}
	encoder := pkcs12.Modern
	switch kind.ID {
	case "iis", "iis-6", "exchange":
		encoder = pkcs12.LegacyDES
	}
	store, err := encoder.Encode(f.key.key, certs[0], certs[1:], f.password)
	if err != nil {
		return nil, fmt.Errorf("making the PKCS #12 file: %w", err)
	}
	return store, nil
}

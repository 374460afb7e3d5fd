package certfile

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/cert"
)

// PEM writes certificates one after the other.
func PEM(ders ...[]byte) (out []byte) {
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// PKCS7 writes certificates as SignedData that signs nothing (RFC 5652 section
// 5.1): the form that Windows imports intermediates from.
func PKCS7(ders ...[]byte) ([]byte, error) {
	bag, err := pkcs7.DegenerateCertificate(bytes.Join(ders, nil))
	if err != nil {
		return nil, fmt.Errorf("making the PKCS #7 file: %w", err)
	}
	return bag, nil
}

// PKCS12 writes a private key, its certificate and those behind it. old chooses
// the encryption that Windows before Server 2019 can read, in place of today's.
func PKCS12(key PrivateKey, ders [][]byte, password string, old bool) ([]byte, error) {
	var certs []*x509.Certificate
	for i, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot go into a PKCS #12 file: %w", i, err)
		}
		certs = append(certs, c)
	}
	encoder := pkcs12.Modern
	if old {
		encoder = pkcs12.LegacyDES
	}
	store, err := encoder.Encode(key.key, certs[0], certs[1:], password)
	if err != nil {
		return nil, fmt.Errorf("making the PKCS #12 file: %w", err)
	}
	return store, nil
}

// A PrivateKey is a server's.
type PrivateKey struct {
	SPKI cert.Hash // SHA-256 of the public key
	PEM  []byte    // PKCS #8
	key  any
}

// ReadPrivateKey reads a private key as [PublicKey] does, to be written again.
func ReadPrivateKey(data []byte) (PrivateKey, error) {
	spki, err := PublicKey(data)
	if err != nil {
		return PrivateKey{}, err
	}
	k := PrivateKey{SPKI: spki}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			block = &pem.Block{Bytes: data} // DER
			rest = nil
		}
		if k.key = parseKey(block.Bytes); k.key != nil || rest == nil {
			break
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return PrivateKey{}, err
	}
	k.PEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
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

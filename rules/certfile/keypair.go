package certfile

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// KeyPair reads a certificate with its issuers and its private key, both PEM and
// perhaps in one file, for those who present them. Its errors say what the files
// lack.
func KeyPair(certs, key []byte) (tls.Certificate, error) {
	_, isCert, _ := pemKinds(certs)
	isKey, _, encrypted := pemKinds(key)
	switch {
	case !isCert:
		return tls.Certificate{}, errors.New("it holds no certificate as PEM: -----BEGIN CERTIFICATE-----")
	case !isKey:
		return tls.Certificate{}, errors.New("there is no private key as PEM: -----BEGIN PRIVATE KEY-----")
	case encrypted:
		return tls.Certificate{}, errors.New("the private key is encrypted: openssl pkey -in FILE -out NEW writes it without its password")
	}
	pair, err := tls.X509KeyPair(certs, key)
	if err != nil {
		return pair, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "tls: "))
	}
	return pair, nil
}

// pemKinds reports whether there is a private key among the blocks of PEM, and a
// certificate, and whether the first key is encrypted.
func pemKinds(data []byte) (key, certificate, encrypted bool) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return key, certificate, encrypted
		}
		switch {
		case block.Type == "CERTIFICATE":
			certificate = true
		case strings.HasSuffix(block.Type, "PRIVATE KEY") && !key:
			key = true
			encrypted = strings.HasPrefix(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != ""
		}
	}
}

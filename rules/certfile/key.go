package certfile

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/tlschain/tlschain/rules/cert"
)

// PublicKey reads a private key, PEM or DER, PKCS #1, PKCS #8 or SEC 1, and
// returns the SHA-256 of the SubjectPublicKeyInfo that belongs to it.
func PublicKey(data []byte) (cert.Hash, error) {
	if !isPEM(data) {
		return publicHash("", data)
	}
	blocks, err := blocksOf(layOut(data))
	if err != nil {
		return cert.Hash{}, err
	}
	for _, b := range blocks {
		if strings.HasSuffix(b.Type, "PRIVATE KEY") {
			if b.Headers["Proc-Type"] == "4,ENCRYPTED" {
				b.Type = encryptedKey
			}
			return publicHash(b.Type, b.Bytes)
		}
	}
	return cert.Hash{}, fmt.Errorf("it holds %s but no private key", kindsOf(blocks))
}

const encryptedKey = "ENCRYPTED PRIVATE KEY"

// publicHash tries all forms whatever the label says, as OpenSSL does.
func publicHash(label string, der []byte) (cert.Hash, error) {
	if label == encryptedKey {
		return cert.Hash{}, errors.New("the private key is encrypted: decrypt it first with openssl pkey")
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return hashOf(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return hashOf(key)
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return hashOf(key)
	}
	return cert.Hash{}, errors.New("it is no private key of a kind that can be read (RSA, EC or Ed25519 in PKCS #1, PKCS #8 or SEC 1)")
}

func hashOf(key any) (cert.Hash, error) {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return cert.Hash{}, fmt.Errorf("the private key, a %T, cannot sign", key)
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return cert.Hash{}, fmt.Errorf("encoding the public key: %w", err)
	}
	return sha256.Sum256(spki), nil
}

func firstElement(der []byte) []byte {
	in := cryptobyte.String(der)
	var element cryptobyte.String
	if !in.ReadAnyASN1Element(&element, nil) {
		return der
	}
	return element
}

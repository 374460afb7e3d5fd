package certfile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
)

func TestKeyPairSaysWhatIsMissing(t *testing.T) {
	one := func() (cert, key []byte) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"client.example"}}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	}
	cert, key := one()
	_, other := one()
	both := slices.Concat(key, cert)
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{48, 0}})
	old := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"DEK-Info": "AES-128-CBC,00"}, Bytes: []byte{1}})
	text := []byte("meeting at ten\n")
	for _, c := range []struct {
		name       string
		certs, key []byte
		want       string
	}{
		{"two files", cert, key, ""},
		{"one file, the key first", both, both, ""},
		{"text", text, text, "it holds no certificate as PEM: -----BEGIN CERTIFICATE-----"},
		{"the files exchanged", key, cert, "it holds no certificate as PEM"},
		{"no key", cert, cert, "there is no private key as PEM"},
		{"encrypted", cert, encrypted, "the private key is encrypted"},
		{"encrypted as of old", cert, old, "the private key is encrypted"},
		{"another's key", cert, other, "private key does not match public key"},
	} {
		_, err := certfile.KeyPair(c.certs, c.key)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

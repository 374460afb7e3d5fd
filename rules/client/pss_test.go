package client

import (
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// TestKeyPSS holds which clients ask that signatures have the parameters of the
// RSASSA-PSS key that made them, as was measured [I:key=pss-sha384
// L:sig=psssha256, I:key=pss-sha256 L:sig=psssha256-salt20].
func TestKeyPSS(t *testing.T) {
	const sha256, sha384 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2"
	key := cert.PSSParameters{Hash: sha256, Mask: sha256, Salt: 32}
	for _, c := range []struct {
		name      string
		signature *cert.PSSParameters
		accepts   string // of openssl-3.0, java-17, gnutls-3.7 and nss-3.87
	}{
		{"the key's", &key, "openssl-3.0 java-17 gnutls-3.7 nss-3.87 "},
		{"a longer salt", &cert.PSSParameters{Hash: sha256, Mask: sha256, Salt: 64}, "openssl-3.0 java-17 gnutls-3.7 nss-3.87 "},
		{"a shorter salt", &cert.PSSParameters{Hash: sha256, Mask: sha256, Salt: 20}, "gnutls-3.7 nss-3.87 "},
		{"another hash", &cert.PSSParameters{Hash: sha384, Mask: sha384, Salt: 48}, "nss-3.87 "},
	} {
		certs := policyChain(3)
		certs[1].Key.Kind, certs[1].Key.Bits, certs[1].Key.PSS = cert.RSAPSS, 2048, &key
		certs[0].SignatureAlg.Key, certs[0].SignatureAlg.PSS = cert.RSA, c.signature
		list := []chain.Entry{chain.EntryFrom(certs[0]), chain.EntryFrom(certs[1])}
		accepts := ""
		for _, id := range []string{"openssl-3.0", "java-17", "gnutls-3.7", "nss-3.87"} {
			p := &Profile{ID: id, Builder: Builders()[id], Store: chain.NewSet(certs[2:])}
			v := p.Judge(new(chain.Verifier).Begin(), list, Question{Name: "www.example.test", At: truthAt})
			if v.Accepted {
				accepts += id + " "
			} else if v.Problem.Code != CodeForeignPSS {
				t.Errorf("%s: %s: %s", c.name, id, v.Reason)
			}
		}
		if accepts != c.accepts {
			t.Errorf("%s: accepted by %q, want %q", c.name, accepts, c.accepts)
		}
	}
}

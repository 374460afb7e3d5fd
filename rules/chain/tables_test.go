package chain

import (
	"crypto"
	"crypto/ecdsa"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestTableOfAKey holds that a CA that has signed much gets a table, that answers
// stay as they are without one, and that keys which cannot have one go without.
func TestTableOfAKey(t *testing.T) {
	for _, c := range []struct {
		kind, alg string
		hash      crypto.Hash
		tables    int32
	}{
		{"p256", "1.2.840.10045.4.3.2", crypto.SHA256, 1},
		{"p384", "1.2.840.10045.4.3.3", crypto.SHA384, 1},
		{"p384", "1.2.840.10045.4.3.4", crypto.SHA512, 1}, // of which the key takes the first 48 bytes
		{"p521", "1.2.840.10045.4.3.4", crypto.SHA512, 0},
	} {
		key := tlstest.For(t).Key("issuer", c.kind)
		spki, alg := spkiOf(t, key.Public()), algorithm(t, c.alg)
		v := new(Verifier)
		for i := range int64(worthATable + 12) {
			child := certify(t, i, spki, alg, func(tbs []byte) []byte {
				if i%3 == 0 {
					tbs = append(tbs, 0) // it signs something else
				}
				return must[[]byte](t)(key.Sign(nil, digest(c.hash, tbs), c.hash))
			})
			want := No
			if ecdsa.VerifyASN1(key.Public().(*ecdsa.PublicKey), digest(c.hash, child.TBS), child.Signature) {
				want = Yes
			}
			if (want == No) != (i%3 == 0) {
				t.Fatalf("%s: certificate %d is not as it should be", c.kind, i)
			}
			if got := v.Begin().Signed(child, child); got != want {
				t.Errorf("%s: certificate %d: answer %d, want %d", c.kind, i, got, want)
			}
		}
		if made := v.tables.made.Load(); made != c.tables {
			t.Errorf("%s: %d tables, want %d", c.kind, made, c.tables)
		}
	}
}

package chain

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// signing is a pair of a key and an algorithm that can be checked.
type signing struct {
	name string
	alg  []byte
	spki []byte
	sign func(tbs []byte) []byte
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// signings are all kinds that we answer yes or no about.
func signings(t testing.TB) (out []signing) {
	bytesOf := must[[]byte](t)
	add := func(name, oid string, spki []byte, sign func([]byte) []byte, parameters ...byte) {
		out = append(out, signing{name, algorithm(t, oid, parameters...), spki, sign})
	}
	rsaBy := func(key *tlstest.Key, h crypto.Hash) func([]byte) []byte {
		return func(tbs []byte) []byte { return bytesOf(key.Sign(nil, digest(h, tbs), h)) }
	}
	for _, c := range []struct {
		bits, oid string
		h         crypto.Hash
	}{
		{"rsa512", "1.2.840.113549.1.1.11", crypto.SHA256},
		{"rsa512", "1.2.840.113549.1.1.4", crypto.MD5},
		{"rsa1000", "1.2.840.113549.1.1.5", crypto.SHA1},
		{"rsa2048", "1.2.840.113549.1.1.4", crypto.MD5},
		{"rsa2048", "1.2.840.113549.1.1.5", crypto.SHA1},
		{"rsa2048", "1.3.14.3.2.29", crypto.SHA1},
		{"rsa2048", "1.2.840.113549.1.1.14", crypto.SHA224},
		{"rsa2048", "1.2.840.113549.1.1.11", crypto.SHA256},
		{"rsa2048", "1.2.840.113549.1.1.12", crypto.SHA384},
		{"rsa2048", "1.2.840.113549.1.1.13", crypto.SHA512},
		{"rsa4096", "1.2.840.113549.1.1.11", crypto.SHA256},
		{"rsa8192", "1.2.840.113549.1.1.11", crypto.SHA256},
	} {
		key := tlstest.For(t).Key("signer", c.bits)
		var spki []byte
		if k, ok := key.Public().(*rsa.PublicKey); ok {
			spki = rsaSPKI(t, "1.2.840.113549.1.1.1", k.N, big.NewInt(int64(k.E)))
		}
		add(c.bits+" "+c.h.String(), c.oid, spki, rsaBy(key, c.h))
	}

	const sha256Info = "3031300d060960864801650304020105000420" // RFC 8017 section 9.2 note 1
	const withoutNull = "302f300b0609608648016503040201" + "0420"
	for _, c := range []struct {
		name, prefix string
		e            *big.Int
	}{
		{"exponent 3", sha256Info, big.NewInt(3)},
		{"exponent of 32 bits", sha256Info, big.NewInt(1<<31 + 1)},
		{"no NULL in DigestInfo", withoutNull, big.NewInt(65537)},
	} {
		n, e, d := rsaPair(t, "rsa2048", c.e)
		prefix := bytesOf(hex.DecodeString(c.prefix))
		add(c.name, "1.2.840.113549.1.1.11", rsaSPKI(t, "1.2.840.113549.1.1.1", n, e),
			func(tbs []byte) []byte { return raw(n, d, append(bytes.Clone(prefix), digest(crypto.SHA256, tbs)...)) })
	}

	pss := tlstest.For(t).Key("pss", "rsa2048").Signer.(*rsa.PrivateKey)
	for name, c := range map[string]struct {
		key        string
		h          crypto.Hash
		salt       int
		parameters string
	}{
		"PSS SHA-256":              {"1.2.840.113549.1.1.1", crypto.SHA256, 32, "3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"},
		"PSS SHA-256, key for PSS": {"1.2.840.113549.1.1.10", crypto.SHA256, 32, "3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"},
		"PSS SHA-1 by default":     {"1.2.840.113549.1.1.1", crypto.SHA1, 20, "3000"},
		"PSS SHA-384, salt of 10":  {"1.2.840.113549.1.1.1", crypto.SHA384, 10, "3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a20302010a"},
	} {
		add(name, pssOID, rsaSPKI(t, c.key, pss.N, big.NewInt(int64(pss.E))), func(tbs []byte) []byte {
			return bytesOf(rsa.SignPSS(rand.Reader, pss, c.h, digest(c.h, tbs), &rsa.PSSOptions{SaltLength: c.salt}))
		}, bytesOf(hex.DecodeString(c.parameters))...)
	}

	for _, c := range []struct {
		curve elliptic.Curve
		oid   string
		h     crypto.Hash
	}{
		{elliptic.P224(), "1.2.840.10045.4.3.1", crypto.SHA224},
		{elliptic.P256(), "1.2.840.10045.4.1", crypto.SHA1},
		{elliptic.P256(), "1.2.840.10045.4.3.2", crypto.SHA256},
		{elliptic.P384(), "1.2.840.10045.4.3.3", crypto.SHA384},
		{elliptic.P521(), "1.2.840.10045.4.3.4", crypto.SHA512},
	} {
		key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(c.curve, rand.Reader))
		add(c.curve.Params().Name+" "+c.h.String(), c.oid, spkiOf(t, key.Public()),
			func(tbs []byte) []byte { return bytesOf(ecdsa.SignASN1(rand.Reader, key, digest(c.h, tbs))) })
	}
	ed := tlstest.For(t).Key("ed", "ed25519").Signer.(ed25519.PrivateKey)
	add("Ed25519", "1.3.101.112", spkiOf(t, ed.Public()), func(tbs []byte) []byte { return ed25519.Sign(ed, tbs) })
	return out
}

// Of every algorithm: yes to the key that signed, no to another key, and no to
// a signature with one bit changed.
func TestSignedYesAndNo(t *testing.T) {
	all := signings(t)
	stranger := certify(t, 9, spkiOf(t, tlstest.For(t).Key("stranger", "rsa2048").Public()), algorithm(t, "1.2.3"), func([]byte) []byte { return nil })
	strangerEC := certify(t, 9, spkiOf(t, tlstest.For(t).Key("stranger", "p256").Public()), algorithm(t, "1.2.3"), func([]byte) []byte { return nil })
	for _, s := range all {
		issuer := certify(t, 1, s.spki, s.alg, s.sign)
		broken := *issuer
		broken.SHA256[0] ^= 1
		broken.Signature = bytes.Clone(issuer.Signature)
		broken.Signature[len(broken.Signature)-1] ^= 1
		session := (*Verifier)(nil).Begin()
		if got := session.Signed(issuer, issuer); got != Yes {
			t.Errorf("%s: %v, want yes", s.name, got)
		}
		if got := session.Signed(&broken, issuer); got != No {
			t.Errorf("%s with a bit changed: %v, want no", s.name, got)
		}
		for _, other := range []*cert.Certificate{stranger, strangerEC} {
			if got := session.Signed(issuer, other); got != No {
				t.Errorf("%s by another key (%s): %v, want no", s.name, other.Key, got)
			}
		}
		if session.Starved {
			t.Errorf("%s: four checks used up the budget", s.name)
		}
	}
}

func TestSignedNo(t *testing.T) {
	n, e, d := rsaPair(t, "rsa2048", big.NewInt(65537))
	info, _ := hex.DecodeString("3031300d060960864801650304020105000420")
	sha256RSA := algorithm(t, "1.2.840.113549.1.1.11")
	good := func(tbs []byte) []byte { return raw(n, d, append(bytes.Clone(info), digest(crypto.SHA256, tbs)...)) }
	plainKey, pssKey := rsaSPKI(t, "1.2.840.113549.1.1.1", n, e), rsaSPKI(t, "1.2.840.113549.1.1.10", n, e)
	for _, c := range []struct {
		name string
		spki []byte
		sign func([]byte) []byte
	}{
		{"longer than the modulus", plainKey, func(tbs []byte) []byte { return append([]byte{0}, good(tbs)...) }},
		{"empty", plainKey, func([]byte) []byte { return nil }},
		{"not less than the modulus", plainKey, func([]byte) []byte { return n.Bytes() }},
		{"digest of something else", plainKey, func([]byte) []byte { return good([]byte("something else")) }},
		{"digest by another hash", plainKey, func(tbs []byte) []byte {
			other, _ := hex.DecodeString("3021300906052b0e03021a05000414")
			return raw(n, d, append(other, digest(crypto.SHA1, tbs)...))
		}},
		{"rubbish after the digest", plainKey, func(tbs []byte) []byte {
			return raw(n, d, append(append(bytes.Clone(info), digest(crypto.SHA256, tbs)...), 0))
		}},
		{"PKCS #1 v1.5 by a key for PSS", pssKey, good},
	} {
		child := certify(t, 1, c.spki, sha256RSA, c.sign)
		if got := (*Verifier)(nil).Begin().Signed(child, child); got != No {
			t.Errorf("%s: %v, want no", c.name, got)
		}
	}
	whole := certify(t, 1, plainKey, sha256RSA, good)
	if got := (*Verifier)(nil).Begin().Signed(whole, whole); got != Yes {
		t.Errorf("the good one among them: %v, want yes", got)
	}
}

func TestSignedCannotTell(t *testing.T) {
	n, e, _ := rsaPair(t, "rsa2048", big.NewInt(65537))
	sha256RSA := algorithm(t, "1.2.840.113549.1.1.11")
	one := big.NewInt(1)
	point := bytes.Repeat([]byte{7}, 57)
	none := func([]byte) []byte { return make([]byte, 256) }
	mask, _ := hex.DecodeString("3030a00d300b0609608648016503040201a11a301806092a864886f70d010108300b0609608648016503040202a203020120")
	for _, c := range []struct {
		name      string
		spki, alg []byte
	}{
		{"RSA 16384", rsaSPKI(t, "1.2.840.113549.1.1.1", new(big.Int).Add(new(big.Int).Lsh(one, 16383), one), e), sha256RSA},
		{"RSA 128", rsaSPKI(t, "1.2.840.113549.1.1.1", new(big.Int).Add(new(big.Int).Lsh(one, 127), one), e), sha256RSA},
		{"exponent of 40 bits", rsaSPKI(t, "1.2.840.113549.1.1.1", n, new(big.Int).Add(new(big.Int).Lsh(one, 39), one)), sha256RSA},
		{"exponent as long as the modulus", rsaSPKI(t, "1.2.840.113549.1.1.1", n, new(big.Int).Sub(n, one)), sha256RSA},
		{"exponent 0", rsaSPKI(t, "1.2.840.113549.1.1.1", n, new(big.Int)), sha256RSA},
		{"even modulus", rsaSPKI(t, "1.2.840.113549.1.1.1", new(big.Int).Sub(n, one), e), sha256RSA},
		{"MD2", rsaSPKI(t, "1.2.840.113549.1.1.1", n, e), algorithm(t, "1.2.840.113549.1.1.2")},
		{"PSS with another hash in the mask", rsaSPKI(t, "1.2.840.113549.1.1.1", n, e), algorithm(t, pssOID, mask...)},
		{"PSS by RSA 1000", spkiOf(t, tlstest.For(t).Key("pss", "rsa1000").Public()), algorithm(t, pssOID, 0x30, 0)},
		{"unknown algorithm", rsaSPKI(t, "1.2.840.113549.1.1.1", n, e), algorithm(t, "1.2.3.4")},
		{"DSA", otherSPKI(algorithm(t, "1.2.840.10040.4.1"), []byte{2, 1, 5}), algorithm(t, "1.2.840.10040.4.3")},
		{"Ed448", otherSPKI(algorithm(t, "1.3.101.113"), point), algorithm(t, "1.3.101.113")},
		{"ML-DSA", otherSPKI(algorithm(t, "2.16.840.1.101.3.4.3.17"), point), algorithm(t, "2.16.840.1.101.3.4.3.17")},
		{"brainpool", otherSPKI(algorithm(t, "1.2.840.10045.2.1", 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7), point), algorithm(t, "1.2.840.10045.4.3.2")},
		{"secp256k1", otherSPKI(algorithm(t, "1.2.840.10045.2.1", 6, 5, 0x2b, 0x81, 4, 0, 10), point), algorithm(t, "1.2.840.10045.4.3.2")},
		{"point off the curve", otherSPKI(algorithm(t, "1.2.840.10045.2.1", 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7), point), algorithm(t, "1.2.840.10045.4.3.2")},
		{"unknown key", otherSPKI(algorithm(t, "1.2.3"), point), algorithm(t, "1.2.3.4")},
	} {
		child := certify(t, 1, c.spki, c.alg, none)
		session := (*Verifier)(nil).Begin()
		if got := session.Signed(child, child); got != CannotTell {
			t.Errorf("%s (%s, %s): %v, want cannot tell", c.name, child.Key, child.SignatureAlg.Name, got)
		}
		if session.Starved {
			t.Errorf("%s: not for want of budget", c.name)
		}
	}
}

// A key of one kind never made a signature of another.
func TestSignedKindsDiffer(t *testing.T) {
	kinds := []string{"rsa2048 SHA-256", "P-256 SHA-256", "Ed25519"}
	of := make(map[string]*cert.Certificate)
	for _, s := range signings(t) {
		if slices.Contains(kinds, s.name) {
			of[s.name] = certify(t, 1, s.spki, s.alg, s.sign)
		}
	}
	for _, a := range kinds {
		for _, b := range kinds {
			want := No
			if a == b {
				want = Yes
			}
			if got := (*Verifier)(nil).Begin().Signed(of[a], of[b]); got != want {
				t.Errorf("%s by the key of %s: %v, want %v", a, b, got, want)
			}
		}
	}
}

// Facts answer by what their table's maker proved.
func TestSignedFacts(t *testing.T) {
	ca := tlstest.For(t)
	root, err := cert.Parse(ca.Root("Root").DER)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by   cert.Hash
		want Answer
	}{{root.Key.SPKI, Yes}, {cert.Hash{1}, No}, {cert.Hash{}, CannotTell}} {
		fact := &cert.Certificate{SignedBy: c.by}
		if got := (*Verifier)(nil).Begin().Signed(fact, root); got != c.want {
			t.Errorf("signed by %s: %v, want %v", c.by, got, c.want)
		}
	}
}

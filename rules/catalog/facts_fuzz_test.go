package catalog

import (
	"bytes"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// FuzzDecode feeds the tables themselves, for the checksum would stop every
// change of a file. What can be decoded must be the same after another round.
func FuzzDecode(f *testing.F) {
	root, err := tlstest.Root("Fuzzed Root")
	if err != nil {
		f.Fatal(err)
	}
	middle, err := tlstest.Intermediate("Fuzzed CA", root, func(t *tlstest.Template) {
		t.PermittedDNSDomains = []string{"example.org"}
		t.IssuingCertificateURL = []string{"http://ca.example/root.cer"}
	})
	if err != nil {
		f.Fatal(err)
	}
	var known []Known
	for _, c := range []*tlstest.Cert{root, middle} {
		parsed, err := cert.Parse(c.DER)
		if err != nil {
			f.Fatal(err)
		}
		known = append(known, Known{Cert: parsed, Sources: []int{0}})
	}
	known[1].Cert.SignedBy = known[0].Cert.Key.SPKI
	store := &Store{ID: "s", Anchors: chain.NewSet([]*cert.Certificate{known[0].Cert})}
	plain, packed := encode(New(time.Time{}, []Source{{Name: "test"}}, known, []*Store{store}))
	f.Add(plain, packed)
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, plain, packed []byte) {
		facts, err := decode(plain, packed, nil)
		if err != nil {
			return
		}
		plain, packed = encode(facts)
		again, err := decode(plain, packed, nil)
		if err != nil {
			t.Fatalf("decoded once, but not what was written again: %v", err)
		}
		plain2, packed2 := encode(again)
		if !bytes.Equal(plain, plain2) || !bytes.Equal(packed, packed2) {
			t.Fatal("the second round gives other bytes")
		}
	})
}

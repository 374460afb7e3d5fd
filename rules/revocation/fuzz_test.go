package revocation

import (
	"crypto/x509"
	"testing"

	"golang.org/x/crypto/ocsp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// FuzzResponse reads any answer of a responder: nothing is gone by unless the
// certificate's issuer signed it, and the fuzzer has no key.
func FuzzResponse(f *testing.F) {
	root, err := tlstest.Root("R")
	if err != nil {
		f.Fatal(err)
	}
	stranger, err := tlstest.Root("S")
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := tlstest.Leaf("L", root)
	if err != nil {
		f.Fatal(err)
	}
	theirs, err := tlstest.Leaf("L", stranger)
	if err != nil {
		f.Fatal(err)
	}
	for _, der := range [][]byte{leaf.DER, theirs.DER} {
		of, err := x509.ParseCertificate(der)
		if err != nil {
			f.Fatal(err)
		}
		by, err := x509.ParseCertificate(stranger.DER)
		if err != nil {
			f.Fatal(err)
		}
		seed, err := ocsp.CreateResponse(by, by, ocsp.Response{SerialNumber: of.SerialNumber, ThisUpdate: tlstest.Now().AddDate(0, 0, -1),
			NextUpdate: tlstest.Now().AddDate(0, 0, 1), Certificate: by}, stranger.Key.Signer)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	issuer, about := parse(f, root), parse(f, leaf)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, by := range []int{0, 1} {
			known := issuer
			if by == 1 {
				known = nil
			}
			r, err := ReadResponse(body, about, known, tlstest.Now())
			if err != nil {
				continue
			}
			if got := r.Trusted(); got.Status == Good || got.Status == Revoked {
				t.Fatalf("an answer that nobody signed is gone by: %+v", got)
			}
		}
	})
}

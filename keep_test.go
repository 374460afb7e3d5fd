package tlschain

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/aia"
	"github.com/tlschain/tlschain/scanner/fetch"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Of a certificate that is known by facts only the bytes are fetched, and what
// is another certificate than was meant is not taken.
func TestFixIsFetched(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	served := map[string][]byte{"/right.cer": i.DER, "/wrong.cer": root.DER}
	url, asked := ca(t, served)
	fetcher := &aia.Fetcher{Client: fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	for _, c := range []struct {
		path string
		f    *aia.Fetcher
		kept int
	}{{"/right.cer", fetcher, 1}, {"/right.cer", fetcher, 1}, {"/wrong.cer", fetcher, 0}, {"/none.cer", fetcher, 0}, {"/right.cer", nil, 0}} {
		e := lackingEndpoint(t, root, i, mk.Leaf("L", i, func(l *tlstest.Template) { l.IssuingCertificateURL = []string{url + c.path} }))
		if !e.NeedsFix() {
			t.Fatal("nothing is to be fixed")
		}
		kept := 0
		(&Engine{fetcher: c.f}).keepFix(t.Context(), e, func(der []byte) {
			kept++
			if !bytes.Equal(der, i.DER) {
				t.Errorf("%s: kept %x", c.path, der)
			}
		})
		if kept != c.kept {
			t.Errorf("%s: %d certificates were kept, want %d", c.path, kept, c.kept)
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("the CA was asked %d times for 3 URLs", n)
	}
}

// lackingEndpoint sends a leaf whose issuer is known by facts only.
func lackingEndpoint(t *testing.T, root, issuer, leaf *tlstest.Cert) *reports.Endpoint {
	t.Helper()
	fact := *parse(t, issuer)
	fact.Raw, fact.TBS, fact.Signature, fact.SignedBy = nil, nil, nil, parse(t, root).Key.SPKI
	verdicts, _ := completerFor(t, root, []*cert.Certificate{&fact}, completing{}).verdicts(t.Context(), present(leaf))
	e := reports.NewEndpoint(nil, "site", verdicts[0])
	return &e
}

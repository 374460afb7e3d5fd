package tlschain

import (
	"bytes"
	"crypto/x509"
	"github.com/tlschain/tlschain/rules/cert"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/fetch"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// asking judges chains with what CAs on loopback say.
func asking(t *testing.T, root *tlstest.Cert) *completer {
	return completerFor(t, root, nil, completing{revoker: newRevoker(fetch.Client{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 20 * time.Second}, "", time.Time{})})
}

func answersOf(t *testing.T, c *completer, certs ...*tlstest.Cert) *rules.Verdict {
	t.Helper()
	v, _ := c.verdicts(t.Context(), present(certs...))
	return v[0]
}

// said is the answers in short: POSITION SOURCE STATUS.
func said(v *rules.Verdict) string {
	var words []string
	for _, a := range v.Revocation {
		words = append(words, string('0'+rune(a.Position))+" "+string(a.Source)+" "+string(a.Status))
	}
	return strings.Join(words, ", ")
}

func names(crl, ocsp string) func(*tlstest.Template) {
	return func(c *tlstest.Template) {
		if crl != "" {
			c.CRLDistributionPoints = []string{crl}
		}
		if ocsp != "" {
			c.OCSPServer = []string{ocsp}
		}
	}
}

// TestOpenSSLPublishes asks a CA whose CRL and whose responder are OpenSSL's.
func TestOpenSSLPublishes(t *testing.T) {
	mk := tlstest.For(t)
	files := map[string][]byte{}
	url, asked := ca(t, files)
	root := mk.Root("R")
	books := tlstest.NewAuthority(t, root)
	issuer := mk.Intermediate("I", root, names(url+"/root.crl", ""))
	issued := tlstest.NewAuthority(t, issuer)
	yesterday := time.Now().AddDate(0, 0, -1)

	good := mk.Leaf("good.example.test", issuer, names(url+"/i.crl", ""))
	bad := mk.Leaf("bad.example.test", issuer, names(url+"/i.crl", ""))
	part := mk.Leaf("part.example.test", issuer, names(url+"/part.crl", ""))
	other := mk.Leaf("other.example.test", issuer, names(url+"/other.crl", ""))
	issued.Issue(good)
	issued.Revoke(bad, yesterday, "keyCompromise")
	issued.Revoke(part, yesterday, "superseded")
	files["/root.crl"], files["/i.crl"] = books.CRL(""), issued.CRL("")
	files["/part.crl"] = issued.CRL(url + "/part.crl")
	files["/other.crl"] = files["/part.crl"] // another part than the certificate's
	unknown := mk.Leaf("unknown.example.test", issuer, names("", issued.OCSP))
	lost := mk.Leaf("lost.example.test", issuer, names(url+"/gone.crl", issued.OCSP))
	issued.Issue(lost)
	issued.Respond(issuer)

	c := asking(t, root)
	for _, x := range []struct {
		leaf *tlstest.Cert
		want string
		rule string
	}{
		{good, "0 crl good, 1 crl good", ""},
		{bad, "0 crl revoked, 1 crl good", "revoked-by-ca"},
		{part, "0 crl revoked, 1 crl good", "revoked-by-ca"},
		{other, "0 crl not-judged, 1 crl good", "revocation-unavailable"},
		{unknown, "0 ocsp unknown, 1 crl good", "revocation-unavailable"},
		{lost, "0 crl unavailable, 0 ocsp good, 1 crl good", ""},
	} {
		v := answersOf(t, c, x.leaf, issuer)
		if got := said(v); got != x.want || x.rule != "" && !has(v, x.rule) {
			t.Errorf("%s: %s, want %s and %s\n%+v", x.leaf.Label, got, x.want, x.rule, v.Revocation)
		}
	}
	if n := asked.Load(); n != 5 {
		t.Errorf("the CA was asked %d times for 5 URLs", n)
	}
	a := answersOf(t, c, bad, issuer).Revocation[0]
	if a.Reason != "keyCompromise" || !a.RevokedAt.Equal(yesterday.Truncate(time.Second)) || a.ThisUpdate.IsZero() || a.NextUpdate.Before(time.Now()) {
		t.Errorf("%+v", a)
	}

	books.Revoke(issuer, yesterday, "cessationOfOperation")
	files["/root.crl"] = books.CRL("")
	v := answersOf(t, asking(t, root), good, issuer)
	if got := said(v); got != "0 crl good, 1 crl revoked" || !has(v, "revoked-by-ca") {
		t.Error(got)
	}
}

// TestOpenSSLResponder: by the CA itself, by one that it has made its responder,
// and by one that it has not.
func TestOpenSSLResponder(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	delegate := mk.Leaf("responder", root, func(c *tlstest.Template) { c.ExtKeyUsage = ocspSigning })
	stranger := mk.Leaf("stranger", mk.Root("S"), func(c *tlstest.Template) { c.ExtKeyUsage = ocspSigning })
	server := mk.Leaf("a server", root)
	for _, x := range []struct {
		signer *tlstest.Cert
		want   string
	}{
		{root, "0 ocsp revoked"}, {delegate, "0 ocsp revoked"}, {stranger, "0 ocsp not-judged"}, {server, "0 ocsp not-judged"},
	} {
		books := tlstest.NewAuthority(t, root)
		leaf := mk.Leaf(tlstest.ServerName, root, names("", books.OCSP))
		books.Revoke(leaf, time.Now().Add(-time.Hour), "keyCompromise")
		books.Respond(x.signer)
		v := answersOf(t, asking(t, root), leaf)
		if got := said(v); got != x.want {
			t.Errorf("signed by %s: %s, want %s: %+v", x.signer.Label, got, x.want, v.Revocation)
		}
	}
}

var ocspSigning = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}

// A CRL that one run has fetched serves the next, until it is out of date; what
// its issuer has not signed serves nobody.
func TestCRLsAreKept(t *testing.T) {
	mk := tlstest.For(t)
	files := map[string][]byte{}
	url, asked := ca(t, files)
	root, other := mk.Root("R"), mk.Root("S")
	books := tlstest.NewAuthority(t, root)
	good, bad := mk.Leaf("good.example.test", root, names(url+"/r.crl", "")), mk.Leaf("bad.example.test", root, names(url+"/r.crl", ""))
	books.Issue(good)
	books.Revoke(bad, time.Now().AddDate(0, 0, -1), "keyCompromise")
	files["/r.crl"] = books.CRL("")
	folder := t.TempDir()
	run := func(root *tlstest.Cert, leaf *tlstest.Cert, want string, fetches int32) {
		t.Helper()
		before := asked.Load()
		c := completerFor(t, root, nil, completing{revoker: newRevoker(fetch.Client{
			Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 20 * time.Second}, folder, time.Time{})})
		if got := said(answersOf(t, c, leaf)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if n := asked.Load() - before; int32(n) != fetches {
			t.Errorf("the CA was asked %d times, want %d", n, fetches)
		}
	}
	run(root, good, "0 crl good", 1)
	run(root, bad, "0 crl revoked", 0)
	run(other, mk.Leaf("x.example.test", other, names(url+"/r.crl", "")), "0 crl not-judged", 1) // the folder's and the URL's are another's
	kept, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	whole, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(whole, []byte("\n"))
	if until := string(head); !strings.Contains(until, url) {
		t.Errorf("%s", until)
	}
	if err := os.WriteFile(kept[0], whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	run(root, bad, "0 crl revoked", 1)
	run(root, bad, "0 crl revoked", 0)
	if err := os.Remove(kept[0]); err != nil {
		t.Fatal(err)
	}
	files["/r.crl"] = nil
	run(root, bad, "0 crl unavailable", 1)
}

// A fix sends no CA certificate that its issuer has revoked: neither one that the
// server sends now, nor one that would complete the chain.
func TestFixSendsNothingThatACARevoked(t *testing.T) {
	mk := tlstest.For(t)
	files := map[string][]byte{}
	url, _ := ca(t, files)
	root := mk.Root("R")
	books := tlstest.NewAuthority(t, root)
	dead := mk.Intermediate("I", root, names(url+"/root.crl", ""))
	live := mk.Cross("second of I", dead, root, names(url+"/root.crl", ""), func(c *tlstest.Template) {
		c.IssuingCertificateURL = []string{"http://ca.example.test/this-one-is-longer-whatever-its-signature.cer"}
	})
	leaf := mk.Leaf(tlstest.ServerName, dead, names(url+"/i.crl", ""))
	issued := tlstest.NewAuthority(t, dead)
	issued.Issue(leaf)
	books.Issue(live)
	books.Revoke(dead, time.Now().AddDate(0, 0, -1), "superseded")
	files["/root.crl"], files["/i.crl"] = books.CRL(""), issued.CRL("")
	known := []*cert.Certificate{parse(t, dead), parse(t, live)}
	for _, x := range []struct {
		name string
		sent []*tlstest.Cert
	}{{"the leaf alone", []*tlstest.Cert{leaf}}, {"with the revoked one", []*tlstest.Cert{leaf, dead}}} {
		for _, asked := range []bool{false, true} {
			o := completing{}
			if asked {
				o = asking(t, root).options
			}
			c := completerFor(t, root, known, o)
			verdicts, planner := c.verdicts(t.Context(), present(x.sent...))
			plan := planner.Plan(verdicts[0])
			if plan == nil || len(plan.Bundle) != 1 {
				t.Fatalf("%s, asked %v: %+v", x.name, asked, plan)
			}
			want := parse(t, dead).SHA256 // which is shorter, and is preferred
			if asked {
				want = parse(t, live).SHA256
			}
			if got := plan.Bundle[0].Cert.SHA256; got != want || plan.Fixes != (asked || len(x.sent) == 1) {
				t.Errorf("%s, asked %v: it sends %s, want %s; fixes: %v", x.name, asked, got, want, plan.Fixes)
			}
			if asked && (has(plan.After, "revoked-by-ca") || has(plan.After, "revoked-certificate") || has(verdicts[0], "revoked-by-ca") != (len(x.sent) == 2)) {
				t.Errorf("%s: %+v, then %+v", x.name, verdicts[0].Findings, plan.After.Findings)
			}
		}
	}
}

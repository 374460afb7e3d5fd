package tlschain

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/aia"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// ca serves certificates by path, on loopback, and counts.
func ca(t *testing.T, files map[string][]byte) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if files[r.URL.Path] == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Write(files[r.URL.Path])
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func parse(t *testing.T, c *tlstest.Cert) *cert.Certificate {
	t.Helper()
	x, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func completerFor(t *testing.T, root *tlstest.Cert, known []*cert.Certificate, o completing) *completer {
	t.Helper()
	p := &client.Profile{ID: "openssl-3.0", Group: client.Modern, Builder: client.Builders()["openssl-3.0"]}
	j := rules.NewJudge(rules.Criteria{
		At: tlstest.Now(), Profiles: []*client.Profile{p.WithStore(chain.NewSet([]*cert.Certificate{parse(t, root)}))},
		Known: []rules.Source{{Name: "catalog", Set: chain.NewSet(known)}},
	}, nil)
	if o.fetcher != nil {
		o.fetcher.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	return newCompleter(j, o)
}

func present(certs ...*tlstest.Cert) []rules.Presentation {
	p := rules.Presentation{Name: tlstest.ServerName}
	for _, c := range certs {
		p.Entries = append(p.Entries, chain.Read(c.DER))
	}
	return []rules.Presentation{p}
}

func has(v *rules.Verdict, rule string) bool {
	return slices.ContainsFunc(v.Findings, func(f rules.Finding) bool { return f.Rule == rule })
}

func TestFetchesAsFarUpAsNeeded(t *testing.T) {
	mk := tlstest.For(t)
	files := make(map[string][]byte)
	url, asked := ca(t, files)
	root := mk.Root("R")
	i := mk.Intermediate("I", root, func(c *tlstest.Template) { c.IssuingCertificateURL = []string{url + "/root"} })
	j := mk.Intermediate("J", i, func(c *tlstest.Template) { c.IssuingCertificateURL = []string{url + "/i"} })
	leaf := mk.Leaf("L", j, func(c *tlstest.Template) { c.IssuingCertificateURL = []string{url + "/j"} })
	files["/i"], files["/j"], files["/root"] = i.DER, j.DER, root.DER

	without, _ := completerFor(t, root, nil, completing{}).verdicts(t.Context(), present(leaf))
	if !has(without[0], "untrusted-root") || without[0].Bundle != nil || asked.Load() != 0 {
		t.Errorf("without leave to fetch: %v after %d requests", without[0].Findings, asked.Load())
	}
	c := completerFor(t, root, nil, completing{fetcher: &aia.Fetcher{}})
	v, _ := c.verdicts(t.Context(), present(leaf))
	if !has(v[0], "missing-intermediate") || len(v[0].Missing) != 2 || v[0].Missing[0].Source != "aia" {
		t.Errorf("findings %v, missing %v", v[0].Findings, v[0].Missing)
	}
	if v[0].Bundle == nil || len(v[0].Fix) != 2 || string(v[0].Fix[0].Raw) != string(j.DER) || string(v[0].Fix[1].Raw) != string(i.DER) {
		t.Errorf("fix %v", v[0].Fix)
	}
	if asked.Load() != 2 { // the root is an anchor: nobody asks for it
		t.Errorf("%d requests", asked.Load())
	}
	// A verdict depends on nothing but its own target: another leaf of J, which
	// names no URL, gains nothing from what was fetched.
	other := mk.Leaf("M", j)
	if v, _ := c.verdicts(t.Context(), present(other)); !has(v[0], "untrusted-root") {
		t.Errorf("what one target made us fetch is used for another: %v", v[0].Findings)
	}
}

// Facts prove that a chain is incomplete, and are no bytes to write.
func TestBytesAreFetchedForFacts(t *testing.T) {
	mk := tlstest.For(t)
	files := make(map[string][]byte)
	url, asked := ca(t, files)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("L", i, func(c *tlstest.Template) { c.IssuingCertificateURL = []string{url + "/i"} })
	files["/i"] = i.DER
	fact := *parse(t, i)
	fact.Raw, fact.TBS, fact.Signature, fact.SignedBy = nil, nil, nil, parse(t, root).Key.SPKI

	v, _ := completerFor(t, root, []*cert.Certificate{&fact}, completing{fetcher: &aia.Fetcher{}}).verdicts(t.Context(), present(leaf))
	if asked.Load() != 0 || v[0].Bundle == nil || v[0].Fix[0].Raw != nil {
		t.Errorf("%d requests, fix %v", asked.Load(), v[0].Fix)
	}
	w, _ := completerFor(t, root, []*cert.Certificate{&fact}, completing{fetcher: &aia.Fetcher{}, bytes: true}).verdicts(t.Context(), present(leaf))
	if w[0].Bundle == nil || string(w[0].Fix[0].Raw) != string(i.DER) || *w[0].Bundle != *v[0].Bundle {
		t.Errorf("fix %v", w[0].Fix)
	}
}

func TestAURLThatFailsIsAFinding(t *testing.T) {
	mk := tlstest.For(t)
	files := make(map[string][]byte)
	url, _ := ca(t, files)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("L", i, func(c *tlstest.Template) {
		c.IssuingCertificateURL = []string{url + "/gone", "ldap://x/", url + "/third"}
	})
	v, _ := completerFor(t, root, nil, completing{fetcher: &aia.Fetcher{}}).verdicts(t.Context(), present(leaf))
	failed := 0
	for _, f := range v[0].Findings {
		if f.Rule == "aia-failed" {
			failed++
			if f.Severity != rules.Info || !strings.Contains(f.Message, "404") && !strings.Contains(f.Message, "http") {
				t.Errorf("%+v", f)
			}
		}
	}
	if failed != 2 {
		t.Errorf("%d findings of two URLs that are tried: %v", failed, v[0].Findings)
	}
}

// Two CAs that certify each other, each with the other's URL, end all the same.
func TestCirclesEnd(t *testing.T) {
	mk := tlstest.For(t)
	files := make(map[string][]byte)
	url, asked := ca(t, files)
	root, a0 := mk.Root("R"), mk.Root("A0")
	at := func(path string) func(*tlstest.Template) {
		return func(c *tlstest.Template) { c.IssuingCertificateURL = []string{url + path} }
	}
	b := mk.Intermediate("B", a0, at("/a"))
	a := mk.Cross("A", a0, b, at("/b"))
	leaf := mk.Leaf("L", a0, at("/a"))
	files["/a"], files["/b"] = a.DER, b.DER
	v, _ := completerFor(t, root, nil, completing{fetcher: &aia.Fetcher{}}).verdicts(t.Context(), present(leaf))
	if !has(v[0], "untrusted-root") || asked.Load() != 2 {
		t.Errorf("%v after %d requests", v[0].Findings, asked.Load())
	}
}

// AD CS names its directory first and a web server second; others name nothing
// that can be fetched.
func TestIssuerURLsThatAreNotFetched(t *testing.T) {
	x := tlstest.For(t)
	root := x.Root("R")
	issuer := x.Intermediate("I", root)
	url, asked := ca(t, map[string][]byte{"/i.crt": issuer.DER})
	const directory = "ldap:///CN=x?cACertificate?base"
	for name, c := range map[string]struct {
		urls    []string
		fetches int32
		say     string // of the finding; empty: none
		fix     string
	}{
		"ldap first":           {[]string{directory, url + "/i.crt"}, 1, "", ""},
		"two before it":        {[]string{directory, "file:////ca/i.crt", url + "/i.crt"}, 1, "", ""},
		"ldap last":            {[]string{url + "/i.crt", directory}, 1, "", ""},
		"the first is gone":    {[]string{url + "/gone", url + "/i.crt"}, 2, "", ""},
		"gone, and ldap":       {[]string{directory, url + "/gone"}, 1, "Fetching " + url + "/gone failed", "Send the missing"},
		"ldap alone":           {[]string{directory}, 0, directory + " alone, a directory that only", "certutil -ca.cert"},
		"https alone":          {[]string{"https://ca.example/i.crt"}, 0, "clients do not fetch issuers by https", "curl -O"},
		"file alone":           {[]string{"file:////ca/i.crt"}, 0, "a path on the CA's own machine", "Copy the issuer"},
		"something else":       {[]string{"ftp://ca.example/i.crt"}, 0, "a kind of URL that clients do not fetch", "Ask the CA"},
		"nothing at all":       {nil, 0, "", ""},
		"capitals in a scheme": {[]string{strings.Replace(url, "http", "HTTP", 1) + "/i.crt"}, 1, "", ""},
	} {
		asked.Store(0)
		leaf := x.Leaf("L", issuer, func(l *tlstest.Template) { l.IssuingCertificateURL = c.urls })
		verdicts, _ := completerFor(t, root, nil, completing{fetcher: new(aia.Fetcher)}).verdicts(t.Context(), present(leaf))
		var said, fix []string
		for _, f := range verdicts[0].Findings {
			if f.Rule == "aia-failed" {
				said, fix = append(said, f.Message), append(fix, f.Fix)
			}
			if strings.Contains(f.Fix, "`--aia` fetches it") {
				t.Errorf("%s: %s", name, f.Fix)
			}
		}
		if asked.Load() != c.fetches || (len(said) > 0) != (c.say != "") || !strings.Contains(strings.Join(said, "\n"), c.say) || !strings.Contains(strings.Join(fix, "\n"), c.fix) {
			t.Errorf("%s: %d fetches, said %q, fix %q", name, asked.Load(), said, fix)
		}
	}
}

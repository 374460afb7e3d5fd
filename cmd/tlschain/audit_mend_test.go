package main

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner/aia"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The history has the bytes that mend a chain also where no server ever sent
// them.
func TestAuditKeepsMend(t *testing.T) {
	r, err := tlstest.ParseRecipe("site", `
at `+time.Now().UTC().Format(time.DateOnly)+`
name site.example.test
root R from=-400d to=+4000d
ca I by R from=-300d to=+2000d
leaf L by I san=site.example.test from=-20d to=+60d
present L
anchors R
pool I
`)
	if err != nil {
		t.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: r.Identity()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "roots.pem", pemOf(r.Anchors...))
	write(t, dir, "pool.pem", pemOf(r.Pool...))
	config := write(t, dir, "tlschain.yaml", []byte("groups:\n  web:\n    targets: {inline: [\"site.example.test@"+server.Addr().String()+"\"]}\n    clients: [go]\n    roots: roots.pem\n    pool: [pool.pem]\n"))
	if code, out := audited(t, "run", "--config", config); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h := history.Hash(sha256.Sum256(r.Cert("I")))
	der, err := db.DER(t.Context(), []history.Hash{h})
	if err != nil || !bytes.Equal(der[h], r.Cert("I")) {
		t.Errorf("the intermediate in the history: %x, %v", der[h], err)
	}
}

// Of a certificate that is known by facts only the bytes are fetched, and what
// is another certificate than was meant is not taken.
func TestMendIsFetched(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	served := map[string][]byte{"/right.cer": i.DER, "/wrong.cer": root.DER}
	asked := 0
	ca := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Write(served[r.URL.Path])
	}))
	defer ca.Close()
	fetcher := &aia.Fetcher{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	for _, c := range []struct {
		path string
		f    *aia.Fetcher
		kept int
	}{{"/right.cer", fetcher, 1}, {"/right.cer", fetcher, 1}, {"/wrong.cer", fetcher, 0}, {"/none.cer", fetcher, 0}, {"/right.cer", nil, 0}} {
		e := lackingEndpoint(t, root, i, mk.Leaf("L", i, func(l *tlstest.Template) { l.IssuingCertificateURL = []string{ca.URL + c.path} }))
		if !e.NeedsMend() {
			t.Fatal("nothing is to be mended")
		}
		kept := 0
		keepMend(t.Context(), c.f, e, func(der []byte) {
			kept++
			if !bytes.Equal(der, i.DER) {
				t.Errorf("%s: kept %x", c.path, der)
			}
		})
		if kept != c.kept {
			t.Errorf("%s: %d certificates were kept, want %d", c.path, kept, c.kept)
		}
	}
	if asked != 3 {
		t.Errorf("the CA was asked %d times for 3 URLs", asked)
	}
}

// lackingEndpoint sends a leaf whose issuer is known by facts only.
func lackingEndpoint(t *testing.T, root, issuer, leaf *tlstest.Cert) *reports.Endpoint {
	t.Helper()
	judge, _ := factsOnly(t, root, issuer)
	verdicts := judge.Judge([]rules.Presentation{{Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(leaf.DER)}}})
	fix.New(judge, fix.Options{}).Fill(verdicts[0])
	e := reports.NewEndpoint(nil, "site", verdicts[0])
	return &e
}

// factsOnly judges as the client go that trusts root, and knows of issuer that
// there is such a certificate, but not its bytes.
func factsOnly(t *testing.T, root, issuer *tlstest.Cert) (*rules.Judge, *cert.Certificate) {
	t.Helper()
	parse := func(c *tlstest.Cert) *cert.Certificate {
		x, err := cert.Parse(c.DER)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	fact := *parse(issuer)
	fact.Raw, fact.TBS, fact.Signature, fact.SignedBy = nil, nil, nil, parse(root).Key.SPKI
	profile := &client.Profile{ID: "go", Group: client.Modern, Builder: client.Builders()["go"]}
	return rules.NewJudge(rules.Criteria{
		At: tlstest.Now(), Profiles: []*client.Profile{profile.WithStore(chain.NewSet([]*cert.Certificate{parse(root)}))},
		Known: []rules.Source{{Name: "catalog", Set: chain.NewSet([]*cert.Certificate{&fact})}},
	}, nil), &fact
}

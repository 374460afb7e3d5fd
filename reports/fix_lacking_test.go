package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Facts prove what is missing and are no bytes: the certificates are named,
// with the way to get them, and nothing is made up.
func TestFixNamesWhatItHasNoBytesOf(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("L", i, func(c *tlstest.Template) { c.IssuingCertificateURL = []string{"http://ca.example/i.cer\x1b[2J"} })
	judge, fact := factsOnly(t, root, i)
	verdict := judge.Judge([]rules.Presentation{{Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(leaf.DER)}}})[0]
	plan := fix.New(judge, fix.Options{}).Plan(verdict)
	d := fix.Decide(verdict, plan, fix.Request{})
	if d.Outcome != fix.Lacking || d.Bundle != nil {
		t.Errorf("outcome %d, bundle %v", d.Outcome, d.Bundle)
	}
	var out bytes.Buffer
	reports.ExplainFix(&out, "site.pem", verdict, plan, d, "")
	for _, want := range []string{"add --aia", "--pool FILE", "SHA-256 " + fact.SHA256.String(), "http://ca.example/i.cer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("%q", out.String())
	}
}

// A renewed certificate that stands behind the old one is taken out of a corrected
// list, and is what to install: no other is to be bought.
func TestFixNamesTheRenewedCertificate(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	now := tlstest.Now()
	old := mk.Leaf("L", i, func(c *tlstest.Template) { c.NotAfter = now.AddDate(0, 0, -1) })
	renewed := mk.Leaf("L2", i)
	judge, _ := factsOnly(t, root, i)
	var entries []chain.Entry
	for _, c := range []*tlstest.Cert{old, renewed, i} {
		entries = append(entries, chain.Read(c.DER))
	}
	verdict := judge.Judge([]rules.Presentation{{Name: tlstest.ServerName, Entries: entries}})[0]
	plan := fix.New(judge, fix.Options{}).Plan(verdict)
	var out bytes.Buffer
	reports.ExplainFix(&out, "site.pem", verdict, plan, fix.Decide(verdict, plan, fix.Request{}), "")
	if text := out.String(); !strings.Contains(text, "at position 1 first") || strings.Contains(text, "Get a new certificate") {
		t.Error(text)
	}
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

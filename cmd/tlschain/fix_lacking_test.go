package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/complete"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
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
	var out bytes.Buffer
	f := &fixing{process: &process{stdout: &out}, completer: complete.New(judge, complete.Options{})}
	a := f.file(t.Context(), "site.pem", "site.pem", rules.Presentation{Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(leaf.DER)}})
	f.explain(a)
	if a.outcome != lacking || a.bundle != nil {
		t.Errorf("outcome %d, bundle %v", a.outcome, a.bundle)
	}
	mentions(t, out.String(), "add --aia", "--pool FILE", "SHA-256 "+fact.SHA256.String(), "http://ca.example/i.cer")
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("%q", out.String())
	}
}

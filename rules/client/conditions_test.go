package client

import (
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A leaf that stands in the store itself has no path above it; what the client
// asks for of an anchor, it asks for of this one.
func TestConditionsOfATrustedLeaf(t *testing.T) {
	ca := tlstest.For(t)
	made := ca.Leaf("own", ca.Root("R"))
	leaf, err := cert.Parse(made.DER)
	if err != nil {
		t.Fatal(err)
	}
	day := leaf.NotBefore.AddDate(0, 0, -1)
	for what, k := range map[string]*Conditions{
		"issued later": {Anchors: map[cert.Hash]catalog.Constraint{leaf.SHA256: {NotBeforeUntil: day}}},
		"not logged":   {Anchors: map[cert.Hash]catalog.Constraint{leaf.SHA256: {SCTUntil: day}}},
		"distrusted":   {Revoked: []*catalog.Revocations{(&catalog.Revocations{ID: "x", Title: "X", Entries: []catalog.Revocation{{SHA256: leaf.SHA256}}}).Indexed()}},
		"":             nil,
	} {
		p := &Profile{ID: "x", Builder: Builder{LeafTrust: ExactLeaf}, Store: chain.NewSet([]*cert.Certificate{leaf}), Conditions: k}
		q := Question{At: leaf.NotBefore.Add(time.Hour)}
		v := p.Judge(new(chain.Session), []chain.Entry{chain.EntryFrom(leaf)}, q)
		if v.Accepted != (k == nil) {
			t.Errorf("%q: accepted is %v: %s", what, v.Accepted, v.Reason)
		}
		if k.allows([]*cert.Certificate{leaf}, q) != (k == nil) {
			t.Errorf("%q: a path of the leaf alone is allowed", what)
		}
	}
}

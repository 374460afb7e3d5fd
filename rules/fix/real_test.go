package fix

import (
	"crypto"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The real certificates above the leaf, with their bytes, and the real stores.
// Nobody has a leaf of the old products at hand: one is supposed, as a fact.
func TestTheRealCertificatesAboveTheLeaf(t *testing.T) {
	paths, err := filepath.Glob("../../../shared/data/sureserver/*.pem")
	if err != nil || len(paths) == 0 {
		t.Skip("the published certificates are not here")
	}
	var pool []*cert.Certificate
	byID := make(map[string]*cert.Certificate)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			c, err := cert.Parse(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			pool = append(pool, c)
			byID[c.SHA256.String()[:12]] = c
		}
	}
	for _, c := range []struct {
		product, issuer, issued string
		hash                    crypto.Hash
		day                     string
		clients                 []string
		want                    []string
	}{
		{"SureServer [2048bit]", g3SHA1, "2013-09-01", crypto.SHA1, "2014-02-01", []string{"android-4.4"}, []string{g3SHA1New}},
		{"SureServer [2048bit]", g3SHA1, "2013-09-01", crypto.SHA1, "2014-02-01", []string{"android-2.2", "android-4.4"}, []string{g3SHA1New, baltimoreGTE}},
		{"SureServer [2048bit]", publicG2, "2013-01-01", crypto.SHA1, "2013-06-01", []string{"android-2.2"}, []string{publicG2, baltimoreGTE}},
		{"SureServer EV [2048bit]", evG2SHA1, "2013-09-01", crypto.SHA1, "2014-02-01", []string{"android-2.2"}, []string{evG2SHA1, globalRoot, baltimoreGTE}},
		{"SureServer [SHA-2]", g3SHA2, "2014-05-01", crypto.SHA256, "2014-06-01", []string{"android-4.4"}, []string{g3SHA2}},
		{"SureServer", "8346922cb873", "2026-03-01", crypto.SHA256, "2026-06-01", []string{"android-13", "android-16"}, []string{"8346922cb873"}},
	} {
		issuer := byID[c.issuer]
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.Parse(time.DateOnly, c.issued)
		if err != nil {
			t.Fatal(err)
		}
		shape := parsed(t, tlstest.For(t).Leaf("shape", tlstest.For(t).Root("R"), func(x *tlstest.Template) {
			x.Key, x.NotBefore, x.NotAfter = tlstest.For(t).Key("server", "rsa2048"), from, from.AddDate(0, 6, 0)
		}))
		leaf := *shape
		leaf.Raw, leaf.TBS, leaf.Signature = nil, nil, nil
		leaf.Issuer, leaf.AKI, leaf.SignedBy = issuer.Subject, issuer.SKI, issuer.Key.SPKI
		leaf.SignatureAlg = cert.SignatureAlg{Name: c.hash.String() + "-RSA", Hash: c.hash, Key: cert.RSA}

		criteria := rules.Criteria{At: at, Products: catalog.EmbeddedProducts(), Named: c.clients, Known: []rules.Source{{Name: "pool", Set: chain.NewSet(pool)}}}
		for _, p := range client.Profiles(catalog.Embedded(), at) {
			if slices.Contains(c.clients, p.ID) {
				criteria.Profiles = append(criteria.Profiles, p)
			}
		}
		j := rules.NewJudge(criteria, nil)
		v := j.Judge([]rules.Presentation{{Name: tlstest.ServerName, Entries: []chain.Entry{chain.EntryFrom(&leaf)}}})[0]
		if v.Product != c.product {
			t.Errorf("%s: product %q", c.product, v.Product)
		}
		p := New(j, Options{}).Plan(v)
		if p == nil {
			t.Errorf("%s: no plan; %v", c.product, ruleIDs(v))
			continue
		}
		var got []string
		for _, x := range p.Bundle {
			got = append(got, x.Cert.SHA256.String()[:12])
			if x.Cert.Raw == nil {
				t.Errorf("%s: bytes that are at hand are not used", c.product)
			}
		}
		if !p.Fixes || !slices.Equal(got, c.want) {
			t.Errorf("%s for %s: %v, want %v; %v, after %v", c.product, strings.Join(c.clients, ", "), got, c.want, ruleIDs(v), ruleIDs(p.After))
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	mk := tlstest.For(b)
	root := mk.Root("R")
	inter := mk.Intermediate("I", root)
	read := func(c *tlstest.Cert) *cert.Certificate {
		x, err := cert.Parse(c.DER)
		if err != nil {
			b.Fatal(err)
		}
		return x
	}
	facts := catalog.Embedded()
	anchor := chain.NewSet([]*cert.Certificate{read(root)})
	criteria := rules.Criteria{At: tlstest.Now(), Known: []rules.Source{{Name: "pool", Set: chain.NewSet([]*cert.Certificate{read(inter)})}, {Name: "catalog", Set: facts.CAs()}}, Products: catalog.EmbeddedProducts()}
	for _, p := range client.Profiles(facts, tlstest.Now()) {
		criteria.Profiles = append(criteria.Profiles, p.WithStore(anchor))
	}
	j := rules.NewJudge(criteria, nil)
	m := New(j, Options{})
	v := j.Judge([]rules.Presentation{{Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(mk.Leaf("L", inter).DER)}}})[0]
	for b.Loop() {
		if p := m.plan(v); p == nil || !p.Fixes {
			b.Fatal("no mend")
		}
	}
}

package fix

import (
	"crypto"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The rows of the FAQ on SureServer's intermediates, on a replica of its
// hierarchy. The rows that are about files and steps are tested with fix.

// Row 3: which intermediates each product needs, and in which order.
func TestRow3Products(t *testing.T) {
	r := newReplica(t)
	for _, c := range []struct {
		name, issuer, issued string
		hash                 crypto.Hash
		day                  string
		clients              []string
		minimal, widest      []string
	}{
		// Android 2.2 has GTE's root and not Baltimore's; 4.4 has both; 2.3 has
		// Cybertrust Global Root itself.
		{"SureServer [2048bit]", g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1, "2014-02-01", []string{"android-4.4"}, []string{g3SHA1New}, []string{g3SHA1New, baltimoreGTE}},
		{"SureServer [2048bit]", g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1, "2014-02-01", []string{"android-2.2", "android-4.4"}, []string{g3SHA1New, baltimoreGTE}, []string{g3SHA1New, baltimoreGTE}},
		{"SureServer [2048bit]", publicG2, "2013-01-01T00:00:00Z", crypto.SHA1, "2013-06-01", []string{"android-2.2"}, []string{publicG2, baltimoreGTE}, []string{publicG2, baltimoreGTE}},
		{"SureServer EV [2048bit]", evG2SHA1, "2013-09-01T00:00:00Z", crypto.SHA1, "2014-02-01", []string{"android-2.2"}, []string{evG2SHA1, globalRoot, baltimoreGTE}, []string{evG2SHA1, globalRoot, baltimoreGTE}},
		{"SureServer [SHA-2]", g3SHA2, "2014-05-01T00:00:00Z", crypto.SHA256, "2014-06-01", []string{"android-4.4"}, []string{g3SHA2}, nil},
		{"SureServer EV [SHA-2]", evG2SHA2, "2014-05-01T00:00:00Z", crypto.SHA256, "2014-06-01", []string{"android-2.3"}, []string{evG2SHA2}, []string{evG2SHA2, globalSHA2}},
	} {
		leaf := r.leaf(c.issuer, c.issued, c.hash)
		j := r.judge(c.day, c.clients...)
		v := r.present(j, leaf)
		if v.Product != c.name || finding(v, "missing-intermediate") == nil {
			t.Errorf("%s: product %q, findings %v", c.name, v.Product, ruleIDs(v))
		}
		for prefer, want := range map[Preference][]string{Minimal: c.minimal, Widest: c.widest} {
			p := New(j, Options{Prefer: prefer}).Plan(v)
			if want == nil {
				continue
			}
			if p == nil || !p.Fixes || !slices.Equal(r.ids(p.Bundle), want) {
				t.Errorf("%s, %s for %v: %v, want %v; after: %v", c.name, prefer, c.clients, r.ids(p.Bundle), want, ruleIDs(p.After))
			}
		}
	}
}

// Row 3, note 1: at or before 2013-08-02 20:59 Japan time it is G2, then G3.
func TestRow3Note1TheBoundary(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-4.4")
	for _, c := range []struct {
		issuer, issued string
		sent           string
		wrong          bool // the intermediate that is sent is the wrong one
		mismatch       bool // date and issuer disagree
	}{
		{publicG2, "2013-08-02T20:59:00+09:00", publicG2, false, false},
		{publicG2, "2013-08-02T20:59:59+09:00", g3SHA1New, true, false},
		{g3SHA1, "2013-08-02T21:00:00+09:00", g3SHA1New, false, false},
		{g3SHA1, "2013-08-02T21:00:00+09:00", publicG2, true, false},
		{g3SHA1, "2013-08-02T20:59:59+09:00", g3SHA1New, false, true},
		{publicG2, "2013-08-02T21:00:00+09:00", publicG2, false, true},
	} {
		v := r.present(j, r.leaf(c.issuer, c.issued, crypto.SHA1), c.sent)
		if (finding(v, "wrong-intermediate") != nil) != c.wrong || (finding(v, "product-mismatch") != nil) != c.mismatch {
			t.Errorf("by %s at %s with %s: %v", c.issuer, c.issued, c.sent, ruleIDs(v))
		}
		if f := finding(v, "product-mismatch"); f != nil && f.Severity != rules.Info {
			t.Errorf("product-mismatch is %s", f.Severity)
		}
		if p := New(j, Options{}).Plan(v); c.wrong && (!p.Fixes || len(p.Bundle) != 1 || p.Bundle[0].Cert.Subject.Canon != v.Entries[0].Cert.Issuer.Canon) {
			t.Errorf("by %s at %s with %s: the mend is %v", c.issuer, c.issued, c.sent, r.ids(p.Bundle))
		}
	}
}

// Row 3, note 2: the cross-root is for those who value old phones; for the EV
// products the cross-roots belong to the set.
func TestRow3Note2CrossRoots(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-2.2", "android-4.4")
	leaf := r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1)
	f := finding(r.present(j, leaf, g3SHA1New), "missing-cross-root")
	if f == nil || len(f.Missing) != 1 || f.Missing[0].Cert.SHA256 != r.certs[baltimoreGTE].SHA256 || !slices.Equal(f.Clients, []string{"android-2.2"}) {
		t.Errorf("%+v", f)
	}
	if v := r.present(j, leaf, g3SHA1New, baltimoreGTE); finding(v, "missing-cross-root") != nil || finding(v, "unrelated-certificate") != nil || v.State > rules.Info {
		t.Errorf("the whole set: %v", ruleIDs(v))
	}
	if v := r.present(r.judge("2014-02-01", "android-4.4"), leaf, g3SHA1New); finding(v, "missing-cross-root") != nil {
		t.Error("missed by nobody, and yet missing")
	}
	product, _ := r.products.Recognise(parsed(t, leaf))
	if len(product.Needs) != 2 || !product.Needs[1].Optional || product.Needs[1].For == "" {
		t.Errorf("%+v", product.Needs)
	}
	ev, _ := r.products.Recognise(parsed(t, r.leaf(evG2SHA1, "2013-09-01T00:00:00Z", crypto.SHA1)))
	if len(ev.Needs) != 3 || ev.Needs[1].Optional || ev.Needs[2].Optional {
		t.Errorf("%+v", ev.Needs)
	}
}

func parsed(t *testing.T, c *tlstest.Cert) *cert.Certificate {
	t.Helper()
	x, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Row 3: "intermediate, then cross-root" is the order of the one file.
func TestRow3Order(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-2.2")
	v := r.present(j, r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1), baltimoreGTE, g3SHA1New)
	if f := finding(v, "wrong-order"); f == nil || !slices.Equal(f.Positions, []int{1}) {
		t.Errorf("%v", v.Findings)
	}
	if p := New(j, Options{}).Plan(v); !p.Fixes || !slices.Equal(r.ids(p.Bundle), []string{g3SHA1New, baltimoreGTE}) {
		t.Errorf("%v", r.ids(p.Bundle))
	}
}

// Row 3, table: a SHA-2 product needs the SHA-256 certificate of its issuer.
func TestRow3TheSHA1Twin(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-06-01", "android-4.4")
	v := r.present(j, r.leaf(g3SHA2, "2014-05-01T00:00:00Z", crypto.SHA256), g3SHA1New)
	if f := finding(v, "superseded-intermediate"); f == nil || !strings.Contains(f.Message, r.certs[g3SHA2].SHA256.String()) {
		t.Errorf("%v", v.Findings)
	}
	if p := New(j, Options{}).Plan(v); !p.Fixes || !slices.Equal(r.ids(p.Bundle), []string{g3SHA2}) {
		t.Errorf("%v", r.ids(p.Bundle))
	}
}

// Row 4: at a renewal the intermediate stays if it is the same, and must be
// replaced if it is a new one.
func TestRow4Renewal(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-4.4")
	if v := r.present(j, r.leaf(g3SHA1, "2013-12-01T00:00:00Z", crypto.SHA1), g3SHA1New); v.State != rules.None {
		t.Errorf("renewed under the same intermediate: %v", ruleIDs(v))
	}
	v := r.present(j, r.leaf(g3SHA1, "2013-12-01T00:00:00Z", crypto.SHA1), publicG2)
	f := finding(v, "wrong-intermediate")
	if f == nil || f.Severity != rules.Error || !slices.Equal(f.Positions, []int{1}) || finding(v, "unrelated-certificate") != nil {
		t.Errorf("renewed under a new one: %v", v.Findings)
	}
	if m := v.Missing; len(m) != 1 || m[0].Cert.Key.SPKI != r.certs[g3SHA1].Key.SPKI {
		t.Errorf("missing %v", m)
	}
}

// Row 5: without a restart the old certificate is served.
func TestRow5NotReloaded(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-4.4")
	p := rules.Presentation{Name: tlstest.ServerName, Expect: parsed(t, r.leaf(g3SHA1, "2014-01-20T00:00:00Z", crypto.SHA1)).SHA256}
	for _, der := range [][]byte{r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1).DER, r.made[g3SHA1New].DER} {
		p.Entries = append(p.Entries, chain.Read(der))
	}
	v := j.Judge([]rules.Presentation{p})[0]
	if f := finding(v, "not-reloaded"); f == nil || f.Severity != rules.Error {
		t.Errorf("%v", ruleIDs(v))
	}
}

// Rows 6 and 7: Windows fetches roots by itself, except where it may not; then
// they are registered by hand or by group policy.
func TestRow6And7WindowsRoots(t *testing.T) {
	for _, text := range []string{rules.Lookup("client-rejects").Fix, rules.Lookup("untrusted-root").Fix} {
		if !strings.Contains(text, "group policy") || !strings.Contains(text, "Windows") {
			t.Errorf("%q", text)
		}
	}
	r := newReplica(t)
	j := r.judge("2014-02-01", "windows", "windows-offline")
	for _, v := range r.present(j, r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1), g3SHA1New).Clients {
		if !v.Accepted && v.Reason == "" {
			t.Errorf("%s gives no reason", v.Client)
		}
	}
}

// Row 8: one certificate for each address, or a multi-domain one, a wildcard,
// or SNI.
func TestRow8OneAddressSeveralNames(t *testing.T) {
	fix := rules.Lookup("name-mismatch").Fix
	for _, way := range []string{"SNI", "wildcard", "address"} {
		if !strings.Contains(fix, way) {
			t.Errorf("%s is not in %q", way, fix)
		}
	}
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-4.4")
	leaf := r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1)
	p := rules.Presentation{Name: "other.example.test", Entries: []chain.Entry{chain.Read(leaf.DER), chain.Read(r.made[g3SHA1New].DER)}}
	p.Variants = []rules.Presentation{{Variant: scanner.NoSNI, Name: p.Name, Entries: p.Entries[:1]}}
	v := j.Judge([]rules.Presentation{p})[0]
	if finding(v, "name-mismatch") == nil || finding(v, "default-certificate-differs") == nil {
		t.Errorf("%v", ruleIDs(v))
	}
}

// Row 10: IIS sends the self-signed root of the same name in place of the
// cross-root. Subject and key are the same: issuer and fingerprint tell.
func TestRow10WrongCrossRoot(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-2.2", "android-4.4")
	v := r.present(j, r.leaf(g3SHA1, "2013-09-01T00:00:00Z", crypto.SHA1), g3SHA1New, baltimore)
	f := finding(v, "wrong-cross-root")
	if f == nil || !slices.Equal(f.Positions, []int{2}) || !slices.Equal(f.Clients, []string{"android-2.2"}) {
		t.Fatalf("%v", v.Findings)
	}
	if finding(v, "missing-cross-root") != nil {
		t.Error("one fault has two findings")
	}
	if p := New(j, Options{}).Plan(v); !p.Fixes || !slices.Equal(r.ids(p.Bundle), []string{g3SHA1New, baltimoreGTE}) {
		t.Errorf("%v", r.ids(p.Bundle))
	}
}

// Row 14: IIS has one store for all sites: the same wrong chain behind several
// leaves is one fix.
func TestRow14OneFixForAllSites(t *testing.T) {
	r := newReplica(t)
	j := r.judge("2014-02-01", "android-4.4")
	m := New(j, Options{})
	var bundles []cert.Hash
	for _, issued := range []string{"2013-09-01T00:00:00Z", "2013-10-01T00:00:00Z"} {
		v := r.present(j, r.leaf(g3SHA1, issued, crypto.SHA1), publicG2)
		m.Fill(v)
		if v.Bundle == nil {
			t.Fatalf("%v", ruleIDs(v))
		}
		bundles = append(bundles, *v.Bundle)
	}
	if bundles[0] != bundles[1] {
		t.Error("two mends for one fault")
	}
}

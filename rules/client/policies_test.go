package client

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// TestPolicies holds the clients that process policies to RFC 5280 section 6.1
// and to RFC 9618: a chain R, I, J, L with rules about policies, and which
// clients accept it. What is said of real clients in brackets was measured.
func TestPolicies(t *testing.T) {
	rules := func(change func(*cert.PolicyRules)) *cert.PolicyRules {
		r := &cert.PolicyRules{RequireExplicit: -1, InhibitMapping: -1, InhibitAny: -1}
		change(r)
		return r
	}
	require := func(n int) *cert.PolicyRules { return rules(func(r *cert.PolicyRules) { r.RequireExplicit = n }) }
	mapping := func(from, to string) []cert.PolicyMapping { return []cert.PolicyMapping{{Issuer: from, Subject: to}} }
	type set struct {
		policies []string
		rules    *cert.PolicyRules
	}
	const any = cert.AnyPolicy
	for _, c := range []struct {
		name       string
		r, i, j, l set
		accepts    string // of go, java-17 and chrome
	}{
		{"nothing is required", set{}, set{}, set{}, set{}, "go java-17 chrome"},
		{"required, none there", set{}, set{nil, require(0)}, set{}, set{}, ""},
		{"required, all have it", set{}, set{[]string{"1.1"}, require(0)}, set{[]string{"1.1"}, nil}, set{[]string{"1.1"}, nil}, "go java-17 chrome"},
		{"required, the leaf has another", set{}, set{[]string{"1.1"}, require(0)}, set{[]string{"1.1"}, nil}, set{[]string{"1.2"}, nil}, ""},
		{"required, one between lacks it", set{}, set{[]string{"1.1"}, require(0)}, set{}, set{[]string{"1.1"}, nil}, ""},
		{"required, anyPolicy above", set{}, set{[]string{any}, require(0)}, set{[]string{any}, nil}, set{[]string{"1.1"}, nil}, "go java-17 chrome"},
		{"required after one, too late for the leaf", set{}, set{}, set{nil, require(1)}, set{}, ""},
		{"required after two certificates", set{}, set{nil, require(3)}, set{}, set{}, "go java-17 chrome"},
		{"required by the root", set{nil, require(0)}, set{}, set{}, set{}, "go java-17"},
		{"required by the leaf of itself", set{}, set{}, set{}, set{nil, require(0)}, ""},
		{"mapped", set{}, set{[]string{"1.1"}, require(0)},
			set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.Mappings = mapping("1.1", "1.2") })}, set{[]string{"1.2"}, nil}, "go java-17 chrome"},
		{"mapped, and called by the old name", set{}, set{[]string{"1.1"}, require(0)},
			set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.Mappings = mapping("1.1", "1.2") })}, set{[]string{"1.1"}, nil}, ""},
		{"mapped where mappings do not count", set{}, set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.RequireExplicit, r.InhibitMapping = 0, 0 })},
			set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.Mappings = mapping("1.1", "1.2") })}, set{[]string{"1.2"}, nil}, ""},
		{"mapped from what anyPolicy stands for", set{}, set{[]string{any}, require(0)},
			set{[]string{any}, rules(func(r *cert.PolicyRules) { r.Mappings = mapping("1.1", "1.2") })}, set{[]string{"1.2"}, nil}, "go java-17 chrome"},
		{"anyPolicy where it does not count", set{}, set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.RequireExplicit, r.InhibitAny, r.InhibitAnyCritical = 0, 0, true })},
			set{[]string{"1.1"}, nil}, set{[]string{any}, nil}, ""},
		{"the same, not critical", set{}, set{[]string{"1.1"}, rules(func(r *cert.PolicyRules) { r.RequireExplicit, r.InhibitAny = 0, 0 })},
			set{[]string{"1.1"}, nil}, set{[]string{any}, nil}, "java-17"},
	} {
		var list []chain.Entry
		certs := policyChain(4)
		for i, s := range []set{c.l, c.j, c.i, c.r} {
			certs[i].Policies, certs[i].PolicyRules = s.policies, s.rules
			list = append(list, chain.EntryFrom(certs[i]))
		}
		accepts := ""
		for _, id := range []string{"go", "java-17", "chrome", "openssl-3.0"} {
			p := &Profile{ID: id, Builder: Builders()[id], Store: chain.NewSet(certs[3:])}
			v := p.Judge(new(chain.Verifier).Begin(), list[:3], Question{Name: "www.example.test", At: truthAt})
			switch {
			case id == "openssl-3.0" && !v.Accepted:
				t.Errorf("%s: openssl-3.0 does not look at policies: %s", c.name, v.Reason)
			case id == "openssl-3.0":
			case v.Accepted:
				accepts += " " + id
			case v.Problem.Code != CodeNoValidPolicy:
				t.Errorf("%s: %s: %s", c.name, id, v.Reason)
			}
		}
		if accepts = accepts[min(1, len(accepts)):]; accepts != c.accepts {
			t.Errorf("%s: accepted by %q, want %q", c.name, accepts, c.accepts)
		}
	}
}

// policyChain is a leaf, its issuers, and last a root.
func policyChain(n int) []*cert.Certificate {
	certs := []*cert.Certificate{below(&cert.Certificate{}, "the root of the chain", true)}
	certs[0].Issuer, certs[0].SignedBy, certs[0].AKI = certs[0].Subject, certs[0].Key.SPKI, nil
	for i := range n - 1 {
		certs = append([]*cert.Certificate{below(certs[0], strings.Repeat("I", i+1), i < n-2)}, certs...)
	}
	return certs
}

// crowdedPolicies is a chain with as many policies and mappings in each
// certificate as a Certificate message has room for.
func crowdedPolicies() []*cert.Certificate {
	certs := policyChain(10)
	for i, c := range certs {
		c.PolicyRules = &cert.PolicyRules{RequireExplicit: 0, InhibitMapping: -1, InhibitAny: -1}
		for p := range 1200 {
			from, to := fmt.Sprintf("1.%d.%d", len(certs)-i, p), fmt.Sprintf("1.%d.%d", len(certs)-i+1, p)
			c.Policies = append(c.Policies, from)
			c.PolicyRules.Mappings = append(c.PolicyRules.Mappings, cert.PolicyMapping{Issuer: from, Subject: to})
		}
	}
	return certs
}

// TestPoliciesAreBounded holds that many paths, each with many policies, are
// given up after so many policies, not read one path after the other.
func TestPoliciesAreBounded(t *testing.T) {
	certs := crowdedPolicies()
	certs[0].Policies = nil // no path is good
	var list []chain.Entry
	for i, c := range certs[:len(certs)-1] {
		for twin := range 4 {
			if i == 0 && twin > 0 {
				break
			}
			d := *c
			d.SHA256[9] = byte(twin)
			list = append(list, chain.EntryFrom(&d))
		}
	}
	p := &Profile{ID: "go", Builder: Builders()["go"], Store: chain.NewSet(certs[len(certs)-1:])}
	p.Builder.Budget = 1 << 20
	v := p.Judge(new(chain.Verifier).Begin(), list, Question{Name: "www.example.test", At: truthAt})
	if v.Accepted || v.Problem.Code != CodeBudgetSpent {
		t.Errorf("%+v", v)
	}
}

// BenchmarkPolicies judges one such path.
func BenchmarkPolicies(b *testing.B) {
	certs := crowdedPolicies()
	var list []chain.Entry
	for _, c := range certs[:len(certs)-1] {
		list = append(list, chain.EntryFrom(c))
	}
	p := &Profile{ID: "go", Builder: Builders()["go"], Store: chain.NewSet(certs[len(certs)-1:])}
	q := Question{Name: "www.example.test", At: truthAt}
	for b.Loop() {
		if v := p.Judge(new(chain.Verifier).Begin(), list, q); !v.Accepted {
			b.Fatal(v.Reason)
		}
	}
}

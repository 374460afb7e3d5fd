package client

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// judgeVariant has clients judge a chain that changes describe, by the verifier v,
// which remembers signatures; and tells their verdicts by id.
func judgeVariant(t *testing.T, v *chain.Verifier, changes string, ids []string) map[string]Verdict {
	t.Helper()
	parsed, err := variant.Parse("A:key=p256 " + changes)
	if err != nil {
		t.Fatal(err)
	}
	made, err := variant.Make("t", parsed, truthAt)
	if err != nil {
		t.Fatal(err)
	}
	var list []chain.Entry
	for _, der := range made.Presented {
		list = append(list, chain.Read(der))
	}
	store := chain.NewSet([]*cert.Certificate{chain.Read(made.Anchors[0]).Cert})
	all := Builders()
	all["android"] = android(16).verifier()
	var profiles []*Profile
	for _, id := range ids {
		profiles = append(profiles, &Profile{ID: id, Builder: all[id], Store: store})
	}
	out := map[string]Verdict{}
	for _, got := range Judge(profiles, v.Begin(), list, Question{Name: made.Host, At: truthAt, TLS: tls13}) {
		out[got.Client] = got
	}
	return out
}

// TestConstraintRules tells for each way in which clients differ what some of them
// were seen to do.
func TestConstraintRules(t *testing.T) {
	verifier := new(chain.Verifier)
	for _, c := range []struct{ changes, accept, reject string }{
		// Names of CA certificates below are held to constraints, but by GnuTLS.
		{"I:nc=+dns:test.example J:san=dns:other.example", "gnutls-3.7", "go openssl-3.0 chrome firefox java-17 android"},
		// Common names: of leaves, of any certificate, of none.
		{"I:nc=+dns:test.example J:cn=other.example", "go openssl-3.0 chrome firefox gnutls-3.7", "java-17 botan-2.19 wolfssl-5.5"},
		{"I:nc=+dns:test.example L:cn=127.0.0.1 L:san=ip:127.0.0.1 host=127.0.0.1", "nss-3.87 go java-17", "openssl-3.0 curl gnutls-3.7"},
		// Wildcards that could stand for what is excluded.
		{"I:nc=-dns:other.test.example L:san=dns:*.test.example host=www.test.example", "openssl-3.0 gnutls-3.7 go-1.23", "go chrome firefox rustls-0.23 bun"},
		// Forms that not all clients know.
		{"I:nc=-uri:a.other.test L:san=dns:test.example,uri:https://a.other.test/", "botan-2.19 wolfssl-5.5", "go openssl-3.0 chrome firefox gnutls-3.7"},
		{"I:nc=+uri:.example L:san=dns:test.example,uri:https://a.other.test/", "gnutls-3.7 wolfssl-5.5", "go openssl-3.0 chrome firefox botan-2.19"},
		{"I:nc=+uri:.example L:san=dns:test.example,uri:https://a.b.example/", "go openssl-3.0 java-17", "chrome firefox rustls-0.23"},
		{"I:nc=+email:other.example L:san=dns:test.example,email:a@other.example", "go chrome openssl-3.0", "rustls-0.23 botan-2.19"},
		{"I:nc=+dns:test.example L:san=dns:test.example,ip:127.0.0.1", "go openssl-3.0 chrome", "wolfssl-5.5"},
		{"I:nc=+ip:127.0.0.0/8 L:san=ip:127.0.0.1 host=127.0.0.1", "go openssl-3.0 chrome", "bun boringssl-android"},
		{"I:nc=-dir:another", "openssl-3.0 chrome java-17", "firefox gnutls-3.7 go rustls-0.23"},
		{"I:nc=-dir:another I:noncrit=nc", "openssl-3.0 chrome go", "firefox gnutls-3.7 rustls-0.23"},
		{"I:nc=+dir:another", "gnutls-3.7", "openssl-3.0 chrome java-17 firefox go"},
		// Domains in odd forms.
		{"I:nc=+dns:test.example.", "chrome gnutls-3.7", "go openssl-3.0 firefox"},
		{"I:nc=-dns:", "android", "go openssl-3.0 java-17"},
		{"I:nc=+dns:", "go openssl-3.0", "android java-17"},
		// What two CAs permit in the same words.
		{"I:nc=+dns:test.example J:nc=+dns:test.example", "go openssl-3.0 chrome gnutls-3.7", "android"},
		{"I:nc=+dns:example J:nc=+dns:test.example", "go openssl-3.0 android", ""},
		// Clients that give up.
		{"I:nc=-many:40 L:san=dns:test.example,many:90", "botan-2.19 openssl-3.0", ""},
		{"I:nc=-many:45 L:san=dns:test.example,many:89", "openssl-3.0", "botan-2.19"},
		{"I:nc=-many:500 L:san=dns:test.example,many:600", "openssl-3.0 chrome gnutls-3.7 firefox", "go-1.21 rustls-0.23"},
		{"I:nc=-many:1000 L:san=dns:test.example,many:1100", "go java-17 firefox nss-3.87", "openssl-3.0 chrome gnutls-3.7"},
		// Clients that know no constraints.
		{"I:nc=-dns:test.example I:noncrit=nc", "mbedtls-2.28 bearssl-0.6", "go openssl-3.0"},
		// A common name that Java compares becomes an alternative name of the leaf.
		{"J:nc=-ip:1.1.1.0/24 L:cn=127.0.0.1 L:san=dns:a.test host=127.0.0.1", "java-17", "go openssl-3.0"},
		{"L:cn=127.0.0.1 L:san=dns:a.test host=127.0.0.1", "", "java-17 go openssl-3.0"},
		// Without alternative names, where the common name is like a host.
		{"I:nc=+dns:test.example L:drop=san L:cn=test.example", "openssl-3.0 java-17", "bun boringssl-android go"},
		{"L:san=ip:127.0.0.1 host=127.0.0.1", "rustls-0.23 go", "rustls-0.20"},
		{"L:nc=+dns:test.example", "go openssl-3.0", "mbedtls-2.28 bearssl-0.6 botan-2.19 wolfssl-5.5"},
	} {
		accept, reject := strings.Fields(c.accept), strings.Fields(c.reject)
		got := judgeVariant(t, verifier, c.changes, slices.Concat(accept, reject))
		for _, id := range accept {
			if !got[id].Accepted {
				t.Errorf("%s: %s should accept: %s", c.changes, id, got[id].Reason)
			}
		}
		for _, id := range reject {
			if got[id].Accepted {
				t.Errorf("%s: %s should reject", c.changes, id)
			}
		}
	}
}

// TestConstraintsCost: whoever makes certificates may put very many names into one
// and as many constraints into another; they are not all compared with each other.
func TestConstraintsCost(t *testing.T) {
	const many = 10000
	var dns, bases, emails []string
	for i := range many {
		dns = append(dns, fmt.Sprintf("n%d.a.b.example", i))
		bases = append(bases, fmt.Sprintf("m%d.c.b.example", i))
		emails = append(emails, fmt.Sprintf("n%d@a.b.example", i))
	}
	leaf := &node{c: &cert.Certificate{HasSAN: true, DNSNames: dns, Emails: emails}}
	for i, nc := range []*cert.NameConstraints{
		{ExcludedDNS: bases, ExcludedEmail: bases},
		{PermittedDNS: append(slices.Clip(bases), "example"), ExcludedEmail: bases},
	} {
		pb := &pathBuilder{presented: &presentedChain{}, b: &Builder{}, leaf: leaf}
		ca := &node{c: &cert.Certificate{NameConstraints: nc}}
		if f := pb.holdTo(ca, leaf); f.what != nothing {
			t.Errorf("%d: %d is forbidden", i, f.what)
		}
		if got := pb.presented.lookups; got < 2*many || got > 40*many {
			t.Errorf("%d: %d names are looked up among %d subtrees in %d steps", i, 2*many, many, got)
		}
		limited := &pathBuilder{presented: &presentedChain{}, b: &Builder{Constraints: ConstraintRules{Comparisons: maxComparisons}}, leaf: leaf}
		if f := limited.holdTo(ca, leaf); f.what != tooManyConstraints || limited.presented.lookups > 0 {
			t.Errorf("%d: a client that counts says %d after %d steps", i, f.what, limited.presented.lookups)
		}
	}
}

package rules

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestRememberedVerdict holds that a verdict that is remembered is the one that
// was judged, whatever its first owner did with it, and that nothing else is
// taken for it: another name, another order, something beside the list.
func TestRememberedVerdict(t *testing.T) {
	r, err := tlstest.ParseRecipe("remembered", "root R\nca I by R\nleaf L by I\nleaf M by I\npresent L R I\nanchors R\n")
	if err != nil {
		t.Fatal(err)
	}
	j := NewJudge(Criteria{At: r.At, Profiles: recipeClients(t, r)}, nil)
	judge := func(p Presentation) *Verdict { return j.Judge([]Presentation{p})[0] }
	p := presentation(r, r.Presented, "192.0.2.1:443")
	first := judge(p)
	want := describe(first)
	first.Findings[0].Severity, first.Findings[0].Message = None, "mine"

	p.Addr = "192.0.2.2:443"
	again := judge(p)
	if describe(again) != want || again.Addr != p.Addr {
		t.Errorf("the second time, for %s:\n%s\nwant\n%s", again.Addr, describe(again), want)
	}
	if third := judge(p); first.Remembered != nil || again.Remembered == nil || third.Remembered != again.Remembered {
		t.Errorf("remembered: %p, %p, %p", first.Remembered, again.Remembered, third.Remembered)
	}
	other := p
	other.Name = "other.example.test"
	if describe(judge(other)) == want {
		t.Error("another name got the same verdict")
	}
	other = p
	other.Unordered = true
	if describe(judge(other)) == want {
		t.Error("a set got the verdict of a list")
	}
	other = p
	other.ServerKey = parse(t, r.Cert("M")).Key.SPKI
	if describe(judge(other)) == want {
		t.Error("a key that does not belong was not seen")
	}
}

// TestPresentationKey holds that nothing that a list alone is judged by is left out
// of what it is remembered by.
func TestPresentationKey(t *testing.T) {
	entry := func(n byte) chain.Entry { return chain.Entry{SHA256: cert.Hash{n}} }
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	seen := map[cert.Hash]int{}
	for i, p := range []Presentation{
		{}, {Name: "a"}, {Name: "b"}, {Unordered: true}, {TLS: 0x0303}, {TLS: 0x0304}, {RSAExchange: true}, {Unstapled: true}, {Flight: 1},
		{SCTs: []time.Time{at}}, {SCTs: []time.Time{at.Add(time.Second)}}, {SCTs: []time.Time{at, at}},
		{Entries: []chain.Entry{entry(1)}}, {Entries: []chain.Entry{entry(1), entry(2)}}, {Entries: []chain.Entry{entry(2), entry(1)}},
		{Entries: []chain.Entry{entry(1), entry(2)}, Name: "a"},
	} {
		key := p.key()
		if j, ok := seen[key]; ok {
			t.Errorf("presentations %d and %d have the same key", j, i)
		}
		seen[key] = i
		p.Addr, p.Seen = "192.0.2.1:443", at
		if p.key() != key {
			t.Errorf("presentation %d has another key elsewhere", i)
		}
	}
}

// TestHandshakeCounts: one list has verdicts of its own for each version of TLS.
func TestHandshakeCounts(t *testing.T) {
	root, err := tlstest.Root("R")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tlstest.Leaf(tlstest.ServerName, root, func(c *tlstest.Template) { c.KeyUsage = x509.KeyUsageContentCommitment })
	if err != nil {
		t.Fatal(err)
	}
	profile := &client.Profile{ID: "wolfssl-5.5", Builder: client.Builders()["wolfssl-5.5"], Store: chain.NewSet([]*cert.Certificate{chain.Read(root.DER).Cert})}
	j := NewJudge(Criteria{At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Profiles: []*client.Profile{profile}}, nil)
	for tls, want := range map[uint16]bool{0x0303: false, 0x0304: true, 0: false} {
		p := Presentation{Entries: []chain.Entry{j.Read(leaf.DER)}, Name: tlstest.ServerName, TLS: tls}
		if got := j.Judge([]Presentation{p})[0].Clients[0]; got.Accepted != want {
			t.Errorf("TLS %x: %+v", tls, got)
		}
	}
}

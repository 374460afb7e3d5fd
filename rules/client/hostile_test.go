package client

import (
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// tangle is a list that makes every path builder work: n certificates of one
// name and key each of which certifies all the others, or layers of them.
func tangle(n, names int) []chain.Entry {
	ca := make([]*cert.Certificate, n)
	for i := range ca {
		c := below(&cert.Certificate{}, "tangled", true)
		c.SHA256 = cert.Hash{7, byte(i), byte(i >> 8)}
		c.Key.SPKI = cert.Hash{9, byte(i % names)}
		name := string(rune('a' + i%names))
		c.Subject = cert.Name{DER: []byte(name), Text: name, Canon: name, Common: name}
		issuer := string(rune('a' + (i+1)%names))
		c.Issuer = cert.Name{DER: []byte(issuer), Text: issuer, Canon: issuer, Common: issuer}
		c.SignedBy, c.AKI, c.SKI = cert.Hash{9, byte((i + 1) % names)}, nil, nil
		c.NotBefore = c.NotBefore.AddDate(0, 0, -i)
		ca[i] = c
	}
	list := []chain.Entry{chain.EntryFrom(below(ca[0], "leaf", false))}
	for _, c := range ca {
		list = append(list, chain.EntryFrom(c))
	}
	return list
}

// BenchmarkHostile judges lists that are made to be hard, by all profiles.
func BenchmarkHostile(b *testing.B) {
	all := Profiles(catalog.Embedded(), truthAt)
	for name, list := range map[string][]chain.Entry{
		"one name": tangle(100, 1), "two names": tangle(100, 2), "ten names": tangle(100, 10), "twenty-six names": tangle(100, 26),
	} {
		b.Run(name, func(b *testing.B) {
			q := Question{Name: "www.example.test", At: truthAt, Known: []*chain.Set{catalog.Embedded().CAs()}}
			start := system.CPUTime(b)
			for b.Loop() {
				Judge(all, new(chain.Verifier).Begin(), list, q)
			}
			b.ReportMetric(float64((system.CPUTime(b)-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// TestHostile holds that hard lists are judged at all: with a verdict in words
// from every client.
func TestHostile(t *testing.T) {
	all := Profiles(catalog.Embedded(), truthAt)
	for _, names := range []int{1, 2, 10} {
		for _, v := range Judge(all, new(chain.Verifier).Begin(), tangle(100, names), Question{Name: "www.example.test", At: truthAt}) {
			if v.Accepted || v.Cause == "" || v.Reason == "" {
				t.Errorf("%d names: %s: %+v", names, v.Client, v)
			}
		}
	}
}

// FuzzJudge shows clients lists with one entry of the fuzzer's making.
func FuzzJudge(f *testing.F) {
	tb := tlstest.For(f)
	root := tb.Root("R")
	ca := tb.Intermediate("I", root)
	leaf := tb.Leaf("L", ca)
	f.Add(ca.DER, uint8(1))
	f.Add(leaf.DER, uint8(0))
	f.Add([]byte{0x30}, uint8(2))
	anchor, err := cert.Parse(root.DER)
	if err != nil {
		f.Fatal(err)
	}
	store := chain.NewSet([]*cert.Certificate{anchor})
	var all []*Profile
	for _, id := range everyone() {
		all = append(all, &Profile{ID: id, Builder: Builders()[id], Store: store, AIA: true, Preload: true})
	}
	f.Fuzz(func(t *testing.T, raw []byte, at uint8) {
		list := []chain.Entry{chain.Read(leaf.DER), chain.Read(ca.DER), chain.Read(root.DER)}
		list[int(at)%len(list)] = chain.Read(raw)
		q := Question{Name: tlstest.ServerName, At: truthAt, Known: []*chain.Set{store}}
		for _, v := range Judge(all, new(chain.Verifier).Begin(), list, q) {
			if v.Reason == "" || v.Accepted == (v.Cause != "") || v.Accepted != (v.By != "") {
				t.Errorf("%s: %+v", v.Client, v)
			}
		}
	})
}

// TestUndemanding holds that a client which its user describes as one without
// limits, and which minds no junk, gets through hard lists as well.
func TestUndemanding(t *testing.T) {
	junk := chain.Read([]byte{0x30, 0x03, 0x02, 0x01, 0x00})
	for id, b := range Builders() {
		b.ParseAll, b.RefuseAll, b.MaxBytes, b.MaxEntries, b.MaxPath = false, 0, 0, 0, 0
		p := &Profile{ID: id, Builder: b, Store: chain.NewSet(nil)}
		for _, names := range []int{1, 2, 10} {
			list := tangle(100, names)
			list = append(list[:2:2], append([]chain.Entry{junk}, list[2:]...)...)
			if v := p.Judge(new(chain.Verifier).Begin(), append(list, junk), Question{Name: "www.example.test", At: truthAt}); v.Accepted || v.Reason == "" {
				t.Errorf("%d names: %s: %+v", names, id, v)
			}
		}
	}
}

package rules

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A costly is a chain made to be dear, with the CAs that are known beside it.
type costly struct {
	presented, known []*tlstest.Cert
	anchor           *tlstest.Cert
}

// costlyChains have certificates of many parts, or that many parts multiply in.
func costlyChains(tb testing.TB) map[string]costly {
	const many = 10_000
	mk := tlstest.For(tb)
	root := mk.Root("R")
	numbered := func(format string) (list []string) {
		for i := range many {
			list = append(list, fmt.Sprintf(format, i))
		}
		return list
	}
	all := map[string]costly{}
	leafWith := func(name string, mutate func(*tlstest.Template)) {
		ca := mk.Intermediate("I", root)
		all[name] = costly{presented: []*tlstest.Cert{mk.Leaf("L", ca, mutate), ca}, anchor: root}
	}
	caWith := func(name string, onCA, onLeaf func(*tlstest.Template)) {
		ca := mk.Intermediate("I", root, onCA)
		all[name] = costly{presented: []*tlstest.Cert{mk.Leaf("L", ca, onLeaf), ca}, anchor: root}
	}
	names := func(c *tlstest.Template) { c.DNSNames = append(numbered("n%d.example.test"), tlstest.ServerName) }
	leafWith("10,000 names", names)
	leafWith("names of 1 MB", func(c *tlstest.Template) {
		for i := range 4000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("%s%d.example.test", strings.Repeat("a.", 120), i))
		}
	})
	leafWith("one name of 1 MB", func(c *tlstest.Template) { c.DNSNames = append(c.DNSNames, strings.Repeat("a.", 1<<19)+"test") })
	leafWith("10,000 wildcards", func(c *tlstest.Template) { c.DNSNames = numbered("*.*.*.n%d.example.test") })
	leafWith("10,000 addresses", func(c *tlstest.Template) {
		for i := range many {
			c.IPAddresses = append(c.IPAddresses, net.IPv4(10, 0, byte(i>>8), byte(i)))
		}
	})
	leafWith("10,000 extensions", func(c *tlstest.Template) {
		for i := range many {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, i}, Value: []byte{5, 0}})
		}
	})
	leafWith("one extension 10,000 times", func(c *tlstest.Template) {
		c.Edits = append(c.Edits, func(t *tlstest.TBS) {
			for range many {
				t.Extensions = append(t.Extensions, t.Extensions[0])
			}
		})
	})
	leafWith("10,000 URLs", func(c *tlstest.Template) {
		c.IssuingCertificateURL, c.OCSPServer, c.CRLDistributionPoints = numbered("http://a%d.test/"), numbered("http://o%d.test/"), numbered("http://c%d.test/")
	})
	rdns := func(sets int, each int) []byte {
		type attribute struct {
			Type  asn1.ObjectIdentifier
			Value string `asn1:"utf8"`
		}
		var list []asn1.RawValue
		for i := range sets {
			var set []byte
			for j := range each {
				der, err := asn1.Marshal(attribute{asn1.ObjectIdentifier{2, 5, 4, 11}, fmt.Sprintf("  Unit   %d of  %d ", i, j)})
				if err != nil {
					tb.Fatal(err)
				}
				set = append(set, der...)
			}
			list = append(list, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: set})
		}
		der, err := asn1.Marshal(list)
		if err != nil {
			tb.Fatal(err)
		}
		return der
	}
	caWith("10,000 RDNs", func(c *tlstest.Template) { c.RawSubject = rdns(many, 1) }, func(c *tlstest.Template) { c.RawSubject = rdns(many, 1) })
	caWith("an RDN of 10,000 values", func(c *tlstest.Template) { c.RawSubject = rdns(1, many) }, func(c *tlstest.Template) { c.RawSubject = rdns(1, many) })
	caWith("constraints times names", func(c *tlstest.Template) {
		c.PermittedDNSDomains, c.ExcludedDNSDomains = append(numbered("p%d.test"), "example.test"), numbered("x%d.test")
	}, names)
	caWith("constraints times directory names", func(c *tlstest.Template) {
		var permitted []byte
		for range 2000 {
			permitted = append(permitted, element(0x30, element(0xa4, rdns(4, 1)))...)
		}
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Value: element(0x30, element(0xa0, permitted))}}
	}, func(c *tlstest.Template) {
		var names []byte
		for range 2000 {
			names = append(names, element(0xa4, rdns(5, 1))...)
		}
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: element(0x30, names)}}
	})

	// Each CA maps every policy to every other: trees grow by the power.
	var oids []x509.OID
	var mapped []asn1.RawValue
	for i := range 40 {
		oid, err := x509.OIDFromInts([]uint64{1, 3, 6, 1, 4, 1, 99999, uint64(i)})
		if err != nil {
			tb.Fatal(err)
		}
		oids = append(oids, oid)
		for j := range 40 {
			der, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 99999, i}, {1, 3, 6, 1, 4, 1, 99999, j}})
			if err != nil {
				tb.Fatal(err)
			}
			mapped = append(mapped, asn1.RawValue{FullBytes: der})
		}
	}
	mappings, err := asn1.Marshal(mapped)
	if err != nil {
		tb.Fatal(err)
	}
	policies := func(c *tlstest.Template) { c.Policies = oids }
	by := root
	tree := costly{anchor: root}
	for i := range 12 {
		by = mk.Intermediate(fmt.Sprint("P", i), by, policies, func(c *tlstest.Template) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 33}, Value: mappings},
				pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 0}})
		})
		tree.presented = append([]*tlstest.Cert{by}, tree.presented...)
	}
	tree.presented = append([]*tlstest.Cert{mk.Leaf("L", by, policies)}, tree.presented...)
	all["policy trees that multiply"] = tree
	leafWith("10,000 policies", func(c *tlstest.Template) {
		for i := range many {
			oid, err := x509.OIDFromInts([]uint64{1, 3, 6, 1, 4, 1, 99998, uint64(i)})
			if err != nil {
				tb.Fatal(err)
			}
			c.Policies = append(c.Policies, oid)
		}
	})

	clique := costly{}
	var members []*tlstest.Cert
	for i := range 30 {
		members = append(members, mk.Root(fmt.Sprint("C", i), func(c *tlstest.Template) { c.Subject = pkix.Name{CommonName: "Clique"} }))
	}
	for i, of := range members {
		for j, by := range members {
			if i != j {
				clique.known = append(clique.known, mk.Cross(fmt.Sprintf("X%d-%d", i, j), of, by))
			}
		}
	}
	clique.presented = append([]*tlstest.Cert{mk.Leaf("L", members[0])}, clique.known[:100]...)
	clique.anchor = root
	all["a clique of 30"] = clique

	same := costly{anchor: root}
	for i := range 5000 {
		same.known = append(same.known, mk.Root(fmt.Sprint("S", i), func(c *tlstest.Template) {
			c.Subject, c.SubjectKeyId, c.AuthorityKeyId = pkix.Name{CommonName: "Same"}, []byte{}, []byte{}
		}))
	}
	same.presented = []*tlstest.Cert{mk.Leaf("L", mk.Root("S", func(c *tlstest.Template) { c.Subject = pkix.Name{CommonName: "Same"} }), func(c *tlstest.Template) {
		c.AuthorityKeyId = []byte{}
	})}
	all["5,000 CAs of one name"] = same
	return all
}

// element is DER of a tag and content.
func element(tag byte, content []byte) []byte {
	n := len(content)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func (c costly) judge(tb testing.TB) *Verdict {
	tb.Helper()
	var known []*cert.Certificate
	for _, k := range c.known {
		one, err := cert.Parse(k.DER)
		if err != nil {
			tb.Fatal(err)
		}
		known = append(known, one)
	}
	anchor, err := cert.Parse(c.anchor.DER)
	if err != nil {
		tb.Fatal(err)
	}
	at := tlstest.Now()
	criteria := Criteria{At: at, Known: []Source{{Name: "pool", Set: chain.NewSet(known)}}}
	for _, p := range client.Profiles(catalog.Embedded(), at) {
		criteria.Profiles = append(criteria.Profiles, p.WithStore(chain.NewSet([]*cert.Certificate{anchor})))
	}
	p := Presentation{Name: tlstest.ServerName, Addr: "192.0.2.1:443"}
	for _, entry := range c.presented {
		p.Entries = append(p.Entries, chain.Read(entry.DER))
	}
	return NewJudge(criteria, nil).Judge([]Presentation{p})[0]
}

// Certificates of many parts are judged by every client, whatever their parts
// multiply to; what is done with them grows no faster than they do, which memory
// tells without a clock.
func TestCostlyCertificates(t *testing.T) {
	for name, c := range costlyChains(t) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := system.CPUTime(t)
			v := c.judge(t)
			runtime.ReadMemStats(&after)
			taken := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%v of CPU, %d MiB", system.CPUTime(t)-start, taken)
			if taken > 150 {
				t.Errorf("%d MiB", taken)
			}
			if len(v.Clients) < 20 {
				t.Errorf("%d clients", len(v.Clients))
			}
			for _, one := range v.Clients {
				if one.Reason == "" {
					t.Errorf("%s says nothing", one.Client)
				}
			}
			for _, f := range v.Findings {
				if len(f.Message)+len(f.Fix) > 100_000 {
					t.Errorf("%s has a text of %d bytes", f.Rule, len(f.Message)+len(f.Fix))
				}
			}
		})
	}
}

package fix

import (
	"crypto"
	"math/big"
	"os"
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

// A replica is SureServer's hierarchy with keys of our own: the same names,
// dates, hashes, key identifiers and relations as the real certificates, whose
// private keys nobody outside has. Its certificates are found by the first
// digits of the SHA-256 of the real ones.
type replica struct {
	tlstest.TB
	made     map[string]*tlstest.Cert
	certs    map[string]*cert.Certificate
	products *catalog.Products
}

// Keys of the hierarchy, by the first digits of their SPKI's SHA-256.
var replicaKeys = []string{"1069fa47a0aa", "63d9af9b47b1", "7e8782c150ce", "c36c41370fa3", "4272923d73ad", "f718e6b88840", "3380709af3b0", "ad2e04c7b7cc"}

// Some of its certificates.
const (
	gte          = "a53125188d21"
	baltimore    = "16af57a9f676" // self-signed
	baltimoreGTE = "940b8920f407" // the cross-root: the same subject and key, by GTE
	globalRoot   = "9bb5cc8427af" // Cybertrust Global Root by Baltimore, SHA-1, 2010
	globalSHA2   = "64b3542d1bc9" // the same by SHA-256, 2014
	publicG2     = "00dcf6e020ab"
	g3SHA1       = "5edd31887b72" // 2013
	g3SHA1New    = "c39c3f619057" // 2014
	g3SHA2       = "cfb93c1b398f"
	evG2SHA1     = "bd45b252c72f" // 2014
	evG2SHA2     = "87d9130f0db2"
)

func newReplica(t *testing.T) *replica {
	t.Helper()
	r := &replica{TB: tlstest.For(t), made: make(map[string]*tlstest.Cert), certs: make(map[string]*cert.Certificate)}
	var facts []*cert.Certificate
	for _, k := range catalog.Embedded().All() {
		if slices.ContainsFunc(replicaKeys, func(p string) bool { return strings.HasPrefix(k.Cert.Key.SPKI.String(), p) }) {
			facts = append(facts, k.Cert)
		}
	}
	byKey := make(map[cert.Hash]*tlstest.Cert)
	for pass := 0; pass < 3; pass++ { // issuers before what they issue
		for _, f := range facts {
			id := f.SHA256.String()[:12]
			self := f.SignedBy == f.Key.SPKI
			if r.made[id] != nil || !self && byKey[f.SignedBy] == nil {
				continue
			}
			as := func(c *tlstest.Template) {
				c.RawSubject, c.Key = f.Subject.DER, r.Key(f.Key.SPKI.String(), "rsa2048")
				c.NotBefore, c.NotAfter, c.Hash = f.NotBefore, f.NotAfter, f.SignatureAlg.Hash
				c.SubjectKeyId, c.SerialNumber = f.SKI, new(big.Int).SetBytes(f.Serial)
				if c.SubjectKeyId == nil {
					c.SubjectKeyId = []byte{}
				}
			}
			if self {
				r.made[id] = r.Root(id, as)
			} else {
				r.made[id] = r.Intermediate(id, byKey[f.SignedBy], as)
			}
			if byKey[f.Key.SPKI] == nil || self {
				byKey[f.Key.SPKI] = r.made[id]
			}
		}
	}
	text, err := os.ReadFile("../catalog/lines/sureserver.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	for _, f := range facts {
		id := f.SHA256.String()[:12]
		if r.made[id] == nil {
			continue // signed outside of the hierarchy
		}
		c, err := cert.Parse(r.made[id].DER)
		if err != nil {
			t.Fatal(err)
		}
		r.certs[id] = c
		file = strings.ReplaceAll(file, f.SHA256.String(), c.SHA256.String())
		file = strings.ReplaceAll(file, id, c.SHA256.String()[:12])
		file = strings.ReplaceAll(file, f.Key.SPKI.String(), c.Key.SPKI.String())
	}
	var none *catalog.Products
	if r.products, err = none.With([]byte(file)); err != nil {
		t.Fatal(err)
	}
	return r
}

// leaf is a server certificate by a CA of the replica, issued at a moment and
// valid for two years, as they were.
func (r *replica) leaf(by, issued string, hash crypto.Hash) *tlstest.Cert {
	r.Helper()
	at, err := time.Parse(time.RFC3339, issued)
	if err != nil {
		r.Fatal(err)
	}
	issuer := r.made[by]
	return r.Leaf("leaf "+by+issued, issuer, func(c *tlstest.Template) {
		c.NotBefore, c.NotAfter, c.Hash = at, at.AddDate(2, 0, 0), hash
		c.Key = r.Key("server", "rsa2048")
	})
}

// judge judges as of a day, by clients whose stores hold what the real ones do.
func (r *replica) judge(day string, clients ...string) *rules.Judge {
	r.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		r.Fatal(err)
	}
	c := rules.Criteria{At: at, Products: r.products, Named: clients}
	var pool []*cert.Certificate
	for _, x := range r.certs {
		pool = append(pool, x)
	}
	slices.SortFunc(pool, func(a, b *cert.Certificate) int { return slices.Compare(a.SHA256[:], b.SHA256[:]) })
	c.Known = []rules.Source{{Name: "pool", Set: chain.NewSet(pool)}}
	for _, p := range client.Profiles(catalog.Embedded(), at) {
		if !slices.Contains(clients, p.ID) {
			continue
		}
		var anchors []*cert.Certificate
		for _, a := range p.Store.All() {
			if x := r.certs[a.SHA256.String()[:12]]; x != nil {
				anchors = append(anchors, x)
			}
		}
		c.Profiles = append(c.Profiles, p.WithStore(chain.NewSet(anchors)))
	}
	if len(c.Profiles) != len(clients) {
		r.Fatalf("not all of %v are known", clients)
	}
	return rules.NewJudge(c, nil)
}

// present judges a list: the leaf, and certificates of the replica by name.
func (r *replica) present(j *rules.Judge, leaf *tlstest.Cert, ids ...string) *rules.Verdict {
	r.Helper()
	p := rules.Presentation{Name: tlstest.ServerName, Entries: []chain.Entry{chain.Read(leaf.DER)}}
	for _, id := range ids {
		if r.made[id] == nil {
			r.Fatalf("no certificate %s", id)
		}
		p.Entries = append(p.Entries, chain.Read(r.made[id].DER))
	}
	return j.Judge([]rules.Presentation{p})[0]
}

// ids gives a bundle by the names of the replica.
func (r *replica) ids(bundle []Certificate) (out []string) {
	for _, c := range bundle {
		name := "?"
		for id, x := range r.certs {
			if x.SHA256 == c.Cert.SHA256 {
				name = id
			}
		}
		out = append(out, name)
	}
	return out
}

func finding(v *rules.Verdict, rule string) *rules.Finding {
	for i := range v.Findings {
		if v.Findings[i].Rule == rule {
			return &v.Findings[i]
		}
	}
	return nil
}

func ruleIDs(v *rules.Verdict) (ids []string) {
	for _, f := range v.Findings {
		ids = append(ids, f.Rule)
	}
	return ids
}

// Package build makes the catalogue's facts of other people's published data:
// CCADB's CSV reports, PEM files, and lists of what stands in which trust
// store. The program's generator and `tlschain data update` share it.
//
// It takes what it is given as a file system or readers, checks every
// signature that it asserts, and believes no fingerprint that it can compute.
// It fetches nothing and writes nothing.
package build

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A builder collects certificates and stores, and makes facts of them. Facts
// that it begins with stay: what was once signed stays signed. Certificates
// read again take the place of what was known of them; a store read again
// replaces the one of its id.
type builder struct {
	// From tells the source of a file by its path. Required.
	From func(path string) catalog.Source
	// StoreFrom tells where the list of a client's store is from. Nil: not said.
	StoreFrom func(client, version string) string
	// StoreOf tells which store a file of one store is. Required for such files.
	StoreOf func(path string) catalog.Store
	// Skipped are the certificates that could not be read, each with its place and why.
	Skipped []string

	wants    func(path string) bool // nil: every file that it knows how to read
	reported reported

	base  *catalog.Facts
	certs map[cert.Hash]*item
	order []*item // as they came
	store []*list

	asked    map[string]map[cert.Hash]catalog.Constraint // by store: read apart from it
	policies []*catalog.Policy
	revoked  []*catalog.Revocations
	preloads *preloads
}

// item is one certificate, with its bytes if they were read now.
type item struct {
	cert    *cert.Certificate
	sources []catalog.Source
}

// list is a store as it was read: its anchors are known by their hashes only.
type list struct {
	catalog.Store
	place   string // file and first line, for errors
	anchors []cert.Hash
	// marksIntermediates: what was read does not tell roots from intermediates.
	marksIntermediates bool
}

// newBuilder begins with the facts of base, which may be nil.
func newBuilder(base *catalog.Facts, from func(path string) catalog.Source) *builder {
	b := &builder{From: from, base: base, certs: make(map[cert.Hash]*item)}
	if base == nil {
		return b
	}
	for _, k := range base.All() {
		it := b.item(k.Cert)
		for _, i := range k.Sources {
			it.sources = append(it.sources, base.Sources()[i])
		}
	}
	for _, s := range base.Stores() {
		l := &list{Store: *s}
		for _, a := range s.Anchors.All() {
			l.anchors = append(l.anchors, a.SHA256)
		}
		b.store = append(b.store, l)
	}
	b.policies, b.revoked = slices.Clone(base.Policies()), slices.Clone(base.Revocations())
	if p, ok := base.Preloads(); ok {
		b.preloads = &preloads{date: p.Date, source: p.Source, certs: make([]cert.Hash, p.Unknown)} // the unknown have no hash
		for _, c := range p.Certs.All() {
			b.preloads.certs = append(b.preloads.certs, c.SHA256)
		}
	}
	return b
}

func (b *builder) item(c *cert.Certificate) *item {
	it := b.certs[c.SHA256]
	if it == nil {
		it = &item{cert: c}
		b.certs[c.SHA256] = it
		b.order = append(b.order, it)
	}
	return it
}

// add takes a certificate from a file. place names it in Skipped.
func (b *builder) add(der []byte, src catalog.Source, place string) {
	c, err := cert.Parse(der)
	if err != nil {
		b.Skipped = append(b.Skipped, fmt.Sprintf("%s: %v", place, err))
		return
	}
	it := b.item(c)
	it.cert = c // with bytes, whatever was known before
	for i, s := range it.sources {
		if s.Name == src.Name { // a newer edition of the same source
			it.sources[i] = src
			return
		}
	}
	it.sources = append(it.sources, src)
}

// makeFacts makes facts of everything that was read: CA certificates able to serve
// TLS, and all anchors. updated is the date they will bear. It fails if a store
// names a certificate that was not read.
func (b *builder) makeFacts(updated time.Time) (*catalog.Facts, error) {
	anchor := make(map[cert.Hash]bool)
	for _, l := range b.store {
		for _, h := range l.anchors {
			if b.certs[h] == nil {
				return nil, fmt.Errorf("%s: store %s holds %s, but no file has that certificate", l.place, l.ID, h)
			}
			anchor[h] = true
		}
	}
	signers := newSigners(b.order)
	var sources []catalog.Source
	var known []catalog.Known
	byHash := make(map[cert.Hash]*cert.Certificate)
	for _, it := range b.order {
		c := it.cert
		if !anchor[c.SHA256] && !(isCA(c) && c.ForTLS()) {
			continue
		}
		k := catalog.Known{Cert: fact(c)}
		if c.Raw != nil {
			k.Cert.SignedBy = signers.of(c)
			if old, ok := b.known(c.SHA256); ok && k.Cert.SignedBy == (cert.Hash{}) {
				k.Cert.SignedBy = old.SignedBy
			}
		}
		for _, s := range it.sources {
			i := slices.Index(sources, s)
			if i < 0 {
				i = len(sources)
				sources = append(sources, s)
			}
			k.Sources = append(k.Sources, i)
		}
		slices.Sort(k.Sources)
		known = append(known, k)
		byHash[c.SHA256] = k.Cert
	}
	return b.trust(catalog.New(updated, sources, known, b.stores(byHash)), byHash), nil
}

func (b *builder) known(sha cert.Hash) (*cert.Certificate, bool) {
	if b.base == nil {
		return nil, false
	}
	k, ok := b.base.Find(sha)
	return k.Cert, ok
}

func (b *builder) stores(certs map[cert.Hash]*cert.Certificate) []*catalog.Store {
	var out []*catalog.Store
	for _, l := range b.store {
		s := l.Store
		anchors := make([]*cert.Certificate, len(l.anchors))
		for i, h := range l.anchors {
			anchors[i] = certs[h]
		}
		s.Anchors = chain.NewSet(anchors)
		if asked := b.asked[s.ID]; asked != nil {
			s.Constraints = asked
		}
		out = append(out, &s)
	}
	slices.SortStableFunc(out, func(x, y *catalog.Store) int {
		return cmp.Or(cmp.Compare(x.Client, y.Client), x.Date.Compare(y.Date))
	})
	return out
}

// fact is what is kept of a certificate: no bytes, and no names that a server
// would be addressed by.
func fact(c *cert.Certificate) *cert.Certificate {
	x := *c
	x.Raw, x.TBS, x.Signature = nil, nil, nil
	x.DNSNames, x.IPs, x.HasSAN = nil, nil, false
	return &x
}

// isCA reports whether any client takes c for a CA certificate: marked as one, or
// from before there were marks (RFC 5280 section 4.2.1.9 came with version 3).
func isCA(c *cert.Certificate) bool {
	if c.HasBasicConstraints {
		return c.IsCA
	}
	return c.Version < 3 || c.SelfIssued() || c.KeyUsage&cert.CertSign != 0
}

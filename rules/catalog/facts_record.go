package catalog

import (
	"net/netip"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// encode writes the certificates that stores hold first, so that who needs
// nothing but stores need not read on.
func encode(f *Facts) (plain, packed []byte) {
	c := &codec{keyNumber: make(map[cert.Hash]uint64), place: make(map[cert.Hash]uint64)}
	held := make(map[cert.Hash]bool)
	for _, s := range f.stores {
		for _, a := range s.Anchors.All() {
			held[a.SHA256] = true
		}
	}
	known := slices.Clone(f.All())
	slices.SortStableFunc(known, func(x, y Known) int { return compareBool(held[y.Cert.SHA256], held[x.Cert.SHA256]) })
	for i, k := range known { // before any signer or store refers to them
		key := k.Cert.Key
		c.keyNumber[key.SPKI] = c.keys.number(string(key.DER), key)
		c.place[k.Cert.SHA256] = uint64(i)
	}
	for _, k := range known {
		x := *k.Cert
		c.certificate(&x)
		c.sources(&k.Sources, len(f.sources))
	}
	c.about(f)
	c.trust(f)
	c.writeTables()
	return c.join()
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// decode is encode, the other way round. A table that comes with an index is taken
// for good, and its certificates are decoded as they are needed.
func decode(plain, packed, indexed []byte) (*Facts, error) {
	c := &codec{reading: true}
	if err := c.split(plain, packed); err != nil {
		return nil, err
	}
	c.readTables()
	n := len(c.cols[colHash]) / len(cert.Hash{})
	if c.bad || n > maxItems {
		return nil, errDamaged
	}
	ix := readIndex(indexed, n)
	r := newRecords(n, ix)
	c.records = r
	f := new(Facts)
	c.about(f)
	c.trust(f)
	if c.bad {
		return nil, errDamaged
	}
	r.from, r.sources = *c, len(f.sources)
	f.list(r.all)
	if ix != nil {
		f.cas = r.set(func() []*cert.Certificate { return f.all().certs })
		return f, nil
	}
	if len(f.All()) != len(f.all().index) || r.bad || r.rest > 0 { // one certificate twice, damage, or something more
		return nil, errDamaged
	}
	return f, nil
}

func (c *codec) about(f *Facts) {
	c.time(colAbout, &f.updated)
	list(c, colAbout, &f.sources)
	for i := range f.sources {
		s := f.sources[i]
		c.text(colAbout, &s.Name)
		c.text(colAbout, &s.Date)
		c.text(colAbout, &s.Terms)
		c.text(colAbout, &s.URL)
		if c.reading {
			f.sources[i] = s
		}
	}
	number := int64(len(f.stores))
	c.int(colAbout, &number)
	for i := range number {
		s := new(Store)
		if !c.reading {
			*s = *f.stores[i]
		}
		c.store(s)
		if c.bad {
			return
		}
		if c.reading {
			f.stores = append(f.stores, s)
		}
	}
}

func (c *codec) sources(from *[]int, n int) {
	list(c, colSource, from)
	for i := range *from {
		v := int64((*from)[i])
		c.int(colSource, &v)
		if c.reading {
			if v < 0 || v >= int64(n) {
				c.fail()
				return
			}
			(*from)[i] = int(v)
		}
	}
}

func (c *codec) store(s *Store) {
	c.text(colAbout, &s.ID)
	c.text(colAbout, &s.Client)
	c.text(colAbout, &s.Version)
	c.time(colAbout, &s.Date)
	c.text(colAbout, &s.Source)
	c.members(colAnchors, &s.Anchors)
}

// Bits of colFlags.
const (
	flagBasicConstraints = 1 << iota
	flagCA
	flagKeyUsage
	flagNameConstraints
	flagCriticalConstraints
	flagOtherConstraints
)

func flagsOf(x *cert.Certificate) (flags uint64) {
	set := func(bit uint64, on bool) {
		if on {
			flags |= bit
		}
	}
	set(flagBasicConstraints, x.HasBasicConstraints)
	set(flagCA, x.IsCA)
	set(flagKeyUsage, x.HasKeyUsage)
	if nc := x.NameConstraints; nc != nil {
		set(flagNameConstraints, true)
		set(flagCriticalConstraints, nc.Critical)
		set(flagOtherConstraints, nc.Other)
	}
	return flags
}

// certificate codes what path building reads of a CA certificate. Its subject
// alternative names stay behind: nobody is served under a CA's own.
func (c *codec) certificate(x *cert.Certificate) {
	c.fixed(colHash, x.SHA256[:])
	refer(c, colSubject, &c.names, string(x.Subject.DER), &x.Subject)
	refer(c, colIssuer, &c.names, string(x.Issuer.DER), &x.Issuer)
	refer(c, colKey, &c.keys, string(x.Key.DER), &x.Key)
	c.signer(x)

	version, usage, pathLen := int64(x.Version), uint64(x.KeyUsage), int64(x.MaxPathLen)
	c.int(colVersion, &version)
	c.raw(colSerial, &x.Serial)
	c.time(colNotBefore, &x.NotBefore)
	c.time(colNotAfter, &x.NotAfter)
	refer(c, colAlg, &c.algs, x.SignatureAlg.OID+" "+x.SignatureAlg.Name, &x.SignatureAlg)

	flags := flagsOf(x)
	c.uint(colFlags, &flags)
	c.uint(colUsage, &usage)
	c.int(colPathLen, &pathLen)
	x.Version, x.KeyUsage, x.MaxPathLen = int(version), cert.KeyUsage(usage), int(pathLen)
	x.HasBasicConstraints, x.IsCA, x.HasKeyUsage = flags&flagBasicConstraints != 0, flags&flagCA != 0, flags&flagKeyUsage != 0

	c.textList(colEKU, &x.EKU)
	c.blob(colSKI, &x.SKI)
	c.blob(colAKI, &x.AKI)
	c.blob(colAKIMore, &x.AKIIssuer)
	c.blob(colAKIMore, &x.AKISerial)
	if flags&flagNameConstraints != 0 {
		if c.reading {
			x.NameConstraints = &cert.NameConstraints{
				Critical: flags&flagCriticalConstraints != 0, Other: flags&flagOtherConstraints != 0,
			}
		}
		c.constraints(x.NameConstraints)
	}
	c.textList(colAIA, &x.CAIssuers)
	c.textList(colPolicies, &x.Policies)
	c.textList(colCritical, &x.UnknownCritical)
	list(c, colDeviations, &x.Deviations)
	for i := range x.Deviations {
		text := string(x.Deviations[i])
		refer(c, colDeviations, &c.texts, text, &text)
		if c.reading {
			x.Deviations[i] = cert.Deviation(text)
		}
	}
}

// signer codes the hash of the key that signed x: 0 for none known, an odd
// number for one of the keys in the table, else a hash of its own.
func (c *codec) signer(x *cert.Certificate) {
	var n uint64
	if !c.reading && x.SignedBy != (cert.Hash{}) {
		if i, ok := c.keyNumber[x.SignedBy]; ok {
			n = 2*i + 1
		} else {
			n = 2*c.blobs.number(string(x.SignedBy[:]), x.SignedBy[:]) + 2
		}
	}
	c.uint(colSigner, &n)
	if !c.reading || n == 0 {
		return
	}
	i := (n - 1) / 2
	if n%2 == 1 {
		key, ok := c.keys.get(i)
		if !ok {
			c.fail()
		}
		x.SignedBy = key.SPKI
		return
	}
	signer, ok := c.blobs.pieces.get(i)
	if !ok || len(signer) != len(x.SignedBy) {
		c.fail()
		return
	}
	x.SignedBy = cert.Hash(signer)
}

func (c *codec) constraints(nc *cert.NameConstraints) {
	for _, l := range []*[]string{&nc.PermittedDNS, &nc.ExcludedDNS} {
		c.textList(colConstraints, l)
	}
	for _, l := range []*[]netip.Prefix{&nc.PermittedIP, &nc.ExcludedIP} {
		list(c, colConstraints, l)
		for i := range *l {
			b, _ := (*l)[i].MarshalBinary()
			c.raw(colConstraints, &b)
			if c.reading && (*l)[i].UnmarshalBinary(b) != nil {
				c.fail()
			}
		}
	}
	for _, l := range []*[][]byte{&nc.PermittedDirectory, &nc.ExcludedDirectory} {
		list(c, colConstraints, l)
		for i := range *l {
			c.raw(colConstraints, &(*l)[i])
		}
	}
}

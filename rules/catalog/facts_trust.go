package catalog

import (
	"maps"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// trust codes what is known of anchors beside their being in a store, and what
// is revoked. It stands behind all certificates, which it refers to.
func (c *codec) trust(f *Facts) {
	for _, s := range f.stores {
		c.anchorConstraints(&s.Constraints)
	}
	each(c, colTrust, &f.policies, func(p *Policy) {
		c.text(colTrust, &p.ID)
		c.text(colTrust, &p.Source)
		c.time(colTrust, &p.Date)
		c.anchorConstraints(&p.Constraints)
	})
	each(c, colTrust, &f.revoked, func(r *Revocations) {
		c.text(colTrust, &r.ID)
		c.text(colTrust, &r.Title)
		c.time(colTrust, &r.Date)
		c.text(colTrust, &r.Source)
		list(c, colRevoked, &r.Entries)
		for i := range r.Entries {
			e := r.Entries[i]
			c.revocation(&e)
			if c.reading {
				r.Entries[i] = e
			}
		}
		if c.reading {
			r.Indexed()
		}
	})
	var preloads []*Preloads
	if f.preloads != nil {
		preloads = append(preloads, f.preloads)
	}
	each(c, colTrust, &preloads, func(p *Preloads) {
		c.time(colTrust, &p.Date)
		c.text(colTrust, &p.Source)
		unknown := uint64(p.Unknown)
		c.uint(colTrust, &unknown)
		p.Unknown = int(unknown)
		c.members(colPreloads, &p.Certs)
	})
	if c.reading && len(preloads) > 0 {
		f.preloads = preloads[0]
	}
}

// each codes a list of records.
func each[T any](c *codec, col column, l *[]*T, record func(*T)) {
	list(c, col, l)
	for i := range *l {
		x := new(T)
		if !c.reading {
			*x = *(*l)[i]
		}
		record(x)
		if c.bad {
			return
		}
		if c.reading {
			(*l)[i] = x
		}
	}
}

// anchorConstraints codes what is asked for of anchors, in the order of their hashes.
func (c *codec) anchorConstraints(m *map[cert.Hash]Constraint) {
	keys := slices.SortedFunc(maps.Keys(*m), func(a, b cert.Hash) int { return slices.Compare(a[:], b[:]) })
	list(c, colTrust, &keys)
	if c.reading && len(keys) > 0 {
		*m = make(map[cert.Hash]Constraint, len(keys))
	}
	for _, key := range keys {
		x := (*m)[key]
		c.fixed(colTrust, key[:])
		c.time(colTrust, &x.NotBeforeUntil)
		c.time(colTrust, &x.SCTUntil)
		c.text(colTrust, &x.From)
		c.textList(colTrust, &x.PermittedDNS)
		c.bit(&x.Enforced)
		c.bit(&x.Intermediate)
		list(c, colTrust, &x.Except)
		for i := range x.Except {
			e := x.Except[i]
			c.fixed(colTrust, e.CA[:])
			c.time(colTrust, &e.NotBeforeUntil)
			if c.reading {
				x.Except[i] = e
			}
		}
		if c.bad {
			return
		}
		if c.reading {
			(*m)[key] = x
		}
	}
}

func (c *codec) bit(on *bool) {
	var v uint64
	if *on {
		v = 1
	}
	c.uint(colTrust, &v)
	*on = v == 1
}

// revocation codes an entry. Names go by the table, since CAs have many
// revoked; a key has its hash, known or not.
func (c *codec) revocation(e *Revocation) {
	c.shared(&e.Issuer)
	c.optional(colRevoked, &e.Serial)
	c.shared(&e.Subject)
	for _, h := range []*cert.Hash{&e.SPKI, &e.SHA256} {
		var b []byte
		if *h != (cert.Hash{}) {
			b = h[:]
		}
		c.optional(colRevoked, &b)
		if c.reading && b != nil {
			if len(b) != len(h) {
				c.fail()
				return
			}
			*h = cert.Hash(b)
		}
	}
	c.time(colRevoked, &e.Since)
	c.text(colRevoked, &e.Who)
	c.text(colRevoked, &e.Reason)
}

// shared codes a name, nil where there is none; a CA has many certificates.
func (c *codec) shared(name *[]byte) {
	text := string(*name)
	refer(c, colRevoked, &c.texts, text, &text)
	if *name = []byte(text); text == "" {
		*name = nil
	}
}

// optional codes bytes, nil where there are none.
func (c *codec) optional(col column, b *[]byte) {
	c.raw(col, b)
	if len(*b) == 0 {
		*b = nil
	}
}

// members codes a set of known certificates, which are read when the set is
// asked for: before that not all of them may have been.
func (c *codec) members(col column, set **chain.Set) {
	if !c.reading {
		certs := (*set).All()
		c.length(col, len(certs))
		for _, x := range certs {
			place := c.place[x.SHA256]
			c.uint(col, &place)
		}
		return
	}
	places := make([]uint32, c.length(col, 0))
	for i := range places {
		var place uint64
		c.uint(col, &place)
		if place >= uint64(len(c.records.known)) {
			c.fail()
			return
		}
		places[i] = uint32(place)
	}
	r := c.records
	*set = chain.SetOf(sync.OnceValue(func() []*cert.Certificate { return r.certs(places) }))
}

package client

import (
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Question is what a client is asked about a presented list.
type Question struct {
	Name        string       // host name or IP address to check the leaf against; empty: not judged
	At          time.Time    // the date to judge at
	Unstapled   bool         // the server was asked for a stapled OCSP response and gave none
	RSAExchange bool         // the server was seen to use its key for RSA key exchange, not for signatures
	TLS         uint16       // version of TLS that was negotiated; 0: not known, and the worse verdict of both counts
	SCTs        []time.Time  // signed certificate timestamps of the leaf that came beside it: in a TLS extension or a stapled OCSP response
	Known       []*chain.Set // CA certificates that clients could fetch or have preloaded, best source first
}

// A presentedChain is one presented list under judgement: everything about it that
// does not depend on the client, worked out once for all of them.
type presentedChain struct {
	s        *chain.Session
	q        Question
	entries  []chain.Entry
	nodes    []node
	list     []*node // one an entry; the same for entries with the same bytes; nil: unparsable
	names    []string
	views    []view
	anchors  [][]*cert.Certificate // what views are cut from
	edges    []edge                // what edges are cut from
	accepted []acceptedPath
	runs     int // searches so far
	reasons  []reasonText
	others   map[source]*node
	size12   int          // bytes of the Certificate message's body in TLS 1.2
	size13   int          // the same in TLS 1.3
	odd      Deviations   // of any entry
	traits   cert.Traits  // of any entry
	junk     int          // position of the first unparsable entry; -1: none
	named    []nameAnswer // what was asked about the names of the leaf
	plainly  bool         // the leaf has the very name, and it is one that every client can ask for
	lookups  int          // names that were looked up among name constraints
}

// A source tells apart the same certificate in a store and among known ones.
type source struct {
	c     *cert.Certificate
	known bool
}

// A view is what one store has under the names that occur in the list.
type view struct {
	store   *chain.Set
	anchors [][]*cert.Certificate // by index into presentedChain.names
	deep    bool                  // some of them are not self-issued: the store has to be asked again
}

func newPresentedChain(s *chain.Session, presented []chain.Entry, q Question) *presentedChain {
	d := &presentedChain{
		s: s, q: q, entries: presented, junk: -1, size12: 3, size13: 4,
		nodes: make([]node, len(presented)), list: make([]*node, len(presented)),
		names: make([]string, 0, len(presented)+2),
	}
	for i, e := range presented {
		n := len(e.Raw)
		if e.Raw == nil && e.Cert != nil {
			n = guessSize(e.Cert)
		}
		d.size12 += 3 + n
		d.size13 += 5 + n
		if e.Cert == nil {
			if d.junk < 0 {
				d.junk = i
			}
			continue
		}
		if d.list[i] = d.same(i); d.list[i] != nil {
			continue
		}
		d.nodes[i].fill(e.Cert, i, q.At)
		d.list[i] = &d.nodes[i]
		d.nodes[i].issuer, d.nodes[i].subject = d.name(e.Cert.Issuer.Canon), d.name(e.Cert.Subject.Canon)
		d.odd |= d.nodes[i].odd
		d.traits = d.traits.Or(d.nodes[i].traits)
	}
	for i := range d.nodes {
		if d.nodes[i].c != nil {
			d.linkSent(&d.nodes[i])
		}
	}
	if len(d.list) > 0 && d.list[0] != nil {
		d.plainly = plainHost(q.Name) && slices.Contains(d.list[0].c.DNSNames, q.Name)
	}
	return d
}

// same is the node of an earlier entry with the same bytes as entry i.
func (pc *presentedChain) same(i int) *node {
	for j := range i {
		if pc.list[j] != nil && pc.entries[j].SHA256 == pc.entries[i].SHA256 {
			return pc.list[j]
		}
	}
	return nil
}

// name numbers the names that occur in the list.
func (pc *presentedChain) name(canon string) int {
	i := slices.Index(pc.names, canon)
	if i < 0 {
		i = len(pc.names)
		pc.names = append(pc.names, canon)
	}
	return i
}

// linkSent draws the edges from n to what was presented.
func (pc *presentedChain) linkSent(n *node) {
	for i := range pc.nodes {
		switch to := &pc.nodes[i]; {
		case to.c == nil:
		case to.c.Subject.Canon == n.c.Issuer.Canon:
			n.up = append(n.up, pc.newEdge(n, to))
		case to.c.Subject.SameParts(n.c.Issuer):
			n.reordered = append(n.reordered, pc.newEdge(n, to))
		}
	}
	n.sent = len(n.up)
}

// guessSize estimates the DER size of a certificate of which we have no bytes.
func guessSize(c *cert.Certificate) int {
	return 620 + len(c.Subject.DER) + len(c.Issuer.DER) + len(c.Key.DER)
}

// see looks up in a store what the list's names call for.
func (pc *presentedChain) see(store *chain.Set) *view {
	for i := range pc.views {
		if pc.views[i].store == store {
			return &pc.views[i]
		}
	}
	start := len(pc.anchors)
	v := view{store: store}
	for _, name := range pc.names {
		found := store.BySubject(cert.Name{Canon: name})
		pc.anchors = append(pc.anchors, found)
		for _, a := range found {
			v.deep = v.deep || a.Subject.Canon != a.Issuer.Canon
		}
	}
	v.anchors = pc.anchors[start:len(pc.anchors):len(pc.anchors)]
	pc.views = append(pc.views, v)
	return &pc.views[len(pc.views)-1]
}

// alike reports whether two stores have the same to say about the list.
func (v *view) alike(o *view) bool {
	if v.store == o.store {
		return true
	}
	if v.deep || o.deep {
		return false
	}
	for i := range v.anchors {
		if !slices.Equal(v.anchors[i], o.anchors[i]) {
			return false
		}
	}
	return true
}

// towards gives the edge from child to a certificate of a store or a set of
// known ones, made once.
func (pc *presentedChain) towards(child *node, c *cert.Certificate, known bool) *edge {
	for _, e := range child.up[child.sent:] {
		if e.to.c == c && e.to.known == known {
			return e
		}
	}
	key := source{c, known}
	n := pc.others[key]
	if n == nil {
		n = &node{known: known, issuer: -1, subject: -1}
		n.fill(c, -1, pc.q.At)
		pc.linkSent(n)
		for i := range pc.nodes {
			n.sentToo = n.sentToo || pc.nodes[i].c != nil && pc.nodes[i].c.SHA256 == c.SHA256
		}
		if pc.others == nil {
			pc.others = make(map[source]*node)
		}
		pc.others[key] = n
	}
	e := pc.newEdge(child, n)
	child.up = append(child.up, e)
	return e
}

// signed answers whether an edge's signature is the issuer's. Where nobody can
// tell, key identifiers that differ say no.
func (pc *presentedChain) signed(e *edge) chain.Answer {
	if !e.asked {
		e.asked = true
		e.answer = pc.s.Signed(e.child.c, e.to.c)
		if e.answer == chain.CannotTell && e.keyID < 0 {
			e.answer = chain.No
		}
	}
	return e.answer
}

// A nameAnswer is whether the leaf is for the name, by some rules.
type nameAnswer struct {
	rules cert.HostRules
	yes   bool
}

// plainHost reports whether a name is written in small letters, digits, hyphens and
// single dots, and does not end in a digit or a dot: no rule for hosts is about it.
func plainHost(name string) bool {
	for i := range len(name) {
		c, last := name[i], i == len(name)-1
		switch {
		case 'a' <= c && c <= 'z':
		case (c == '-' || '0' <= c && c <= '9' || c == '.' && name[i+1:] != "" && name[i+1] != '.') && i > 0 && !last:
		default:
			return false
		}
	}
	return name != ""
}

// isNamed reports whether the leaf is for the name that was asked for; added tells
// that its common name has become an alternative name.
func (pc *presentedChain) isNamed(b *Builder, added bool) bool {
	if pc.q.Name == "" || pc.plainly {
		return true
	}
	rules := b.Host
	rules.Common, rules.CommonIPBeside = b.CommonName, rules.CommonIPBeside || added
	for _, a := range pc.named {
		if a.rules == rules {
			return a.yes
		}
	}
	yes := pc.list[0].c.MatchesHost(pc.q.Name, rules)
	pc.named = append(pc.named, nameAnswer{rules, yes})
	return yes
}

// misplacedLeaf is the only certificate of the list that is no CA's, where the
// first one is a CA's; else nil.
func (pc *presentedChain) misplacedLeaf() *node {
	if !pc.list[0].c.IsCA {
		return nil
	}
	var leaf *node
	for _, n := range pc.list[1:] {
		if n == nil || n.c.IsCA || n == leaf {
			continue
		}
		if leaf != nil {
			return nil
		}
		leaf = n
	}
	return leaf
}

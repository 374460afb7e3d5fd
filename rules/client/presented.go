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
	nodes    []*node // of what was presented, each certificate once
	list     []*node // one an entry; the same for entries with the same bytes; nil: unparsable
	names    []string
	views    []view                // by store of the panel
	anchors  [][]*cert.Certificate // what views are cut from
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

	slabOfNodes slab[node]
	slabOfEdges slab[edge]
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

// begin makes pc anew, of another list.
func (pc *presentedChain) begin(s *chain.Session, presented []chain.Entry, q Question) {
	pc.slabOfNodes.takeBack()
	pc.slabOfEdges.takeBack()
	clear(pc.others)
	*pc = presentedChain{
		s: s, q: q, entries: presented, junk: -1, size12: 3, size13: 4,
		nodes: pc.nodes[:0], list: anew(pc.list, len(presented)), names: pc.names[:0],
		accepted: pc.accepted[:0], reasons: pc.reasons[:0], named: pc.named[:0], others: pc.others, views: pc.views, anchors: pc.anchors,
		slabOfNodes: pc.slabOfNodes, slabOfEdges: pc.slabOfEdges,
	}
	for i, e := range presented {
		pc.add(i, e)
	}
	for _, n := range pc.nodes {
		pc.linkSent(n)
	}
	if len(pc.list) > 0 && pc.list[0] != nil {
		pc.plainly = plainHost(q.Name) && slices.Contains(pc.list[0].c.DNSNames, q.Name)
	}
}

// add adds the i-th entry.
func (pc *presentedChain) add(i int, e chain.Entry) {
	size := len(e.Raw)
	if e.Raw == nil && e.Cert != nil {
		size = guessSize(e.Cert)
	}
	pc.size12 += 3 + size
	pc.size13 += 5 + size
	if e.Cert == nil {
		if pc.junk < 0 {
			pc.junk = i
		}
		return
	}
	if pc.list[i] = pc.same(i); pc.list[i] != nil {
		return
	}
	n := pc.newNode(e.Cert, i, false)
	n.issuer, n.subject = pc.name(e.Cert.Issuer.Canon), pc.name(e.Cert.Subject.Canon)
	pc.list[i] = n
	pc.nodes = append(pc.nodes, n)
	pc.odd |= n.odd
	pc.traits = pc.traits.Or(n.traits)
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
	for _, to := range pc.nodes {
		switch {
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

// see looks up in the stores of a panel what the list's names call for.
func (pc *presentedChain) see(panel *Panel) {
	n := len(pc.names)
	pc.views = anew(pc.views, len(panel.stores))
	pc.anchors = anew(pc.anchors, len(panel.stores)*n)
	for i, store := range panel.stores {
		pc.views[i] = view{store: store, anchors: pc.anchors[i*n : (i+1)*n]}
	}
	for k, name := range pc.names {
		if panel.known != nil && !panel.known()[name] {
			continue // as most are: of leaves, and of intermediates
		}
		for i := range pc.views {
			v := &pc.views[i]
			v.anchors[k] = v.store.BySubject(cert.Name{Canon: name})
			for _, a := range v.anchors[k] {
				v.deep = v.deep || a.Subject.Canon != a.Issuer.Canon
			}
		}
	}
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
	key := source{c, known}
	if e := child.others[key]; e != nil {
		return e
	}
	for _, e := range child.up[child.sent:min(len(child.up), child.sent+fewOthers)] {
		if e.to.c == c && e.to.known == known {
			return e
		}
	}
	n := pc.others[key]
	if n == nil {
		n = pc.newNode(c, -1, known)
		pc.linkSent(n)
		n.sentToo = slices.ContainsFunc(pc.nodes, func(o *node) bool { return o.c.SHA256 == c.SHA256 })
		if pc.others == nil {
			pc.others = make(map[source]*node)
		}
		pc.others[key] = n
	}
	e := pc.newEdge(child, n)
	child.up = append(child.up, e)
	if len(child.up)-child.sent > fewOthers {
		if child.others == nil {
			child.others = make(map[source]*edge)
		}
		child.others[key] = e
	}
	return e
}

// fewOthers are as many as are looked through faster than a map.
const fewOthers = 16

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

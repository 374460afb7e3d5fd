package client

import (
	"time"

	"tlschain/rules/cert"
	"tlschain/rules/chain"
)

// A Question is what a client is asked about a presented list.
type Question struct {
	Name  string       // host name or IP address to check the leaf against; empty: not judged
	At    time.Time    // the date to judge at
	Known []*chain.Set // CA certificates that clients could fetch or have preloaded, best source first
}

// A source tells apart the same certificate in a store and among known ones.
type source struct {
	c     *cert.Certificate
	known bool
}

// A docket is one presented list under judgement: what all profiles share.
type docket struct {
	s       *chain.Session
	q       Question
	entries []chain.Entry
	list    []*node // one an entry; nil: unparsable
	first   []int   // position of the first entry with the same bytes
	others  map[source]*node
	size12  int
	size13  int
	odd     Oddities // of any entry
	junk    int      // position of the first unparsable entry; -1: none
}

func newDocket(s *chain.Session, presented []chain.Entry, q Question) *docket {
	d := &docket{s: s, q: q, entries: presented, junk: -1}
	d.list = make([]*node, len(presented))
	d.first = make([]int, len(presented))
	d.size12, d.size13 = 3, 4
	for i, e := range presented {
		n := len(e.Raw)
		if e.Raw == nil && e.Cert != nil {
			n = guessSize(e.Cert)
		}
		d.size12 += 3 + n
		d.size13 += 5 + n
		d.first[i] = i
		if e.Cert == nil {
			if d.junk < 0 {
				d.junk = i
			}
			continue
		}
		for j := range i {
			if presented[j].SHA256 == e.SHA256 {
				d.first[i] = d.first[j]
				break
			}
		}
		if d.first[i] != i {
			d.list[i] = d.list[d.first[i]]
			continue
		}
		d.list[i] = newNode(e.Cert, i, q.At)
		d.odd |= d.list[i].odd
	}
	for i, n := range d.list {
		if n == nil || d.first[i] != i {
			continue
		}
		d.linkSent(n)
	}
	return d
}

// linkSent draws the edges from n to what was presented.
func (d *docket) linkSent(n *node) {
	for j, to := range d.list {
		if to != nil && d.first[j] == j && to.c.Subject.Canon == n.c.Issuer.Canon {
			n.up = append(n.up, newEdge(n, to))
		}
	}
	n.sent = len(n.up)
}

// guessSize estimates the DER size of a certificate of which we have no bytes.
func guessSize(c *cert.Certificate) int {
	return 620 + len(c.Subject.DER) + len(c.Issuer.DER) + len(c.Key.DER)
}

// towards gives the edge from child to a certificate of a store or a set of
// known ones, made once a docket.
func (d *docket) towards(child *node, c *cert.Certificate, known bool) *edge {
	for _, e := range child.up[child.sent:] {
		if e.to.c == c && e.to.known == known {
			return e
		}
	}
	key := source{c, known}
	n := d.others[key]
	if n == nil {
		n = newNode(c, -1, d.q.At)
		n.known = known
		d.linkSent(n)
		if d.others == nil {
			d.others = make(map[source]*node)
		}
		d.others[key] = n
	}
	e := newEdge(child, n)
	child.up = append(child.up, e)
	return e
}

// signed answers whether an edge's signature is the issuer's.
func (d *docket) signed(e *edge) chain.Answer {
	if !e.asked {
		e.asked = true
		e.answer = d.s.Signed(e.child.c, e.to.c)
	}
	return e.answer
}

// lastPos is the last position at which n stands.
func (d *docket) lastPos(n *node) int {
	for i := len(d.list) - 1; i > n.pos; i-- {
		if d.list[i] == n {
			return i
		}
	}
	return n.pos
}
